import assert from 'node:assert/strict'
import test from 'ava'
import { didTail } from '../src/base/did.ts'
import { AgoraError } from '../src/base/errors.ts'
import { fc } from './helpers/fast-check.ts'
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

test('what operators say with a request and its answer reaches the other, and so does no', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await alice.call('friend_requests.send', { peer_name: 'bob', trust_level: 3 })
  await net.settle()
  await bob.call('friend_requests.reject', { id: 'alice', reason: 'who are you?' })
  await net.settle()
  const { items } = await alice.call('friend_requests.list', { status: 'all' })
  t.like(items[0], { direction: 'out', status: 'rejected', reason: 'who are you?' })
  t.like((await bob.call('friend_requests.list', { status: 'all' })).items[0], { status: 'rejected' })
  t.deepEqual((await alice.call('friends.list', {})).items, [])
  await alice.call('friend_requests.send', { peer_name: 'bob' })
  await net.settle()
  t.deepEqual((await bob.call('friend_requests.list', {})).items, [], 'not within a day')
  t.deepEqual((await alice.call('friend_requests.list', {})).items, [], 'and who asks knows')
  await bob.call('friend_requests.send', { peer_name: 'alice', trust_level: 1 })
  await net.settle()
  await alice.call('friend_requests.accept', { id: 'bob', trust_level: 4, message: 'gladly' })
  await net.settle()
  const accepted = bob.daemon.events.after(0, 1000).find(({ type }) => type === 'friend.accepted')
  t.like(accepted?.data, { did: alice.did, message: 'gladly', their_trust: 4 })
  t.like((await bob.call('friend_requests.list', { status: 'accepted' })).items[0], {
    direction: 'out',
    did: alice.did,
  })
})

test('whoever claims a friend’s name is somebody else here, and the operator is told once', async (t) => {
  await using net = await network(['alice', 'bob', 'BOB'])
  const { alice, bob, BOB: mallory } = net.node
  await alice.daemon.network.connect(bob.daemon.addresses[0] ?? '')
  await alice.call('friends.add', { name: 'bob', trust_level: 4 })
  for (let times = 0; times < 2; times++) {
    await alice.daemon.network.disconnect(mallory.did)
    await alice.daemon.network.connect(mallory.daemon.addresses[0] ?? '')
    await net.settle()
  }
  await alice.restart()
  for (const { daemon } of [mallory, bob]) await alice.daemon.network.connect(daemon.addresses[0] ?? '')
  await net.settle()
  const alerts = alice.daemon.events.after(0, 1000).filter(({ type }) => type === 'security.name_claimed')
  t.is(alerts.length, 1, 'not even for a restart is it told again')
  t.like((await alice.call('attention.list', {})).items, [{ kind: 'alert', reason: 'name_claimed', count: 3 }])
  t.like(alerts[0]?.data, { name: 'BOB', friend: bob.did, friend_name: 'bob' })
  const { items } = await alice.call('node.peers', {})
  const shown = items.find(({ did }) => did === mallory.did)
  t.like(shown, { name: `BOB ${didTail(mallory.did)}`, looks_like: 'bob', trust_level: 0 })
  t.is((await alice.call('node.status', {})).lookalikes, 1)
  await t.throwsAsync(alice.call('friends.update', { name: 'BOB', trust_level: 4 }), { code: 'ambiguous_name' })
  await t.throwsAsync(alice.call('friends.add', { name: 'BOB' }), { code: 'ambiguous_name' })
  t.is((await alice.call('friends.list', {})).items.length, 1)
})

test('a friend that calls itself otherwise keeps the name it has here, and the operator is told once', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await alice.call('friends.add', { did: bob.did, name: 'robert' })
  for (let times = 0; times < 2; times++) {
    await alice.daemon.network.connect(bob.daemon.addresses[0] ?? '')
    await net.settle()
    await alice.daemon.network.disconnect(bob.did)
    await net.settle()
  }
  const told = alice.daemon.events.after(0, 1000).filter(({ type }) => type === 'friend.renamed')
  t.deepEqual(
    told.map(({ data }) => data),
    [{ did: bob.did, name: 'robert', calls_itself: 'bob' }],
  )
  t.is((await alice.call('friends.show', { name: 'robert' })).did, bob.did)
  await t.throwsAsync(alice.call('friends.show', { name: 'bob' }))
})

test('a friend by DID is added before it was met, asked when it is, and its waiting mail delivered', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  t.like(await alice.call('friends.add', { did: bob.did, alias: 'bobby', trust_level: 1 }), {
    name: 'bobby',
    pending: true,
    online: false,
    requested: true,
  })
  await bob.daemon.network.connect(alice.daemon.addresses[0] ?? '')
  await net.settle()
  t.like((await bob.call('friend_requests.list', {})).items[0], { did: alice.did, status: 'pending' })
  await alice.call('messages.send', { to: 'bobby', body: 'let me in' })
  await net.settle()
  t.is((await bob.call('requests.list', {})).items.length, 1)
  t.like(await bob.call('friends.add', { name: 'alice', trust_level: 0 }), { trust_level: 0, their_trust: 1 })
  t.is((await bob.call('requests.list', {})).items.length, 1, 'trust 0 lets nothing in')
  await bob.call('friends.update', { name: 'alice', trust_level: 1 })
  t.deepEqual((await bob.call('requests.list', {})).items, [])
  t.is((await bob.call('messages.read', {})).items[0]?.body, 'let me in')
  await net.settle()
  t.like(await alice.call('friends.show', { name: 'bobby' }), { their_trust: 1, pending: false, requested: false })
})

test('a blocked friend is cut off both ways, and there again when it is let in', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await net.befriend('alice', 'bob')
  const gone = [alice, bob].map(
    ({ daemon }) =>
      new Promise<void>((resolve) => daemon.events.subscribe(({ type }) => type === 'peer.disconnected' && resolve())),
  )
  await alice.call('friends.block', { name: 'bob' })
  await Promise.all(gone)
  await t.throwsAsync(alice.call('messages.send', { to: 'bob', body: 'x' }), { code: 'blocked' })
  await t.throwsAsync(bob.daemon.network.connect(alice.daemon.addresses[0] ?? ''))
  await t.throwsAsync(alice.daemon.network.connect(`${bob.did}@127.0.0.1:${portOf(bob.daemon.addresses[0])}`))
  t.is(alice.daemon.network.peer(bob.did), undefined)
  await alice.call('friends.unblock', { name: bob.did })
  await net.connect()
  await net.settle()
  t.like(await bob.call('messages.send', { to: 'alice', body: 'hello again', wait_for: 'stored' }), { stage: 'stored' })
})

const level = fc.integer({ min: 0, max: 4 })
const side = fc.constantFrom('alice' as const, 'bob' as const)
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      who: side,
      level,
      does: fc.constantFrom('add', 'ask', 'update', 'accept', 'reject', 'remove'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ who: side, level, does: fc.constantFrom('disconnect', 'connect', 'settle') }) },
  { weight: 1, arbitrary: fc.record({ who: side, level, does: fc.constant('restart') }) },
)

test('two real nodes agree in the end, whatever their operators do and however often they part', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  const other = { alice: bob, bob: alice }
  const meet = () => alice.daemon.network.connect(bob.daemon.addresses[0] ?? '')

  async function act({ who, level: trust_level, does }: { who: 'alice' | 'bob'; level: number; does: string }) {
    const [me, { did }] = [net.node[who], other[who]]
    if (does === 'disconnect') await me.daemon.network.disconnect(did)
    else if (does === 'connect') await meet()
    else if (does === 'settle') await net.settle()
    else if (does === 'restart') await me.restart()
    else if (does === 'add') await me.call('friends.add', { did, trust_level })
    else if (does === 'ask') await me.call('friend_requests.send', { peer_name: did, trust_level })
    else if (does === 'update') await me.call('friends.update', { name: did, trust_level })
    else if (does === 'accept') await me.call('friend_requests.accept', { id: did, trust_level })
    else if (does === 'reject') await me.call('friend_requests.reject', { id: did })
    else await me.call('friends.remove', { name: did })
  }

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
      for (const one of steps) {
        // What cannot be done to what there is now is refused.
        await act(one).catch((error) => t.true(error instanceof AgoraError, String(error?.stack)))
        await net.clock.advance(1)
      }
      await meet()
      await net.settle()
      const seen = await Promise.all(
        (['alice', 'bob'] as const).map(async (who) => {
          const { items } = await net.node[who].call('friends.list', {})
          const { items: waiting } = await net.node[who].call('friend_requests.list', {})
          return { friend: items[0], waiting: waiting.map(({ direction }) => direction) }
        }),
      )
      const [a, b] = seen as [(typeof seen)[0], (typeof seen)[0]]
      for (const [mine, theirs] of [
        [a, b],
        [b, a],
      ] as const) {
        if (mine.friend) assert.equal(mine.friend.their_trust, theirs.friend?.trust_level)
        assert.equal(mine.waiting.includes('out'), theirs.waiting.includes('in'))
      }
    }),
    { numRuns: 12, endOnFailure: true },
  )
  t.pass()
})

const portOf = (address = ''): string => /\/tcp\/(\d+)/.exec(address)?.[1] ?? ''
