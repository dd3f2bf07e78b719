import { join } from 'node:path'
import test from 'ava'
import type { Approval } from '../../../src/capabilities/approvals/schema.ts'
import { defaultPolicy } from '../../../src/capabilities/wake/schema.ts'
import { wakeTables } from '../../../src/capabilities/wake/tables.ts'
import { ApprovalPending } from '../../../src/core/dispatch.ts'
import type { Input } from '../../../src/operations.ts'
import { hookFolder } from '../../helpers/hook.ts'
import { type TestNode, testNode } from '../../helpers/node.ts'
import { happens, wakingNode } from '../../helpers/waking.ts'

async function ask(node: TestNode, input: Input<'wake.set'>): Promise<Approval> {
  const answer = await node.as('claude-1').call('wake.set', input)
  if (answer instanceof ApprovalPending) return answer.approval
  throw new Error('it was done at once')
}

test('a hook is set, shown, changed in part and cleared; it is there after a restart', async (t) => {
  using hook = hookFolder()
  await using node = await testNode('alice')
  const { operator } = node
  t.deepEqual(await operator.call('wake.show'), { command: null, agents: [], running: [] })
  await t.throwsAsync(operator.call('wake.set', { policy: { per_day: 5 } }), { message: /no hook yet/ })
  const program = hook.shell('wake me.sh', '')
  const set = await operator.call('wake.set', { command: '\'./wake me.sh\' "a b" c', cwd: hook.folder })
  t.is(set.command, `'${program}' 'a b' c`)
  t.like(set.hook, { program, args: ['a b', 'c'], cwd: hook.folder, policy: defaultPolicy })
  const changed = await operator.call('wake.set', { policy: { per_day: 5, hours: '08:00-22:00' } })
  t.like(changed.hook, { program, cwd: hook.folder, policy: { ...defaultPolicy, per_day: 5, hours: '08:00-22:00' } })
  // What is shown can be set again and means the same.
  const again = await operator.call('wake.set', { command: changed.command })
  t.deepEqual({ ...again.hook, set_at: '' }, { ...changed.hook, set_at: '' })
  await node.restart()
  t.deepEqual((await node.operator.call('wake.show')).hook, again.hook)
  t.is((await node.operator.call('node.status')).wake.hooks, 1)
  await node.operator.call('wake.set', { command: null })
  t.is((await node.operator.call('wake.show')).command, null)
  for (const policy of [{ per_day: 0 }, { min_trust: 2 }, { hours: '8-22' }, { timeout_seconds: 0 }]) {
    const input = { command: program, policy } as Input<'wake.set'>
    await t.throwsAsync(node.operator.call('wake.set', input), { message: /^policy\./ })
  }
  await t.throwsAsync(node.operator.call('wake.set', { command: program, agent: 'nobody' }), { message: /^agent: / })
})

test('the setting is the node’s hook from then on, and found from where start was typed', async (t) => {
  using hook = hookFolder()
  await using node = await testNode('alice')
  hook.shell('wake.sh', '')
  await node.parts.wake.install('./wake.sh x', hook.folder)
  t.like(await node.operator.call('wake.show'), { command: `${join(hook.folder, 'wake.sh')} x` })
  await node.operator.call('wake.set', { policy: { per_day: 3 } })
  await node.parts.wake.install('./wake.sh y', hook.folder)
  t.like((await node.operator.call('wake.show')).hook, { args: ['y'], policy: { ...defaultPolicy, per_day: 3 } })
  const error = await t.throwsAsync(node.parts.wake.install('./none.sh', hook.folder))
  t.like(error, { code: 'invalid_config', field: 'wake_command' })
  t.regex(error?.message ?? '', /^wake_command: "\.\/none\.sh" .* does not exist/)
})

test('an agent asks for a hook; what is granted is the very program it asked for', async (t) => {
  using hook = hookFolder()
  await using node = await testNode('alice')
  await node.agent('claude-1')
  const program = hook.shell('wake.sh', '')
  const approval = await ask(node, {
    command: './wake.sh --now',
    cwd: hook.folder,
    agent: 'claude-1',
    policy: { per_day: 3 },
    why: 'I sleep a lot',
  })
  t.is(approval.why, 'I sleep a lot')
  t.true(
    approval.summary.startsWith(
      `set the wake hook of claude-1: run ${program} --now in ${hook.folder}, at 00:00-24:00`,
    ),
  )
  t.true(approval.summary.endsWith('3 times a day for each'))
  t.is((await node.operator.call('wake.show')).agents.length, 0)
  await node.operator.call('approvals.grant', { id: approval.id })
  const [set] = (await node.operator.call('wake.show')).agents
  t.like(set, {
    agent: 'claude-1',
    program,
    args: ['--now'],
    cwd: hook.folder,
    policy: { ...defaultPolicy, per_day: 3 },
  })
  const clearing = await ask(node, { command: null, agent: 'claude-1' })
  t.is(clearing.summary, 'clear the wake hook of claude-1')
  await node.operator.call('approvals.grant', { id: clearing.id })
  t.is((await node.operator.call('wake.show')).agents.length, 0)
  // What the operator could not set cannot be asked for either.
  for (const command of ['a | b', './wake.sh', '/etc/passwd']) {
    await t.throwsAsync(node.as('claude-1').call('wake.set', { command }), { code: 'invalid_input' })
  }
})

test('an agent sees the node’s hook, its own, and what woke itself', async (t) => {
  await using world = await wakingNode('', { pause_seconds: 0 })
  const { node, hook, pass } = world
  const [one, two] = [await node.agent('one'), await node.agent('two')]
  await node.operator.call('wake.set', { agent: 'one', command: hook.dumper('own') })
  await pass(60_000)
  const finished = happens(node, 'wake.finished')
  await node.operator.send('one', 'x')
  await pass(5000)
  await finished
  const seen = async (who: typeof one) => {
    const { hook, agents, latest } = await who.call('wake.show')
    return [hook !== undefined, agents.length, latest !== undefined, (await who.call('wake.runs', {})).items.length]
  }
  t.deepEqual(await seen(one), [true, 1, true, 1])
  t.deepEqual(await seen(two), [true, 0, false, 0])
  t.deepEqual(await seen(node.operator), [true, 1, true, 1])
})

test('runs are listed page by page, and the old ones go in the end, but none that counts for today', async (t) => {
  await using world = await wakingNode()
  const { node } = world
  const { database, wake } = node.parts
  const tables = wakeTables(database)
  const now = node.clock.now()
  const keep = (index: number, at: number) => {
    const id = `run-${String(index).padStart(5, '0')}`
    tables.insertRun({ id, inbox: 'operator', command: '["/x"]', calls: 1, started_at: at })
    tables.changeRun(id, { ended_at: at, outcome: 'done' })
    const call = { inbox: 'operator', kind: 'message' as const, envelope_id: 'x', from_did: node.did, message: null }
    tables.insertCall({ ...call, reason: null, at, note: null, noted_at: at, run: id })
  }
  await database.write(() => {
    for (let index = 0; index < 1500; index++) keep(index, now - 72 * 3_600_000)
    for (let index = 1500; index < 2600; index++) keep(index, now)
  })
  await database.write(() => wake.trim())
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await node.operator.call('wake.runs', { limit: 500, ...(cursor === undefined ? {} : { cursor }) })
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.next_cursor
    if (cursor === undefined) break
  }
  t.is(ids.length, 1100)
  t.is(ids.at(-1), 'run-01500')
  t.is(tables.callsOf('run-00000').length, 0)
  t.is(tables.callsOf('run-01500').length, 1)
})
