import test from 'ava'
import { network } from './helpers/network.ts'
import { trustEachOther } from './helpers/shared.ts'

test('a project is begun, joined and worked in by two nodes', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob')

  const project = await alice.call('projects.create', { name: 'my-feature', description: 'Build the login page' })
  t.like(project, { name: 'my-feature', description: 'Build the login page', role: 'owner', stage: 'investigation' })
  const sent = await alice.call('invitations.send', { project_id: project.id, peer_name: 'bob', role: 'developer' })
  t.like(sent, { direction: 'out', status: 'pending', role: 'developer', project_name: 'my-feature' })
  await net.settle()

  const { items } = await bob.call('invitations.list', {})
  t.like(items[0], { id: sent.id, direction: 'in', status: 'pending', project_name: 'my-feature' })
  await bob.call('invitations.accept', { id: sent.id })
  await net.settle()
  t.like((await bob.call('invitations.list', { status: 'all' })).items[0], { status: 'joined' })
  t.like(await bob.call('projects.show', { project_id: project.id.slice(0, 6) }), {
    name: 'my-feature',
    description: 'Build the login page',
    role: 'developer',
    status: 'member',
    members: 2,
  })
  t.deepEqual(
    (await alice.call('projects.team', { project_id: project.id })).items.map(({ name, role }) => [name, role]),
    [
      ['alice', 'owner'],
      ['bob', 'developer'],
    ],
  )
  await bob.call('projects.clock_in', { project_id: project.id, focus: 'the form' })
  await net.settle()
  t.like((await alice.call('projects.team', { project_id: project.id })).items[1], {
    clocked_in: { focus: 'the form' },
  })
  const audit = await alice.call('audit.list', { project_id: project.id })
  t.deepEqual(
    audit.items.map(({ type, author, verdict }) => [type, author.name, verdict.state]),
    [
      ['project.clock_in', 'bob', 'counts'],
      ['project.accept', 'bob', 'counts'],
      ['project.invite', 'alice', 'counts'],
      ['project.create', 'alice', 'counts'],
    ],
  )
  t.is(
    (await alice.call('projects.verify', { project_id: project.id })).state_hash,
    (await bob.call('projects.verify', { project_id: project.id })).state_hash,
  )
})
