import { createHmac } from 'node:crypto'
import test from 'ava'
import type { AgoraError } from '../../../src/base/errors.ts'
import { CODE_LIFE, IDLE_LIFE, WHOLE_LIFE } from '../../../src/capabilities/sessions/handlers.ts'
import { tokenHash } from '../../../src/core/tokens.ts'
import { newToken, writePrivate } from '../../../src/store/private-file.ts'
import { raw } from '../../helpers/database.ts'
import { type TestNode, testNode } from '../../helpers/node.ts'

type Opened = { id: string; token: string; expires_at: string }

async function signIn(node: TestNode, label?: string): Promise<Opened> {
  const { code } = await node.operator.call('sessions.create')
  return (await node.nobody('sessions.open', { code, label })) as Opened
}
const refusal = (tried: Promise<unknown>) =>
  tried.then(
    () => 'none',
    ({ code }: AgoraError) => code,
  )
const holds = (node: TestNode, token: string) => node.parts.sessions.byToken(tokenHash(token)) !== undefined
/** What the daemon does every minute. */
const keepHouse = (node: TestNode) => node.parts.database.write(node.parts.keepHouse)

test('a code signs in once, and the token is that of the session', async (t) => {
  await using node = await testNode('alice')
  const { code, expires_at } = await node.operator.call('sessions.create')
  t.regex(code, /^[\w-]{32}$/)
  t.is(Date.parse(expires_at), node.clock.now() + CODE_LIFE)
  const opened = (await node.nobody('sessions.open', { code, label: 'Chromium' })) as Opened
  t.is(Date.parse(opened.expires_at), node.clock.now() + IDLE_LIFE)
  t.is(node.parts.sessions.byToken(tokenHash(opened.token)), opened.id)

  t.is(await refusal(node.nobody('sessions.open', { code })), 'unauthenticated')
  t.true(holds(node, opened.token))
  t.deepEqual(node.security, ['bad_code this machine'])
})

test('of two that come with one code at the same time one signs in', async (t) => {
  await using node = await testNode('alice')
  const { code } = await node.operator.call('sessions.create')
  const answers = await Promise.all([1, 2, 3].map(() => refusal(node.nobody('sessions.open', { code }))))
  t.deepEqual(answers.sort(), ['none', 'unauthenticated', 'unauthenticated'])
})

test('the daemon shows that it knows the token of a page, which tells nobody the token', async (t) => {
  await using node = await testNode('alice')
  const { id, token } = await signIn(node)
  const prove = (id: string, nonce: string) =>
    node.nobody('sessions.prove', { id, nonce }) as Promise<{ proof: string }>
  const nonce = 'n'.repeat(22)
  const { proof } = await prove(id, nonce)
  t.is(proof, createHmac('sha256', tokenHash(token)).update(`agora session proof\n${nonce}`).digest('base64url'))
  t.not((await prove(id, 'm'.repeat(22))).proof, proof)
  t.is(await refusal(prove(id, 'short')), 'invalid_input')
  t.is(await refusal(prove(`${id.slice(0, -4)}0000`, nonce)), 'unauthenticated')
  await node.clock.advance(IDLE_LIFE - 1)
  t.is(await refusal(prove(id, nonce)), 'none')
  await node.clock.advance(1)
  t.is(await refusal(prove(id, nonce)), 'unauthenticated', 'to be asked for a proof is no use')
})

test('a code holds for a minute', async (t) => {
  await using node = await testNode('alice')
  const first = await node.operator.call('sessions.create')
  await node.clock.advance(CODE_LIFE - 1)
  const second = await node.operator.call('sessions.create')
  t.is(await refusal(node.nobody('sessions.open', first)), 'none')
  await node.clock.advance(CODE_LIFE)
  t.is(await refusal(node.nobody('sessions.open', second)), 'unauthenticated')
})

test('who guesses is soon told off but once a second, and keeps nobody out who has a code', async (t) => {
  await using node = await testNode('alice')
  const good = await node.operator.call('sessions.create')
  const guess = () => refusal(node.nobody('sessions.open', { code: `${good.code.slice(0, -1)}!` }))
  const answers: string[] = []
  for (let tries = 0; tries < 20; tries++) answers.push(await guess())
  t.deepEqual(answers, [...Array(10).fill('unauthenticated'), ...Array(10).fill('rate_limited')])
  t.is(await refusal(node.nobody('sessions.open', good)), 'none')
  t.is(await guess(), 'rate_limited')
  await node.clock.advance(1000)
  t.is(await guess(), 'unauthenticated')
  t.is(await guess(), 'rate_limited')
})

test('agents make no codes, and see and end no sessions', async (t) => {
  await using node = await testNode('alice')
  const agent = await node.agent('claude-1')
  const { id, token } = await signIn(node)
  t.is(await refusal(agent.call('sessions.create')), 'operator_only')
  t.is(await refusal(agent.call('sessions.list')), 'operator_only')
  t.is(await refusal(agent.call('sessions.end', { id })), 'operator_only')
  t.is(await refusal(node.nobody('sessions.list')), 'unauthenticated')
  t.true(holds(node, token))
})

test('sessions are listed, each knowing itself, and ended', async (t) => {
  await using node = await testNode('alice')
  const first = await signIn(node, 'Firefox')
  await node.clock.advance(1000)
  const second = await signIn(node)
  const bySecond = { kind: 'operator', did: node.did, session: second.id } as const
  const { items } = (await node.parts.dispatch.call('sessions.list', bySecond, {})) as { items: unknown[] }
  t.like(items, [
    { id: second.id, current: true },
    { id: first.id, label: 'Firefox', current: false },
  ])
  t.notRegex(JSON.stringify(items), /agora_|hash/)

  t.deepEqual(await node.operator.call('sessions.end', { id: first.id }), { ended: first.id })
  t.false(holds(node, first.token))
  t.true(holds(node, second.token))
  t.is(await refusal(node.operator.call('sessions.end', { id: first.id })), 'not_found')
  t.is((await node.operator.call('sessions.list')).items.length, 1)
})

test('it ends 24 hours after its last use', async (t) => {
  await using node = await testNode('alice')
  const { token } = await signIn(node)
  await node.clock.advance(IDLE_LIFE - 1)
  t.true(holds(node, token))
  await node.clock.advance(IDLE_LIFE - 1)
  t.true(holds(node, token))
  await node.clock.advance(IDLE_LIFE)
  t.false(holds(node, token))
  t.deepEqual((await node.operator.call('sessions.list')).items, [])
})

test('it ends 30 days after it was made, however much it is used', async (t) => {
  await using node = await testNode('alice')
  const { id, token, expires_at } = await signIn(node)
  t.is(Date.parse(expires_at), node.clock.now() + IDLE_LIFE)
  const days = WHOLE_LIFE / IDLE_LIFE
  for (let day = 1; day < days; day++) {
    await node.clock.advance(IDLE_LIFE - 1)
    t.true(holds(node, token), `day ${day}`)
  }
  await node.clock.advance(IDLE_LIFE - 1)
  t.true(holds(node, token))
  await node.clock.advance(days)
  t.false(holds(node, token))
  await keepHouse(node)
  t.deepEqual(node.parts.database.all(raw('SELECT id FROM sessions WHERE id = ?', id)), [])
})

test('it outlives the daemon, with the time of its last use; of the token only a hash is on disk', async (t) => {
  await using node = await testNode('alice')
  const { token } = await signIn(node)
  await node.clock.advance(IDLE_LIFE - 1)
  t.true(holds(node, token))
  await keepHouse(node)
  await node.restart()
  await node.clock.advance(IDLE_LIFE - 1)
  t.true(holds(node, token))
  t.notRegex(JSON.stringify(node.parts.database.all(raw('SELECT * FROM sessions'))), new RegExp(token))
  await node.clock.advance(IDLE_LIFE)
  await node.restart()
  t.false(holds(node, token))
})

test('a code does not outlive the daemon', async (t) => {
  await using node = await testNode('alice')
  const code = await node.operator.call('sessions.create')
  await node.restart()
  t.is(await refusal(node.nobody('sessions.open', code)), 'unauthenticated')
})

test('with a new token of the operator all sessions are over', async (t) => {
  await using node = await testNode('alice')
  const { token } = await signIn(node)
  writePrivate(node.home.token, `${newToken()}\n`)
  await node.restart()
  t.false(holds(node, token))
  t.deepEqual((await node.operator.call('sessions.list')).items, [])
  await keepHouse(node)
  t.deepEqual(node.parts.database.all(raw('SELECT id FROM sessions')), [])
})

test('of a hundred and one the least used is over', async (t) => {
  await using node = await testNode('alice')
  const tokens: string[] = []
  for (let count = 0; count < 100; count++) {
    await node.clock.advance(1)
    tokens.push((await signIn(node)).token)
  }
  await node.clock.advance(1)
  const [first = '', second = ''] = tokens
  t.true(holds(node, first))
  await signIn(node)
  t.true(holds(node, first))
  t.false(holds(node, second))
  t.is((await node.operator.call('sessions.list')).items.length, 100)
})
