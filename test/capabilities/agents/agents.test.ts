import { existsSync, readFileSync, statSync } from 'node:fs'
import test from 'ava'
import { agentDid } from '../../../src/base/did.ts'
import { NAME_MAX } from '../../../src/base/names.ts'
import { tokenHash } from '../../../src/core/tokens.ts'
import { agentTokenFile } from '../../../src/store/home.ts'
import { raw } from '../../helpers/database.ts'
import { testNode } from '../../helpers/node.ts'

test('an agent is registered once, with a token in a file of this user alone', async (t) => {
  await using node = await testNode('alice')
  const profile = { kind: 'claude-code', model: 'opus', capabilities: { domains: ['typescript'] } }
  const agent = await node.operator.call('agents.register', { name: 'claude-1', ...profile })
  t.like(agent, {
    name: 'claude-1',
    did: agentDid(node.did, 'claude-1'),
    ...profile,
    presence: 'offline',
    default: false,
    unread: 0,
  })
  t.is(readFileSync(agent.token_file, 'utf8').trim(), agent.token)
  t.is(statSync(agent.token_file).mode & 0o777, 0o600)
  t.is(node.parts.registry.byToken(tokenHash(agent.token)), 'claude-1')
  const stored = JSON.stringify(node.parts.database.all(raw('SELECT * FROM agents')))
  t.false(stored.includes(agent.token), 'a stolen database holds no tokens')
  await t.throwsAsync(node.operator.call('agents.register', { name: 'claude-1' }), { code: 'already_exists' })
  t.is(readFileSync(agent.token_file, 'utf8').trim(), agent.token)
})

test('two that register one name at the same time: one gets it, and its token is the one in the file', async (t) => {
  await using node = await testNode('alice')
  const settled = await Promise.allSettled(
    [1, 2, 3].map(() => node.operator.call('agents.register', { name: 'claude-1' })),
  )
  const [made] = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const codes = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
  t.deepEqual(codes, ['already_exists', 'already_exists'])
  t.is(readFileSync(made?.token_file ?? '', 'utf8').trim(), made?.token ?? 'none')
  t.is(node.parts.registry.byToken(tokenHash(made?.token ?? '')), 'claude-1')
})

test('names that cannot be are refused, the node’s own too; the longest can be written to', async (t) => {
  await using node = await testNode('alice')
  for (const name of ['', 'a@b', 'a#b', 'a/b', 'a:b', '-a', ' a', 'a\n', 'a\u200b', 'x'.repeat(NAME_MAX + 1)]) {
    await t.throwsAsync(
      node.operator.call('agents.register', { name }),
      { code: 'invalid_input' },
      JSON.stringify(name),
    )
  }
  await t.throwsAsync(node.operator.call('agents.register', { name: 'alice' }), { code: 'already_exists' })
  for (const name of ['😀'.repeat(NAME_MAX), '名'.repeat(NAME_MAX), "o'neill & co (1)", '..x'.slice(2)]) {
    const agent = await node.agent(name)
    await node.operator.send(name, 'hello')
    t.deepEqual(await agent.texts(), ['hello'])
    t.true(existsSync(agentTokenFile(node.home, name)))
  }
})

test('agents see each other, and change nothing but their own presence', async (t) => {
  await using node = await testNode('alice')
  const [claude] = [await node.agent('claude-1'), await node.agent('codex-1')]
  t.deepEqual(
    (await claude.call('agents.list')).items.map(({ name }) => name),
    ['claude-1', 'codex-1'],
  )
  t.is((await claude.call('agents.show', { name: 'codex-1' })).name, 'codex-1')
  t.false(JSON.stringify(await claude.call('agents.list')).includes('token'))
  for (const [operation, input] of [
    ['agents.register', { name: 'x' }],
    ['agents.update', { name: 'claude-1', default: true }],
    ['agents.token', { name: 'claude-1' }],
    ['agents.remove', { name: 'codex-1' }],
  ] as const) {
    await t.throwsAsync(claude.call(operation, input), { code: 'operator_only' }, operation)
    await t.throwsAsync(node.nobody(operation, input), { code: 'unauthenticated' }, operation)
  }
  await t.throwsAsync(claude.call('agents.presence', { name: 'codex-1', presence: 'busy' }), { code: 'not_permitted' })
})

test('presence follows what an agent does and says', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const presence = async () => (await node.operator.call('agents.show', { name: 'claude-1' })).presence
  t.is(await presence(), 'offline')
  node.parts.registry.touch('claude-1')
  t.is(await presence(), 'online')
  await node.clock.advance(61_000)
  t.is(await presence(), 'idle')
  await claude.call('agents.presence', { name: 'claude-1', presence: 'busy' })
  t.is(await presence(), 'busy')
  await node.clock.advance(600_000)
  t.is(await presence(), 'offline')
  node.parts.registry.touch('claude-1')
  await claude.call('agents.presence', { name: 'claude-1', presence: 'offline' })
  t.is(await presence(), 'online', 'what it said is withdrawn')
})

test('a new token ends the old one at once, also after a restart', async (t) => {
  await using node = await testNode('alice')
  const { token: old } = await node.operator.call('agents.register', { name: 'claude-1' })
  const { token, token_file } = await node.operator.call('agents.token', { name: 'claude-1' })
  for (const when of ['now', 'after a restart']) {
    t.is(node.parts.registry.byToken(tokenHash(old)), undefined, when)
    t.is(node.parts.registry.byToken(tokenHash(token)), 'claude-1', when)
    await node.restart()
  }
  t.is(readFileSync(token_file, 'utf8').trim(), token)
})

test('what was said of an agent can be changed; one at a time is the default', async (t) => {
  await using node = await testNode('alice')
  await node.agent('claude-1', { default: true, kind: 'claude-code' })
  await node.agent('codex-1', { default: true })
  const defaults = async () =>
    (await node.operator.call('agents.list')).items.flatMap((agent) => (agent.default ? [agent.name] : []))
  t.deepEqual(await defaults(), ['codex-1'])
  t.like(await node.operator.call('agents.update', { name: 'claude-1', default: true, model: 'opus' }), {
    kind: 'claude-code',
    model: 'opus',
  })
  t.deepEqual(await defaults(), ['claude-1'])
  await node.restart()
  t.deepEqual(await defaults(), ['claude-1'])
  await node.operator.call('agents.update', { name: 'claude-1', default: false })
  t.deepEqual(await defaults(), [])
  const bare = await node.operator.call('agents.update', { name: 'claude-1', kind: null, model: null })
  t.false('kind' in bare || 'model' in bare, 'null takes it away')
})

test('an agent that is removed leaves nothing to the next of its name', async (t) => {
  await using node = await testNode('alice')
  const { token, token_file } = await node.operator.call('agents.register', { name: 'claude-1' })
  await node.operator.send('claude-1', 'for your eyes only')
  await node.as('claude-1').call('consumers.create', { label: 'x' })
  t.deepEqual(await node.operator.call('agents.remove', { name: 'claude-1' }), { removed: 'claude-1' })
  t.is(node.parts.registry.byToken(tokenHash(token)), undefined)
  t.false(existsSync(token_file))
  await t.throwsAsync(node.operator.send('claude-1', 'x'), { code: 'unknown_name' })
  const next = await node.agent('claude-1')
  t.deepEqual([await next.texts(), await next.texts({ view: 'all' })], [[], []])
  t.deepEqual((await next.call('conversations.list')).items, [])
  t.deepEqual((await next.call('consumers.list')).items, [])
  t.is((await next.call('messages.read')).unread, 0)
  await t.throwsAsync(node.operator.call('agents.remove', { name: 'nobody' }), { code: 'not_found' })
})

test('a new agent of a peer’s name shows the peer with the end of its DID', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob', 1)
  t.is(node.parts.directory.nameOf(bob.did), 'bob')
  await node.agent('bob')
  t.not(node.parts.directory.nameOf(bob.did), 'bob')
})
