import test from 'ava'
import { z } from 'zod'
import type { Actor } from '../../src/authority/may.ts'
import { AgoraError } from '../../src/base/errors.ts'
import { createDispatch, grantPeer, type Handlers, parse } from '../../src/core/dispatch.ts'
import { operations } from '../../src/operations.ts'
import { newKey } from '../helpers/remote.ts'

const { did } = newKey()
const actors: Record<Actor['kind'], Actor> = {
  nobody: { kind: 'nobody' },
  operator: { kind: 'operator', did },
  agent: { kind: 'agent', did, name: 'claude-1' },
  peer: { kind: 'peer', did, trust: 4 },
  author: { kind: 'author', did },
}

/** A dispatch whose every handler answers with what it was given. */
const echo = () =>
  createDispatch(
    new Proxy(
      {},
      {
        get:
          (_, name) =>
          (input: unknown, { actor }: { actor: Actor }) => ({ name, input, actor }),
      },
    ) as Handlers,
  )

test('every operation is for those it names, and a peer calls none', async (t) => {
  const dispatch = echo()
  for (const { name, who, ...rest } of operations) {
    for (const [kind, actor] of Object.entries(actors)) {
      const allowed = who === 'anyone' || kind === 'operator' || (kind === 'agent' && who === 'agent')
      const error = await dispatch.call(name, actor, { no: 'such input' }).then(
        () => undefined,
        (thrown: AgoraError) => thrown.code,
      )
      const askable = 'approvable' in rest && rest.approvable === true
      const refused = kind === 'agent' ? (askable ? 'needs_approval' : 'operator_only') : 'unauthenticated'
      if (allowed) t.true(error === undefined || error === 'invalid_input', `${kind} ${name}: ${error}`)
      else t.is(error, refused, `${kind} ${name}`)
    }
  }
})

test('names are stable, unique, and say what they are about', (t) => {
  const names = operations.map((operation) => operation.name)
  t.is(new Set(names).size, names.length)
  const routes = operations.map(({ http }) => `${http.method} ${http.path.replace(/:\w+/g, ':')}`)
  t.is(new Set(routes).size, routes.length)
  for (const { name, summary } of operations) {
    t.regex(name, /^[a-z_]+\.[a-z_]+$/)
    t.regex(summary, /^[A-Z].*\.$/)
  }
})

test('what does not exist is told as such, also what every object has', async (t) => {
  for (const name of ['', 'messages', 'messages.sent', 'constructor', '__proto__', 'toString']) {
    await t.throwsAsync(echo().call(name, actors.operator, {}), { code: 'unknown_operation' })
  }
})

test('a handler gets parsed input with defaults, and nothing it does not know', async (t) => {
  const answer = await echo().call('messages.read', actors.agent, { limit: '7', wait: 'true', other: 1 })
  t.deepEqual((answer as { input: unknown }).input, { limit: 7, wait: true, timeout: 30, view: 'unread' })
})

test('wrong input names the field, what is wrong with it, and that of a list by its place', (t) => {
  const schema = z.object({ name: z.string(), list: z.array(z.object({ n: z.int() })).optional() })
  const fault = (input: unknown) => t.throws(() => parse(schema, input), { instanceOf: AgoraError })
  t.like(fault({}), { code: 'invalid_input', field: 'name' })
  t.like(fault(undefined), { field: 'name' })
  t.like(fault({ name: 'x', list: [{ n: 1 }, { n: 'x' }] }), { field: 'list.1.n' })
  for (const input of ['text', 7, [], null]) t.is(fault(input)?.code, 'invalid_input')
})

test('a peer is granted the best its trust allows', (t) => {
  const permissions = ['receipt.shown', 'message.deliver', 'message.request'] as const
  t.deepEqual(
    [0, 1, 2].map((trust) => grantPeer(did, trust as 0 | 1 | 2, permissions)),
    ['message.request', 'message.deliver', 'receipt.shown'],
  )
  t.is(grantPeer(did, 1, ['receipt.shown']), undefined)
})
