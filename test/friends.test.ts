import test from 'ava'
import { network } from './helpers/network.ts'

test('two real nodes become friends, tell each other, and stop', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  const added = await alice.call('friends.add', { name: 'bob', trust_level: 3, message: 'hi' })
  t.like(added, { name: 'bob', did: bob.did, trust_level: 3, requested: true, online: true, pending: false })
  await net.settle()
  const { items } = await bob.call('friend_requests.list', {})
  t.like(items[0], { direction: 'in', name: 'alice', trust_level: 3, given: true, message: 'hi', status: 'pending' })
  t.like(await bob.call('friend_requests.accept', { id: 'alice' }), { trust_level: 2, their_trust: 3 })
  await net.settle()
  t.like(await alice.call('friends.show', { name: 'bob' }), { trust_level: 3, their_trust: 2, requested: false })
  await alice.call('friends.update', { name: 'bob', trust_level: 1 })
  await net.settle()
  t.is((await bob.call('friends.show', { name: 'alice' })).their_trust, 1)
  t.is(
    (await alice.call('friends.code', { name: 'bob' })).code,
    (await bob.call('friends.code', { name: 'alice' })).code,
  )
  await bob.call('friends.remove', { name: 'alice' })
  await net.settle()
  t.is((await alice.call('friends.show', { name: 'bob' })).their_trust, undefined)
  t.deepEqual((await bob.call('friends.list', {})).items, [])
})
