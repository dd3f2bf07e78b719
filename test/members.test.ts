import test from 'ava'
import { network } from './helpers/network.ts'

test('members of a project who are no friends are connected to, and keep each other up to date without who invited them', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  for (const other of [bob, carol]) await alice.daemon.network.connect(other.daemon.addresses[0] ?? '')
  for (const name of ['bob', 'carol'] as const) {
    await net.befriend('alice', name)
    await net.node[name].call('friends.update', { name: alice.did, trust_level: 2 })
    await alice.call('friends.update', { name: net.node[name].did, trust_level: 2 })
  }
  const project = await alice.call('projects.create', { name: 'together' })
  for (const node of [bob, carol]) {
    const { id } = await alice.call('invitations.send', {
      project_id: project.id,
      peer_name: node.did,
      role: 'developer',
    })
    await net.settle()
    await node.call('invitations.accept', { id })
    await net.settle()
  }
  while (!carol.daemon.network.peer(bob.did)) await new Promise((resolve) => setImmediate(resolve))
  t.is((await carol.call('projects.show', { project_id: project.id })).members, 3)
  await alice.stop()
  await carol.call('projects.clock_in', { project_id: project.id, focus: 'without alice' })
  await net.settle()
  const { items } = await bob.call('projects.team', { project_id: project.id })
  t.deepEqual(
    items.flatMap(({ clocked_in }) => clocked_in?.focus ?? []),
    ['without alice'],
  )

  // And after a restart, on what is remembered.
  await carol.restart()
  while (!carol.daemon.network.peer(bob.did)) await new Promise((resolve) => setImmediate(resolve))
  await carol.call('projects.clock_out', { project_id: project.id })
  await net.settle()
  const later = await bob.call('projects.team', { project_id: project.id })
  t.true(later.items.every(({ clocked_in }) => clocked_in === undefined))
})
