import test from 'ava'
import { eventually, lab, type Process } from '../helpers/processes.ts'

test('the quick start as it is typed: alice starts, bob connects, friends, a message, read by waiting', async (t) => {
  await using world = lab()
  const alice = await world.start('alice')
  const bob = await world.start('bob', '--connect', alice.address)
  const { run } = world
  await eventually(alice, async () => alice.client.call('node.peers', {}).then(({ items }) => items[0]))

  t.is(
    await run('alice', 'friends', 'add', 'bob', '--trust', '3'),
    'bob is a friend with trust 3. It was asked for the same.\n',
  )
  const asked = await eventually(bob, async () => (await bob.client.call('friend_requests.list', {})).items[0])
  t.is(asked.did, alice.info.did)
  t.regex(
    await run('bob', 'friends', 'requests'),
    /^alice asks to be friends and gives trust 3 .*\n {2}agora --name bob /,
  )
  t.is(await run('bob', 'friends', 'accept', 'alice'), 'alice is a friend with trust 2.\n')
  await eventually(alice, async () => (await alice.client.call('friends.show', { name: 'bob' })).their_trust)
  t.regex(await run('alice', 'friends', 'list'), /^NAME .*\nbob +3 +2 +no +online/)

  const waiting = run('bob', 'messages', '--wait', '--timeout', '30')
  t.regex(await run('alice', 'send', 'Hello Bob!', '--to', 'bob'), /^(stored|shown) /)
  t.regex(await waiting, /^alice \(a person, trust 2\) to bob .*\n {2}│ Hello Bob!\n/)

  const code = (text: string) => /\d{5}( \d{5}){5}/.exec(text)?.[0]
  const codes = [await run('alice', 'friends', 'verify', 'bob'), await run('bob', 'friends', 'verify', 'alice')].map(
    code,
  )
  t.truthy(codes[0])
  t.is(codes[0], codes[1])
  await run('alice', 'friends', 'verify', 'bob', '--confirm')
  t.regex(await run('alice', 'friends'), /^bob +3 +2 +yes /m)
})

/** What each of two gives the other, and believes to have. */
async function agreed(one: Process, other: Process) {
  const seen = async (from: Process, to: Process) => {
    const { trust_level, their_trust } = await from.client.call('friends.show', { name: to.info.did })
    return [trust_level, their_trust]
  }
  return [await seen(one, other), await seen(other, one)]
}

test('all of it works when the other side is away at the time, and after kill -9 of either', async (t) => {
  await using world = lab()
  const alice = await world.start('alice')
  const bob = await world.start('bob')
  await bob.kill()
  await alice.client.call('friends.add', { did: bob.info.did, trust_level: 3 })
  t.like(await alice.client.call('friends.show', { name: bob.info.did }), { pending: true, requested: true })
  await alice.kill()
  await Promise.all([alice.restart(), bob.restart()])
  await bob.client.call('node.connect', { address: alice.address })
  const [asked] = await eventually(bob, async () => {
    const { items } = await bob.client.call('friend_requests.list', {})
    return items.length > 0 ? items : undefined
  })
  t.is(asked?.did, alice.info.did)

  // The answer is given while she is away, and he is killed before it could arrive.
  await alice.kill()
  await bob.client.call('friend_requests.accept', { id: alice.info.did, trust_level: 2 })
  await bob.kill()
  await Promise.all([alice.restart(), bob.restart()])
  await bob.client.call('node.connect', { address: alice.address })
  await eventually(
    alice,
    async () => (await alice.client.call('friends.show', { name: bob.info.did })).their_trust === 2 || undefined,
  )
  t.deepEqual(await agreed(alice, bob), [
    [3, 2],
    [2, 3],
  ])

  // Blocked, he cannot connect; let in again, he is told what he has now.
  await alice.client.call('friends.block', { name: 'bob' })
  await eventually(bob, async () => (await bob.client.call('node.peers', {})).items.length === 0 || undefined)
  await t.throwsAsync(bob.client.call('node.connect', { address: alice.address }), { code: 'unreachable' } as never)
  await t.throwsAsync(alice.client.call('messages.send', { to: bob.info.did, body: 'x' }), { code: 'blocked' } as never)
  await alice.client.call('friends.update', { name: bob.info.did, trust_level: 4 })
  await alice.client.call('friends.unblock', { name: bob.info.did })
  await bob.client.call('node.connect', { address: alice.address })
  await eventually(
    bob,
    async () => (await bob.client.call('friends.show', { name: 'alice' })).their_trust === 4 || undefined,
  )

  await alice.client.call('friends.remove', { name: 'bob' })
  await eventually(
    bob,
    async () => (await bob.client.call('friends.show', { name: 'alice' })).their_trust === undefined || undefined,
  )
  t.deepEqual((await alice.client.call('friends.list', {})).items, [])
})
