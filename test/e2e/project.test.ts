import { join } from 'node:path'
import test from 'ava'
import { eventually, lab, type Process } from '../helpers/processes.ts'

test('create a project and collaborate, as it is typed: two nodes, one project, the same record on both', async (t) => {
  t.timeout(180_000)
  await using world = lab()
  const alice = await world.start('alice')
  const bob = await world.start('bob', '--connect', alice.address)
  const { run } = world
  await eventually(alice, async () => alice.client.call('node.peers', {}).then(({ items }) => items[0]))
  await alice.client.call('friends.add', { name: 'bob', trust_level: 3 })
  await bob.client.call('friends.add', { name: 'alice', trust_level: 2 })

  const created = await run('alice', 'project', 'create', 'my-feature', '--description', 'Build the login page')
  const id = /ID +(\w{40,44})\n/.exec(created)?.[1] ?? ''
  t.regex(created, new RegExp(`agora --name alice project invite ${id.slice(0, 8)} <peer>`))
  t.regex(
    await run('alice', 'project', 'invite', id, 'bob', '--role', 'developer'),
    /^Invited bob to my-feature as a developer/,
  )
  t.regex(
    await run('alice', 'project', 'add-task', id, 'Implement auth flow', '--assignee', 'bob', '--priority', 'high'),
    /^Made “Implement auth flow” for bob, high\. /,
  )
  t.regex(await run('alice', 'project', 'tasks', id), /^○ +[0-9a-f]{8} +high +Implement auth flow +bob$/m)
  t.regex(await run('alice', 'project', 'audit', id), /alice +made the task “Implement auth flow” +signed /)

  const invitation = await eventually(bob, async () => (await bob.client.call('invitations.list', {})).items[0])
  t.regex(await run('bob', 'project', 'invitations'), /^alice invites bob to my-feature as a developer/)
  t.regex(await run('bob', 'project', 'join', invitation.id.slice(0, 8)), /^Join(ed|ing) my-feature as a developer/)
  const task = await eventually(bob, async () => {
    const projects = await bob.client.call('projects.list', {})
    if (projects.items[0]?.status !== 'member') return undefined
    return (await bob.client.call('tasks.list', { project_id: id })).items[0]
  })
  t.regex(await run('bob', 'project', 'tasks', id.slice(0, 8)), /Implement auth flow +bob/)

  await run('bob', 'project', 'clock-in', id, '--focus', 'the login page')
  await run('bob', 'project', 'update-task', id, task.id.slice(0, 8), '--status', 'in_progress')
  await bob.client.call('rooms.say', { project_id: id, room: 'main', body: '@alice: it is under way.' })
  await run('bob', 'project', 'complete', 'my-feature', task.id, '--note', 'Merged.')
  await same(alice, bob, id)
  t.regex(await run('alice', 'project', 'tasks', 'my-feature', '--status', 'done'), /^● +[0-9a-f]{8} +high +Implement/m)
  t.regex(
    await run('alice', 'project', 'room', id, 'main'),
    /^bob \(.*developer.*\)[\s\S]*│ @alice: it is under way\.\n/,
  )
  t.regex(await run('alice', 'project', 'stage', id, '--advance'), /^investigation > \[implementation\] >/)
  t.regex(await run('alice', 'project', 'show', id), /bob +developer +online/)

  t.regex(await run('alice', 'project', 'suspend', id, 'bob', '--reason', 'Enough for today.'), /^bob is suspended\./)
  await eventually(bob, async () => (await bob.client.call('projects.show', { project_id: id })).suspended || undefined)
  const refused = await world.cli('--name', 'bob', 'project', 'add-task', id, 'One more')
  t.is(refused.code, 1)
  t.regex(refused.err, /Suspended in this project/)
  await alice.client.call('projects.unsuspend', { project_id: id, name: 'bob' })
  await same(alice, bob, id)

  // What tells of entries by place is the same; what is written about them is each node's own.
  const [one, other] = await Promise.all([alice, bob].map(verdicts))
  t.true((one?.length ?? 0) > 10)
  t.deepEqual(one, other)

  t.regex(await run('bob', 'project', 'audit', id, '--verify'), /^sound: \d+ entries/)
  const file = join(world.folder, 'my-feature.log')
  await run('bob', 'project', 'audit', id, '--export', file)
  await Promise.all([alice.stop(), bob.stop()])
  const checked = await world.cli('verify', file)
  t.deepEqual([checked.code, checked.err], [0, ''])
  t.regex(checked.out, /^sound: project my-feature\n[\s\S]*Members +2\n/)

  async function verdicts({ client }: Process) {
    const { items } = await client.call('audit.list', { project_id: id, limit: 500 })
    return items.map(({ id, verdict }) => [id, verdict])
  }
})

/** Resolves when both nodes fold a project to the same state. */
async function same(one: Process, other: Process, project_id: string): Promise<void> {
  const hash = async (node: Process) => (await node.client.call('projects.verify', { project_id })).state_hash
  await eventually(other, async () => (await hash(one)) === (await hash(other)) || undefined)
}
