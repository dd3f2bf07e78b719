import test from 'ava'
import { network, type TestNode } from './helpers/network.ts'

/** Resolves when what a peer says of its project, as this node knows it, is this. */
async function says(node: TestNode, peer: string, project: string | undefined): Promise<void> {
  while (node.daemon.network.peer(peer)?.project !== project) await new Promise((resolve) => setImmediate(resolve))
}

test('members hear at which project a node works, and nobody else does', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await alice.call('friends.add', { did: bob.did, trust_level: 2 })
  await bob.call('friends.add', { did: alice.did, trust_level: 2 })
  await net.settle()
  const { id } = await alice.call('projects.create', { name: 'parser' })
  await alice.call('invitations.send', { project_id: id, peer_name: 'bob' })
  await net.settle()
  const { items } = await bob.call('invitations.list', {})
  await bob.call('invitations.accept', { id: items[0]?.id ?? '' })
  await net.settle()
  await bob.call('projects.clock_in', { project_id: id })
  await says(alice, bob.did, id)
  t.is(carol.daemon.network.peer(bob.did)?.project, undefined)
  await bob.call('projects.clock_out', { project_id: id })
  await says(alice, bob.did, undefined)
})
