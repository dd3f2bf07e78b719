import test from 'ava'
import { admitTo, cable, settle, taskNode } from '../../helpers/task-world.ts'

test('a task’s life: made, found, changed, commented, completed, accepted, deleted, and its history', async (t) => {
  await using alice = taskNode('alice')
  await alice.start()
  const project_id = await alice.project()
  const { operator } = alice
  const claude = alice.agent('claude')
  const made = await operator.call('tasks.create', {
    ...{ project_id, title: 'Implement auth flow', description: 'OAuth', assignee: 'claude' },
    ...{ priority: 'high', labels: ['backend', 'backend'] },
  })
  t.like(made, { status: 'todo', ready: true, description: 'OAuth', labels: ['backend'], depends_on: [] })
  t.is(made.assignee?.did, claude.did)
  const task_id = made.id.slice(0, 8)
  const second = await claude.call('tasks.create', { project_id, title: 'Document it', depends_on: [task_id] })
  t.like(second, { status: 'blocked', ready: false, waits_for: [made.id], priority: 'medium' })

  await claude.call('tasks.comment', { project_id, task_id, text: 'On it.' })
  await claude.call('tasks.update', { project_id, task_id, status: 'in_progress', description: 'OAuth and tokens' })
  const done = await claude.call('tasks.complete', {
    project_id: project_id.slice(0, 6),
    task_id,
    note: 'Done in 3f2a.',
  })
  t.like(done, { status: 'done', note: 'Done in 3f2a.', description: 'OAuth and tokens' })
  t.deepEqual(done.unblocked, [{ id: second.id, title: 'Document it' }])
  t.is((await operator.call('tasks.show', { project_id, task_id: second.id })).status, 'todo')
  const accepted = await operator.call('tasks.accept', { project_id, task_id, note: 'Good.' })
  t.like(accepted.accepted, { by: { did: alice.did }, note: 'Good.' })
  await t.throwsAsync(claude.call('tasks.accept', { project_id, task_id }), { code: 'not_permitted' })
  const back = await operator.call('tasks.accept', { project_id, task_id, accepted: false })
  t.like(back, { status: 'todo', accepted: undefined })

  const { unblocked, ...gone } = await operator.call('tasks.delete', { project_id, task_id })
  t.deepEqual(unblocked, [{ id: second.id, title: 'Document it' }])
  t.like(gone, { title: 'Implement auth flow', deleted: { by: { did: alice.did } } })
  t.deepEqual(
    (await operator.call('tasks.list', { project_id })).items.map(({ id }) => id),
    [second.id],
  )
  t.truthy((await operator.call('tasks.show', { project_id, task_id })).deleted)
  await t.throwsAsync(operator.call('tasks.update', { project_id, task_id, title: 'x' }), { code: 'not_found' })
  const comments = await operator.call('tasks.comments', { project_id, task_id })
  t.like(comments.items[0], { text: 'On it.', author: { did: claude.did } })
  const history = await operator.call('tasks.history', { project_id, task_id, limit: 3 })
  const rest = await operator.call('tasks.history', { project_id, task_id, cursor: history.next_cursor ?? '' })
  t.deepEqual(
    [...history.items, ...rest.items].map(({ type }) => type),
    ['task.create', 'task.comment', 'task.update', 'task.complete', 'task.update', 'task.update', 'task.delete'],
  )
})

test('lists are filtered and come page by page', async (t) => {
  await using alice = taskNode('alice')
  const project_id = await alice.project()
  const { operator } = alice
  for (let n = 0; n < 7; n++) {
    await operator.call('tasks.create', {
      ...{ project_id, title: `Task ${n}`, labels: n % 2 ? ['odd'] : [], priority: n > 4 ? 'high' : 'low' },
      ...(n === 3 ? { assignee: 'claude' } : {}),
    })
  }
  const titles = async (more: object) =>
    (await operator.call('tasks.list', { project_id, ...more })).items.map(({ title }) => title.slice(5)).join('')
  t.is(await titles({}), '0123456')
  t.is(await titles({ label: 'odd' }), '135')
  t.is(await titles({ priority: 'high' }), '56')
  t.is(await titles({ assignee: 'claude' }), '3')
  t.is(await titles({ assignee: 'me' }), '3')
  t.is(await titles({ assignee: 'none' }), '012456')
  t.is(await titles({ query: 'TASK 2' }), '2')
  t.is(await titles({ claimed: 'true' }), '')
  t.is(await titles({ ready: 'true', status: 'todo', label: 'odd' }), '135')
  const seen: string[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await operator.call('tasks.list', { project_id, limit: 3, ...(cursor ? { cursor } : {}) })
    seen.push(...page.items.map(({ title }) => title))
    cursor = page.next_cursor
  }
  t.is(seen.length, 7)
  await t.throwsAsync(operator.call('tasks.list', { project_id, cursor: 'x' }), { code: 'invalid_cursor' })
  await t.throwsAsync(operator.call('tasks.show', { project_id, task_id: 'ffff' }), { code: 'not_found' })
  await t.throwsAsync(
    operator.call('tasks.create', {
      project_id,
      title: 'x',
      assignee: 'did:agora:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp',
    }),
    { code: 'not_found' },
  )
})

test('who may not is told why; what is claimed stays with its holder, and overseers go over it', async (t) => {
  await using alice = taskNode('alice')
  await using bob = taskNode('bob', alice.clock)
  await alice.start()
  await bob.start()
  const project_id = await alice.project()
  await admitTo(project_id, alice, bob)
  cable(alice, bob)
  await settle(alice, bob)
  const { id: task_id } = await bob.operator.call('tasks.create', { project_id, title: 'One' })
  await t.throwsAsync(bob.operator.call('tasks.assign', { project_id, task_id, assignee: 'alice' }), {
    code: 'not_permitted',
  })
  const claimed = await bob.agent('claude').call('tasks.claim', { project_id, task_id })
  t.like(claimed, { status: 'in_progress', claim: { holder: { did: bob.agent('claude').did } } })
  const other = bob.agent('codex')
  await t.throwsAsync(other.call('tasks.complete', { project_id, task_id }), {
    ...{ code: 'claimed', message: 'This task is claimed by claude@bob.' },
  })
  await t.throwsAsync(other.call('tasks.claim', { project_id, task_id }), { code: 'claimed' })
  await t.throwsAsync(other.call('tasks.release', { project_id, task_id }), { code: 'not_permitted' })
  await t.throwsAsync(other.call('tasks.renew', { project_id, task_id }), { code: 'not_ready' })
  await settle(alice, bob)
  const taken = await alice.operator.call('tasks.release', { project_id, task_id })
  t.like(taken, { status: 'todo', claim: undefined })
  await settle(alice, bob)
  await other.call('tasks.claim_next', { project_id })
  await settle(alice, bob)
  const given = await alice.operator.call('tasks.assign', { project_id, task_id, assignee: bob.agent('claude').did })
  t.like(given, { status: 'todo', claim: undefined, assignee: { name: 'claude@bob' } })
  await settle(alice, bob)
  t.is(bob.eventsOf('task.assigned', 'agent:claude').length, 1)
  await t.throwsAsync(other.call('tasks.claim_next', { project_id }), { code: 'nothing_ready' })
  await bob.agent('claude').call('tasks.claim_next', { project_id })
  const done = await alice.operator.call('tasks.complete', { project_id, task_id })
  t.is(done.status, 'done')
})

test('who is given a task, and what waits for nothing any more, is told of it', async (t) => {
  await using alice = taskNode('alice')
  await alice.start()
  const project_id = await alice.project()
  const { operator } = alice
  const { id: first } = await operator.call('tasks.create', { project_id, title: 'First' })
  const second = await operator.call('tasks.create', {
    ...{ project_id, title: 'Second', assignee: 'claude', depends_on: [first] },
  })
  t.like(alice.eventsOf('task.assigned', 'agent:claude')[0]?.data, { task_id: second.id, title: 'Second' })
  await operator.call('tasks.complete', { project_id, task_id: first })
  t.like(alice.eventsOf('task.unblocked', 'agent:claude')[0]?.data, { task_id: second.id, after: first })
  await alice.agent('claude').call('tasks.claim_next', { project_id })
  t.is(alice.eventsOf('task.claimed', 'agent:claude').length, 1)
})

test('a list of 10,000 tasks gives a page at once', async (t) => {
  await using alice = taskNode('alice')
  const project_id = await alice.project()
  await alice.parts.spaces.write(project_id, (replica) => {
    for (let n = 0; n < 10_000; n++) {
      const id = `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`
      const facts = { id, title: `Task ${n}`, priority: 'low', labels: [], depends_on: [] }
      replica.append({ author: alice.did, type: 'task.create', facts })
    }
  })
  const { operator } = alice
  await operator.call('tasks.list', { project_id })
  const start = performance.now()
  const { items, next_cursor } = await operator.call('tasks.list', { project_id, status: 'todo' })
  const ms = performance.now() - start
  t.log(`${ms.toFixed(1)} ms`)
  t.is(items.length, 50)
  t.truthy(next_cursor)
  t.true(ms < 100)
})
