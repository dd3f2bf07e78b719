import test from 'ava'
import { testNode } from '../../helpers/node.ts'

async function scene() {
  const node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const { id: project_id } = await node.operator.call('projects.create', { name: 'my-feature' })
  return { node, claude, project_id }
}

test('a project is shown to those of its node, by any beginning of its id', async (t) => {
  const { node, claude, project_id } = await scene()
  await using _ = node
  await node.operator.call('projects.update', {
    project_id,
    name: 'the login page',
    description: 'As drawn.',
    repo: 'git@host:login.git',
  })
  const shown = await claude.call('projects.show', { project_id: project_id.slice(0, 5) })
  t.like(shown, {
    id: project_id,
    name: 'the login page',
    description: 'As drawn.',
    repo: 'git@host:login.git',
    role: 'developer',
  })
  t.like(await node.operator.call('projects.show', { project_id }), {
    role: 'owner',
    members: 1,
    keeper: { name: 'alice' },
  })
  t.is((await node.operator.call('projects.update', { project_id, repo: null })).repo, undefined)
  await t.throwsAsync(claude.call('projects.show', { project_id: 'zzzzz' }), { code: 'not_found' })
  await t.throwsAsync(claude.call('projects.show', { project_id: 'z' }), { code: 'invalid_input' })
})

test('an agent that begins a project leads it; others of its node are developers', async (t) => {
  const { node, claude } = await scene()
  await using _ = node
  const { id: project_id } = await claude.call('projects.create', { name: 'mine' })
  const other = await node.agent('codex')
  await claude.call('projects.set_stage', { project_id, advance: true })
  await t.throwsAsync(other.call('projects.set_stage', { project_id, advance: true }), { code: 'not_permitted' })
  t.deepEqual(
    (await node.operator.call('projects.team', { project_id })).items.map(({ name, kind, role }) => [name, kind, role]),
    [
      ['alice', 'node', 'owner'],
      ['claude-1', 'agent', 'overseer'],
    ],
  )
})

test('the list has the latest at work first, pages, and leaves out what is archived', async (t) => {
  const { node } = await scene()
  await using _ = node
  const ids: string[] = []
  for (const name of ['one', 'two', 'three']) {
    await node.clock.advance(1000)
    ids.unshift((await node.operator.call('projects.create', { name })).id)
  }
  const first = await node.operator.call('projects.list', { limit: 2 })
  t.deepEqual(
    first.items.map(({ name }) => name),
    ['three', 'two'],
  )
  const rest = await node.operator.call('projects.list', { limit: 2, cursor: first.next_cursor })
  t.deepEqual(
    rest.items.map(({ name }) => name),
    ['one', 'my-feature'],
  )
  t.is(rest.next_cursor, undefined)
  await node.operator.call('projects.archive', { project_id: ids[0] ?? '' })
  t.is((await node.operator.call('projects.list')).items.length, 3)
  t.is((await node.operator.call('projects.list', { all: true })).items.length, 4)
  await t.throwsAsync(node.operator.call('projects.list', { cursor: 'nothing' }), { code: 'invalid_cursor' })
})

test('in an archived project nothing is done until its owner takes it up again', async (t) => {
  const { node, claude, project_id } = await scene()
  await using _ = node
  await node.operator.call('projects.archive', { project_id })
  for (const caller of [node.operator, claude]) {
    await t.throwsAsync(caller.call('projects.clock_in', { project_id }), { code: 'project_archived' })
  }
  t.true((await claude.call('projects.show', { project_id })).archived)
  t.false((await node.operator.call('projects.restore', { project_id })).archived)
  t.like(await claude.call('projects.clock_in', { project_id }), { name: 'claude-1' })
})

test('the stage is set or advanced; deployment by an agent waits for its operator', async (t) => {
  const { node, claude, project_id } = await scene()
  await using _ = node
  await node.operator.call('projects.role', { project_id, name: 'claude-1', role: 'overseer' })
  t.like(await claude.call('projects.set_stage', { project_id, advance: true }), {
    stage: 'implementation',
    next: 'review',
  })
  await t.throwsAsync(claude.call('projects.set_stage', { project_id }), { code: 'invalid_input' })
  await t.throwsAsync(claude.call('projects.set_stage', { project_id, stage: 'review', advance: true }), {
    code: 'invalid_input',
  })
  t.like(await claude.call('projects.set_stage', { project_id, stage: 'integration' }), { stage: 'integration' })
  const asked = await claude.call('projects.set_stage', { project_id, advance: true, why: 'all is tested' })
  t.like((await node.operator.call('approvals.list')).items[0], {
    agent: 'claude-1',
    operation: 'projects.set_stage',
    why: 'all is tested',
    input: { project_id, stage: 'deployment' },
  })
  t.truthy(asked)
  t.is((await claude.call('projects.stage', { project_id })).stage, 'integration')
  const [approval] = (await node.operator.call('approvals.list')).items
  await node.operator.call('approvals.grant', { id: approval?.id ?? '' })
  t.like(await claude.call('projects.stage', { project_id }), { stage: 'deployment', by: { name: 'alice' } })
  await t.throwsAsync(node.operator.call('projects.set_stage', { project_id, advance: true }), {
    code: 'invalid_input',
  })
})

test('who is suspended fails at everything until that is lifted', async (t) => {
  const { node, claude, project_id } = await scene()
  await using _ = node
  await claude.call('projects.clock_in', { project_id })
  await node.operator.call('projects.update', { project_id, description: 'for those in it' })
  const described = async (caller: typeof claude) => (await caller.call('projects.list', {})).items[0]?.description
  t.is(await described(claude), 'for those in it')
  const member = await node.operator.call('projects.suspend', { project_id, name: 'claude-1', reason: 'too eager' })
  t.is(await described(claude), undefined)
  t.like(member, { name: 'claude-1', suspended: { reason: 'too eager', by: { name: 'alice' } } })
  t.is(member.clocked_in, undefined)
  await t.throwsAsync(claude.call('projects.clock_in', { project_id }), { code: 'suspended' })
  await t.throwsAsync(claude.call('projects.show', { project_id }), { code: 'suspended' })
  await node.operator.call('projects.unsuspend', { project_id, name: 'claude-1' })
  t.like(await claude.call('projects.clock_in', { project_id, focus: 'tests' }), { clocked_in: { focus: 'tests' } })
})

test('what may not be done says why, by a code', async (t) => {
  const { node, claude, project_id } = await scene()
  await using _ = node
  const { operator } = node
  await t.throwsAsync(claude.call('projects.update', { project_id, name: 'mine' }), { code: 'not_permitted' })
  await t.throwsAsync(claude.call('invitations.send', { project_id, peer_name: 'alice' }), { code: 'not_permitted' })
  await t.throwsAsync(operator.call('projects.clock_out', { project_id }), { code: 'not_clocked_in' })
  await t.throwsAsync(operator.call('projects.leave', { project_id }), { code: 'owner_cannot_leave' })
  await t.throwsAsync(operator.call('projects.suspend', { project_id, name: 'alice' }), { code: 'owner_only' })
  await t.throwsAsync(operator.call('projects.suspend', { project_id, name: 'nobody' }), { code: 'unknown_name' })
  await t.throwsAsync(operator.call('projects.remove', { project_id, name: 'claude-1' }), { code: 'invalid_input' })
  await t.throwsAsync(operator.call('projects.reinstate', { project_id }), { code: 'invalid_input' })
  await t.throwsAsync(operator.call('projects.reinstate', { project_id, entries: ['zzzz'] }), { code: 'not_found' })
  await t.throwsAsync(operator.call('invitations.accept', { id: 'abcd' }), { code: 'not_found' })
  await t.throwsAsync(node.nobody('projects.list'), { code: 'unauthenticated' })
  const stranger = await node.peer('bob', 2)
  await t.throwsAsync(operator.call('projects.transfer', { project_id, to: stranger.did }), { code: 'not_found' })
})

test('denied attempts are told once a minute, with a count', async (t) => {
  const { node, claude, project_id } = await scene()
  await using _ = node
  const denials = async () =>
    (await node.operator.call('audit.list', { project_id, type: 'project.denied' })).items.map(({ facts }) => [
      facts['operation'],
      facts['who'],
      facts['count'],
    ])
  for (let n = 0; n < 4; n++) {
    await t.throwsAsync(claude.call('projects.update', { project_id, name: 'mine' }), { code: 'not_permitted' })
  }
  await node.settle()
  t.deepEqual(await denials(), [['projects.update', claude.did, 1]])
  await node.clock.advance(60_000)
  await node.settle()
  t.deepEqual(await denials(), [
    ['projects.update', claude.did, 3],
    ['projects.update', claude.did, 1],
  ])
  await node.clock.advance(120_000)
  await node.settle()
  t.is((await denials()).length, 2)
})

test('limits and profile are set as a whole and taken away again', async (t) => {
  const { node, claude, project_id } = await scene()
  await using _ = node
  const { operator } = node
  const set = await operator.call('projects.settings', {
    project_id,
    limits: { max_agents: 3, min_trust: 2 },
    profile: { investigation: { developer: ['project.clock'] } },
  })
  t.deepEqual(set.limits, { max_agents: 3, min_trust: 2 })
  await t.throwsAsync(claude.call('projects.clock_in', { project_id }), { code: 'not_permitted' })
  const back = await operator.call('projects.settings', { project_id, limits: null, profile: null })
  t.deepEqual(back.limits, {})
  await claude.call('projects.clock_in', { project_id })
  const profile = { review: { owner: ['task.create'] } } as never
  await t.throwsAsync(operator.call('projects.settings', { project_id, profile }), { code: 'invalid_input' })
})

test('the time that was spent is added up, by whom and on what', async (t) => {
  const { node, claude, project_id } = await scene()
  await using _ = node
  await claude.call('projects.clock_in', { project_id })
  await node.clock.advance(30_000)
  await claude.call('projects.clock_in', { project_id, focus: 'something else' })
  await node.clock.advance(30_000)
  await claude.call('projects.clock_out', { project_id })
  await node.clock.advance(60_000)
  await node.operator.call('projects.clock_in', { project_id })
  await node.clock.advance(5000)
  const { items } = await node.operator.call('projects.time', { project_id })
  t.deepEqual(
    items.map(({ name, seconds, sessions }) => [name, seconds, sessions]),
    [
      ['claude-1', 60, 1],
      ['alice', 5, 1],
    ],
  )
  t.truthy(items[1]?.clocked_in_since)
})

test('everything is there after a restart', async (t) => {
  const { node, claude, project_id } = await scene()
  await using _ = node
  await claude.call('projects.clock_in', { project_id, focus: 'tests' })
  await node.operator.call('projects.suspend', { project_id, name: 'claude-1' })
  const before = await node.operator.call('projects.show', { project_id })
  await node.restart()
  t.deepEqual(await node.operator.call('projects.show', { project_id }), before)
  await t.throwsAsync(claude.call('projects.clock_in', { project_id }), { code: 'suspended' })
  t.true((await node.operator.call('projects.verify', { project_id })).ok)
})

test('an agent leaves by itself, and for nobody else', async (t) => {
  const { node, claude, project_id } = await scene()
  await using _ = node
  await node.agent('codex')
  await node.operator.call('projects.role', { project_id, name: 'claude-1', role: 'tester' })
  await t.throwsAsync(claude.call('projects.leave', { project_id, agent: 'codex' }), { code: 'not_permitted' })
  t.like(await claude.call('projects.leave', { project_id }), { left: 'claude-1' })
  await t.throwsAsync(claude.call('projects.clock_in', { project_id }), { code: 'not_member' })
  t.deepEqual(
    (await node.operator.call('projects.team', { project_id })).items.map(({ name }) => name),
    ['alice'],
  )
})
