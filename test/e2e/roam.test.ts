import test from 'ava'
import { type Daemon, eventually, lab } from '../helpers/processes.ts'

const peer = async (node: Daemon, other: Daemon) =>
  (await node.client.call('node.peers', {})).items.find(({ did }) => did === other.info.did)

const trust = (node: Daemon, other: Daemon, trust_level: 0 | 1 | 2 | 3 | 4) =>
  node.client.call('friends.add', { did: other.info.did, trust_level })

const isGone = (node: Daemon, other: Daemon) =>
  eventually(node, async () => (await peer(node, other)) === undefined || undefined)

test('bob moves while alice is away, and she finds him through carol; what waited for her comes at once', async (t) => {
  await using world = lab()
  const carol = await world.start('carol')
  const alice = await world.start('alice', '--auto-connect')
  const bob = await world.start('bob', '--connect', carol.address)
  for (const one of [alice, bob, carol])
    for (const other of [alice, bob, carol]) if (one !== other) await trust(one, other, 2)
  await alice.client.call('node.connect', { address: bob.address })
  await alice.client.call('node.connect', { address: carol.address })

  await alice.kill()
  const before = bob.address
  await bob.stop()
  await bob.restart('moved')
  t.not(bob.address, before)
  const { id = '', stage } = await bob.client.call('messages.send', { to: alice.info.did, body: 'I have moved' })
  t.is(stage, 'queued')
  await eventually(bob, async () => (await peer(bob, carol)) !== undefined || undefined)

  await alice.restart()
  const found = await eventually(alice, () => peer(alice, bob))
  t.is(found.direction, 'outbound')
  t.regex(found.address, new RegExp(`/tcp/${bob.info.port}`))
  await eventually(bob, async () => {
    const { delivery } = await bob.client.call('messages.show', { id })
    return delivery?.stage === 'stored' || undefined
  })
  const { items } = await alice.client.call('messages.read', {})
  t.deepEqual(
    items.map(({ body }) => body),
    ['I have moved'],
  )

  // And it is remembered: without carol she finds him again.
  await carol.stop()
  await alice.kill()
  await alice.restart()
  await eventually(alice, () => peer(alice, bob))
})

test('whoever is blocked, or falls below the minimum trust, is cut off at once and kept out', async (t) => {
  await using world = lab()
  const alice = await world.start('alice', '--min-trust', '2')
  const bob = await world.start('bob')
  const refusal = () => t.throwsAsync(bob.client.call('node.connect', { address: alice.address }))
  t.like(await refusal(), { code: 'unreachable' })
  await trust(alice, bob, 2)
  await bob.client.call('node.connect', { address: alice.address })

  await alice.client.call('friends.update', { name: bob.info.did, trust_level: 1 })
  await Promise.all([isGone(alice, bob), isGone(bob, alice)])
  t.like(await refusal(), { code: 'unreachable' })
  await alice.client.call('friends.update', { name: bob.info.did, trust_level: 3 })
  await bob.client.call('node.connect', { address: alice.address })

  await alice.client.call('friends.block', { name: bob.info.did })
  await Promise.all([isGone(alice, bob), isGone(bob, alice)])
  t.like(await refusal(), { code: 'unreachable' })
  const outward = await world.cli('--name', 'alice', 'connect', bob.address)
  t.is(outward.code, 1)
  t.regex(outward.err, /blocked/)
  await alice.client.call('friends.unblock', { name: bob.info.did })
  await bob.client.call('node.connect', { address: alice.address })
})
