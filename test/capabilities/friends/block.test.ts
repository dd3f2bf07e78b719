import test from 'ava'
import { raw } from '../../helpers/database.ts'
import { type TestNode, testNode } from '../../helpers/node.ts'

/** alice with an agent, and bob of trust 3, from whom both have mail. */
async function scene() {
  const node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  await bob.say('to the operator')
  await bob.say('to the agent', { to: 'claude-1' })
  return { node, claude, bob }
}
const bodies = async (node: TestNode) =>
  (await node.operator.call('conversations.list')).items.map((conversation) => conversation.last?.body)

test('what a blocked peer sent is hidden everywhere, and there again when it is unblocked', async (t) => {
  const { node, claude, bob } = await scene()
  await using _ = node
  t.deepEqual(await node.operator.texts(), ['to the operator'])
  t.like(await node.operator.call('friends.block', { name: 'bob' }), { did: bob.did })

  t.deepEqual(await node.operator.texts(), [])
  t.deepEqual(await node.operator.texts({ view: 'all' }), [])
  t.deepEqual(await claude.texts(), [])
  t.deepEqual(await bodies(node), [])
  t.deepEqual((await node.operator.call('conversations.list', { query: 'operator' })).items, [])
  t.is((await node.operator.call('node.status')).unread, 0)
  t.is((await claude.call('agents.show', { name: 'claude-1' })).unread, 0)

  await node.restart()
  t.deepEqual(await node.as('claude-1').texts(), [])
  t.like(await node.operator.call('friends.unblock', { name: 'bob' }), { did: bob.did })
  t.deepEqual(await node.operator.texts(), ['to the operator'])
  t.deepEqual(await node.as('claude-1').texts(), ['to the agent'])
  t.is((await node.operator.call('node.status')).unread, 1)
  t.is((await node.operator.call('conversations.list', { query: 'operator' })).items.length, 1)
  t.is(node.parts.book.trust(bob.did), 3)
})

test('what it sent is found by an index, however much others did', async (t) => {
  await using node = await testNode('alice')
  const ofSender = 'SELECT position FROM messages WHERE from_did >= ? AND from_did < ? AND'
  for (const which of ["direction = 'in' AND held = 0", 'held = 1', 'held > 1']) {
    const plan = node.parts.database
      .all<{ detail: string }>(raw(`EXPLAIN QUERY PLAN ${ofSender} ${which}`, 'a', 'a$'))
      .map(({ detail }) => detail)
    t.is(plan.length, 1)
    t.regex(plan[0] ?? '', /^SEARCH messages USING .*INDEX messages_\w+ \(from_did>\? AND from_did<\?\)$/)
  }
})

test('what was on its way to it fails, and nobody can write to it', async (t) => {
  const { node, claude, bob } = await scene()
  await using _ = node
  bob.disconnect()
  const { id = '' } = await claude.send('bob', 'are you there?')
  await node.operator.call('friends.block', { name: 'bob' })
  t.like((await claude.call('messages.show', { id })).delivery, { stage: 'failed', reason: 'blocked' })
  t.deepEqual((await node.operator.call('messages.outbox')).items, [])
  for (const caller of [node.operator, claude]) {
    await t.throwsAsync(caller.send(bob.did, 'x'), { code: 'blocked' })
    await t.throwsAsync(caller.send(`${bob.did}#codex`, 'x'), { code: 'blocked' })
  }
  await t.throwsAsync(node.operator.call('friends.add', { did: bob.did }), { code: 'blocked' })
  await t.throwsAsync(node.operator.call('friend_requests.send', { peer_name: bob.did }), { code: 'blocked' })
})

test('what still comes from it is refused, its word on friendship too', async (t) => {
  const { node, bob } = await scene()
  await using _ = node
  await node.operator.call('friends.block', { name: 'bob' })
  t.like(await bob.say('let me in'), { stage: 'failed', reason: 'not_permitted' })
  const ask = { revision: Date.now() + 1e12, seen: 0, trust_level: 4, given: true }
  t.like(await bob.post('friend.request', ask), { stage: 'failed', reason: 'not_permitted' })
  t.deepEqual((await node.operator.call('requests.list')).items, [])
  t.deepEqual((await node.operator.call('friend_requests.list')).items, [])
})

test('a stranger’s mail that waits is hidden too, and waits again', async (t) => {
  await using node = await testNode('alice')
  const eve = await node.peer('eve')
  await eve.say('buy this')
  await node.operator.call('friends.block', { name: 'eve' })
  t.deepEqual((await node.operator.call('requests.list')).items, [])
  t.is((await node.operator.call('node.status')).requests, 0)
  t.like((await node.operator.call('friends.blocked')).items, [{ did: eve.did }])
  await node.operator.call('friends.unblock', { name: eve.did })
  t.is((await node.operator.call('requests.list')).items.length, 1)
  t.deepEqual((await node.operator.call('friends.blocked')).items, [])
})

test('an agent that is removed while its mail is hidden leaves none behind for another of its name', async (t) => {
  const { node } = await scene()
  await using _ = node
  await node.operator.call('friends.block', { name: 'bob' })
  await node.operator.call('agents.remove', { name: 'claude-1' })
  const another = await node.agent('claude-1')
  await node.operator.call('friends.unblock', { name: 'bob' })
  t.deepEqual(await another.texts(), [])
})

test('blocking twice is once; who is not blocked cannot be unblocked; any DID can be blocked', async (t) => {
  const { node, bob } = await scene()
  await using _ = node
  const first = await node.operator.call('friends.block', { name: 'bob' })
  await node.clock.advance(1000)
  t.deepEqual(await node.operator.call('friends.block', { name: bob.did }), first)
  await t.throwsAsync(node.operator.call('friends.unblock', { name: 'carol' }), { code: 'not_found' })
  const carol = await node.peer('carol')
  carol.disconnect()
  await node.operator.call('friends.block', { name: carol.did })
  t.is((await node.operator.call('friends.blocked')).items.length, 2)
  await t.throwsAsync(node.operator.call('friends.block', { name: node.did }), { code: 'invalid_input' })
})
