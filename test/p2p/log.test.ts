import test from 'ava'
import type { KeeperMessage } from '../../src/contract/keeper-message.ts'
import type { LogMessage } from '../../src/contract/log-message.ts'
import type { MessageLink, MessagePort } from '../../src/core/network.ts'
import { keeperLane } from '../../src/p2p/keeper/index.ts'
import { logLane } from '../../src/p2p/log/index.ts'
import { recordedTelemetry } from '../helpers/telemetry.ts'
import { closed, rawPeer, sayHello, startNode, wire } from './helpers.ts'

const LOG = '/agora/log/1.0.0'
const space = 'A'.repeat(44)

/** A port that keeps what it is told. */
function port<Message>() {
  const received: Message[] = []
  const links: MessageLink<Message>[] = []
  let acknowledged = 0
  const made: MessagePort<Message> = {
    async receive(_, messages) {
      received.push(...messages)
      return { close: false }
    },
    linkUp: (_, link) => links.push(link),
    linkAcknowledged: (_, link, messages) => {
      if (link === links.at(-1)) acknowledged = messages
    },
    linkDown: (_, link) => links.splice(links.indexOf(link), 1),
  }
  return {
    port: made,
    received,
    links,
    get acknowledged() {
      return acknowledged
    },
  }
}

function ports() {
  const recorded = recordedTelemetry()
  const { telemetry } = recorded
  const log = port<LogMessage>()
  const keeper = port<KeeperMessage>()
  const lanes = [logLane({ port: log.port, perSecond: 2000, telemetry }), keeperLane({ port: keeper.port, telemetry })]
  return { ...recorded, log, keeper, lanes }
}

/** Waits for what no event tells of, a turn of the event loop at a time. */
async function eventually(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setImmediate(resolve))
}

test('messages about logs and to keepers travel beside each other, whole and in order, and are acknowledged', async (t) => {
  const [mine, theirs] = [ports(), ports()]
  await using alice = await startNode('alice', { lanes: mine.lanes })
  await using bob = await startNode('bob', { lanes: theirs.lanes })
  await alice.network.connect(bob.hostPort())
  await eventually(() => mine.log.links.length === 1 && mine.keeper.links.length === 1)
  const told: LogMessage[] = [
    { type: 'log.have', spaces: [{ space, branches: [[alice.did, 4, space]] }], ask: true },
    { type: 'log.entries', space, entries: [{ header: '{}', facts: '{}' }, 'anything'] },
    { type: 'log.want', space, ids: [space] },
  ]
  await mine.log.links[0]?.send(told)
  const asked: KeeperMessage = { type: 'keeper.ask', id: crypto.randomUUID(), op: 'claim', task: 'x' }
  await mine.keeper.links[0]?.send([asked])
  await eventually(() => mine.log.acknowledged === 3 && mine.keeper.acknowledged === 1)
  t.deepEqual(theirs.log.received, told)
  t.deepEqual(theirs.keeper.received, [asked])
})

test('messages of a newer version are passed over, fields too', async (t) => {
  const mine = ports()
  await using alice = await startNode('alice', { lanes: mine.lanes })
  await using raw = await rawPeer()
  const connection = await raw.dial(alice.address())
  await sayHello(connection)
  const stream = await connection.newStream([LOG])
  stream.send(wire({ type: 'log.gossip', anything: 1 }))
  stream.send(wire({ type: 'log.want', space, ids: [], later: true }))
  await eventually(() => mine.log.received.length === 1)
  t.deepEqual(mine.counts, ['frames_ignored type'])
  t.is(connection.status, 'open')
})

for (const [what, message] of [
  ['text', 'not JSON'],
  ['no object', '7'],
  ['no type', {}],
  ['a space that is none', { type: 'log.want', space: 'x', ids: [] }],
  ['branches of nobody', { type: 'log.have', spaces: [{ space, branches: [['alice', 0, space]] }] }],
  ['a number below none', { type: 'log.have', spaces: [{ space, branches: [[0, -1, space]] }] }],
  ['too many wants', { type: 'log.want', space, ids: Array.from({ length: 300 }, () => space) }],
  ['entries that are no list', { type: 'log.entries', space, entries: {} }],
] as const) {
  test(`${what} on the log's stream closes the connection and is reported`, async (t) => {
    const mine = ports()
    await using alice = await startNode('alice', { lanes: mine.lanes })
    await using raw = await rawPeer()
    const connection = await raw.dial(alice.address())
    await sayHello(connection)
    const stream = await connection.newStream([LOG])
    stream.send(wire(message))
    await closed(connection)
    await alice.until(() => alice.security.length > 0)
    t.is(alice.security[0]?.reason, 'log_malformed')
    t.deepEqual(mine.log.received, [])
  })
}
