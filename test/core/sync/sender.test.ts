import test from 'ava'
import type { LogMessage } from '../../../src/contract/log-message.ts'
import { createSender } from '../../../src/core/sync/sender.ts'
import { newKey } from '../../helpers/remote.ts'
import { recordedTelemetry } from '../../helpers/telemetry.ts'

const id = 'A'.repeat(44)
const { did } = newKey()

test('whatever there is to tell, every frame fits, and all is told', async (t) => {
  const sent: LogMessage[] = []
  const rest = Promise.withResolvers<void>()
  const sizes = new Map(Array.from({ length: 90 }, (_, index) => [`${index}`, (index % 10) * 450]))
  const sender = createSender({
    telemetry: recordedTelemetry().telemetry,
    link: {
      async send(messages) {
        sent.push(...messages)
        sender.acknowledged(sent.length)
      },
    },
    have: (space) =>
      space === '7'
        ? undefined
        : {
            branches: Array.from({ length: sizes.get(space) ?? 0 }, (_, index) => [did, index, id]),
            ask: Number(space) % 4 === 0,
            again: false,
          },
    entries: () => [],
    onRest: () => {
      if (!sender.isBusy()) rest.resolve()
    },
  })
  for (const space of sizes.keys()) sender.have(space)
  sender.want(
    '1',
    Array.from({ length: 700 }, (_, index) => `${index}`),
  )
  await rest.promise
  t.true(sent.every((message) => Buffer.byteLength(JSON.stringify(message)) < 1 << 20))
  const told = sent.flatMap((message) => (message.type === 'log.have' ? message.spaces : []))
  t.deepEqual(
    told.map(({ space }) => Number(space)).sort((a, b) => a - b),
    [...sizes.keys()].map(Number).filter((space) => space !== 7),
  )
  t.true(
    sent.every(
      (message) =>
        message.type !== 'log.have' ||
        message.spaces.every(({ space }) => (Number(space) % 4 === 0) === (message.ask === true)),
    ),
  )
  t.is(sent.flatMap((message) => (message.type === 'log.want' ? message.ids : [])).length, 700)
  t.false(sender.isBusy())
})

test('no more than a few messages are on their way, and what is said is what is so when there is room for it', async (t) => {
  const sent: LogMessage[] = []
  let version = 0
  const sender = createSender({
    telemetry: recordedTelemetry().telemetry,
    link: {
      async send(messages) {
        sent.push(...messages)
      },
    },
    have: () => ({ branches: [[did, version, id]], ask: false, again: false }),
    entries: () => [{ header: `${version++}`, facts: '{}' }],
    onRest: () => undefined,
  })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  sender.wake('a')
  await turn()
  t.is(sent.length, 8)
  version = 100
  sender.have('a')
  version = 200
  await turn()
  t.is(sent.length, 8)
  sender.acknowledged(1)
  await turn()
  t.like(sent[8], { type: 'log.have', spaces: [{ branches: [[did, 200, id]] }] })
  t.true(sender.isTelling('a'))
  sender.stop()
  sender.acknowledged(5)
  await turn()
  t.is(sent.length, 9)
})
