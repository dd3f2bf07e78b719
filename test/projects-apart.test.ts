import test from 'ava'
import { network, type TestNetwork, type TestNode } from './helpers/network.ts'
import { trustEachOther } from './helpers/shared.ts'

type Team = TestNetwork<'alice' | 'bob' | 'carol'>

/** Three friends of each other, all in a project of alice's. */
async function team(roles: { bob?: 'overseer' | 'developer'; carol?: 'developer' | 'observer' } = {}) {
  const net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob', 'carol')
  const { id: project_id } = await alice.call('projects.create', { name: 'my-feature' })
  for (const [node, role] of [
    [bob, roles.bob ?? 'developer'],
    [carol, roles.carol ?? 'developer'],
  ] as const) {
    const { id } = await alice.call('invitations.send', { project_id, peer_name: node.did, role })
    await net.settle()
    await node.call('invitations.accept', { id })
    await net.settle()
  }
  return { net, alice, bob, carol, project_id }
}

async function part(net: Team, one: TestNode, others: TestNode[]) {
  for (const other of others) {
    await one.daemon.network.disconnect(other.did)
    while (other.daemon.network.peer(one.did)) await new Promise((resolve) => setImmediate(resolve))
  }
  await net.settle()
}
async function meet(net: Team, one: TestNode, others: TestNode[]) {
  for (const other of others) await one.daemon.network.connect(other.daemon.addresses[0] ?? '')
  await net.settle()
}

const hashes = (nodes: TestNode[], project_id: string) =>
  Promise.all(nodes.map(async (node) => (await node.call('projects.verify', { project_id })).state_hash))
const events = (node: TestNode, type: string) =>
  node.daemon.events
    .after(0, 10_000)
    .filter((event) => event.type === type)
    .map(({ inbox, data }) => ({ inbox, count: data['count'] }))

test('what the suspended did without knowing is held, told to its author, and comes back', async (t) => {
  const { net, alice, bob, carol, project_id } = await team()
  await using _ = net
  await bob.call('agents.register', { name: 'claude-1' })
  await part(net, bob, [alice, carol])
  const { id: task_id } = await bob.call('tasks.create', { project_id, title: 'from afar' }, 'claude-1')
  await bob.call('tasks.update', { project_id, task_id, priority: 'high' }, 'claude-1')
  await bob.call('tasks.create', { project_id, title: 'by its operator' })
  await alice.call('projects.suspend', { project_id, name: 'bob', reason: 'out of hand' })
  await meet(net, bob, [alice, carol])

  t.deepEqual((await carol.call('tasks.list', { project_id })).items, [])
  t.deepEqual(new Set(await hashes([alice, bob, carol], project_id)).size, 1)
  const held = (await carol.call('audit.list', { project_id, verdict: 'held' })).items
  t.is(held.length, 3)
  const [suspension] = (await carol.call('audit.list', { project_id, type: 'project.suspend' })).items
  t.deepEqual(suspension?.texts, { reason: 'out of hand' })
  t.deepEqual([...new Set(held.map(({ verdict }) => verdict.by))], [suspension?.id])
  await t.throwsAsync(bob.call('tasks.create', { project_id, title: 'more' }), { code: 'suspended' })
  t.deepEqual(events(bob, 'project.held'), [
    { inbox: 'agent:claude-1', count: 2 },
    { inbox: 'operator', count: 1 },
  ])
  const { items: mail } = await bob.call('messages.read', {}, 'claude-1')
  t.is(mail.length, 1)
  t.regex(
    mail[0]?.body ?? '',
    /2 entries of yours \(task\.create, task\.update\) are held by project\.suspend of alice/,
  )
  t.false(mail[0]?.body.includes('my-feature'), 'said by the operator: no words of others')

  // One that is held is brought back by its id, with what its node wrote before it.
  const made = held.find(({ subject, type }) => subject === task_id && type === 'task.create')
  const { reinstated } = await alice.call('projects.reinstate', { project_id, entries: [made?.id.slice(0, 10) ?? ''] })
  t.deepEqual(reinstated, [made?.id])
  await net.settle()
  t.deepEqual(
    (await carol.call('tasks.list', { project_id })).items.map(({ title }) => title),
    ['from afar'],
  )
  // And all of it, with what suspends it.
  t.is((await alice.call('projects.reinstate', { project_id, name: 'bob' })).reinstated.length, 2)
  await net.settle()
  t.is((await carol.call('tasks.list', { project_id })).items.length, 2)
  t.deepEqual((await carol.call('audit.list', { project_id, verdict: 'held' })).items, [])
  await bob.call('tasks.create', { project_id, title: 'more' })
  await net.settle()
  t.deepEqual(new Set(await hashes([alice, bob, carol], project_id)).size, 1)
  t.true((await carol.call('projects.verify', { project_id })).ok)
})

test('a project is handed over, and what the giver did without knowing stays without effect', async (t) => {
  const { net, alice, bob, carol, project_id } = await team({ bob: 'overseer' })
  await using _ = net
  await t.throwsAsync(bob.call('projects.role', { project_id, name: 'carol', role: 'overseer' }), {
    code: 'owner_only',
  })
  await t.throwsAsync(bob.call('projects.transfer', { project_id, to: 'carol' }), { code: 'not_permitted' })
  await t.throwsAsync(bob.call('projects.suspend', { project_id, name: 'alice' }), { code: 'owner_only' })
  t.like(await alice.call('projects.transfer', { project_id, to: 'bob' }), { owner: { name: 'bob' }, role: 'overseer' })
  await net.settle()
  for (const node of [bob, carol]) {
    t.like(await node.call('projects.show', { project_id }), { owner: { name: 'bob' }, keeper: { name: 'bob' } })
  }
  await t.throwsAsync(alice.call('projects.archive', { project_id }), { code: 'not_permitted' })
  await bob.call('projects.role', { project_id, name: 'carol', role: 'overseer' })
  await bob.call('projects.keeper', { project_id, node: 'carol' })
  await net.settle()
  t.like(await alice.call('projects.show', { project_id }), { keeper: { name: 'carol' } })
  t.deepEqual(new Set(await hashes([alice, bob, carol], project_id)).size, 1)
})

test('a text is taken away everywhere, and every signature still verifies', async (t) => {
  const { net, alice, bob, carol, project_id } = await team({ carol: 'observer' })
  await using _ = net
  const note = await bob.call('audit.add', { project_id, action: 'deployed', detail: 'with the password 1234' })
  await net.settle()
  t.like((await carol.call('audit.list', { project_id, type: 'project.audit' })).items[0], {
    texts: { detail: 'with the password 1234' },
  })
  await t.throwsAsync(carol.call('audit.redact', { project_id, entry: note.id }), { code: 'not_permitted' })
  await t.throwsAsync(bob.call('audit.redact', { project_id, entry: project_id.slice(0, 8) }), {
    code: 'not_permitted',
  })
  t.like(await bob.call('audit.redact', { project_id, entry: note.id.slice(0, 8), reason: 'a secret' }), {
    redacted: true,
  })
  await net.settle()
  for (const node of [alice, bob, carol]) {
    const [shown] = (await node.call('audit.list', { project_id, type: 'project.audit' })).items
    t.deepEqual([shown?.redacted, shown?.texts, shown?.facts['action']], [true, undefined, 'deployed'])
    t.true((await node.call('projects.verify', { project_id })).ok)
    const { entries } = await node.call('projects.export', { project_id })
    t.false(JSON.stringify(entries).includes('1234'))
  }
})

test('the record is filtered, paged and exported', async (t) => {
  const { net, alice, bob, carol, project_id } = await team()
  await using _ = net
  const { id: task_id } = await bob.call('tasks.create', { project_id, title: 'one' })
  await net.clock.advance(1000)
  const since = new Date(net.clock.now()).toISOString()
  await carol.call('tasks.comment', { project_id, task_id, text: 'mine' })
  await net.settle()
  const list = async (input: { actor?: string; type?: string; task_id?: string; since?: string }) =>
    (await alice.call('audit.list', { project_id, ...input })).items.map(({ type, author }) => [type, author.name])
  t.deepEqual(await list({ actor: 'bob' }), [
    ['task.create', 'bob'],
    ['project.accept', 'bob'],
  ])
  t.deepEqual(await list({ type: 'task' }), [
    ['task.comment', 'carol'],
    ['task.create', 'bob'],
  ])
  t.deepEqual(await list({ type: 'task.create' }), [['task.create', 'bob']])
  t.deepEqual(await list({ task_id: task_id.slice(0, 8) }), await list({ type: 'task' }))
  t.deepEqual(await list({ since }), [['task.comment', 'carol']])
  await t.throwsAsync(alice.call('audit.list', { project_id, cursor: 'x' }), { code: 'invalid_cursor' })

  const types: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await alice.call('audit.list', { project_id, limit: 3, cursor })
    types.push(...page.items.map(({ type }) => type))
    cursor = page.next_cursor
    if (cursor === undefined) break
  }
  t.is(types.length, (await alice.call('projects.verify', { project_id })).entries)
  const exported = []
  for (let cursor: string | undefined; ; ) {
    const page = await alice.call('projects.export', { project_id, limit: 2, cursor })
    exported.push(...page.entries)
    cursor = page.next_cursor
    if (cursor === undefined) break
  }
  t.is(exported.length, types.length)
})
