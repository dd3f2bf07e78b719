import test from 'ava'
import { agentDid } from '../../../src/base/did.ts'
import { taskFacts } from '../../../src/capabilities/tasks/facts.ts'
import { keepersTask, taskPermission, taskSubject } from '../../../src/capabilities/tasks/rules.ts'
import {
  isReady,
  nextTask,
  statusOf,
  TASKS_MAX,
  type TaskTables,
  waitsFor,
} from '../../../src/capabilities/tasks/state.ts'
import type { Applied } from '../../../src/contract/state.ts'
import { ALICE, BOB, board, taskId } from '../../helpers/tasks.ts'

const claude = agentDid(BOB, 'claude')

test('a task that waits for others is blocked until the last of them is done, and one blocked by hand stays so', (t) => {
  const { state, does } = board()
  does('task.create', { id: taskId(1) })
  does('task.create', { id: taskId(2) })
  does('task.create', { id: taskId(3), depends_on: [taskId(1), taskId(2)] })
  does('task.create', { id: taskId(4), depends_on: [taskId(1)] })
  does('task.update', { task: taskId(4), status: 'blocked' })
  const status = (n: number) => {
    const task = state.get('tasks', taskId(n))
    return task && statusOf(state, task)
  }
  t.is(status(3), 'blocked')
  does('task.complete', { task: taskId(1) })
  t.deepEqual([status(3), status(4)], ['blocked', 'blocked'])
  does('task.update', { task: taskId(2), status: 'done' })
  t.deepEqual([status(3), status(4)], ['todo', 'blocked'])
  does('task.update', { task: taskId(4), status: 'todo' })
  t.is(status(4), 'todo')
  does('task.update', { task: taskId(1), status: 'todo' })
  t.is(status(3), 'blocked')
})

test('dependencies that do not exist or go in a circle are refused, those on what was deleted are dropped', (t) => {
  const { state, does, tries } = board()
  for (const n of [1, 2, 3]) does('task.create', { id: taskId(n), depends_on: n > 1 ? [taskId(n - 1)] : [] })
  t.like(tries('task.update', { task: taskId(1), depends_on: [taskId(3)] }), { code: 'circular', field: 'depends_on' })
  t.is(tries('task.update', { task: taskId(1), depends_on: [taskId(1)] })?.code, 'circular')
  t.is(tries('task.create', { id: taskId(9), depends_on: [taskId(9)] })?.code, 'circular')
  t.like(tries('task.update', { task: taskId(1), depends_on: [taskId(8)] }), { code: 'not_found', subject: taskId(8) })
  does('task.delete', { task: taskId(2) })
  t.deepEqual(state.get('tasks', taskId(3))?.depends_on, [])
  t.deepEqual(state.get('deleted_tasks', taskId(2))?.freed, [taskId(3)])
  does('task.update', { task: taskId(1), depends_on: [taskId(2), taskId(3)] })
  does('task.create', { id: taskId(5) })
  does('task.create', { id: taskId(6), depends_on: [taskId(5)] })
  does('task.complete', { task: taskId(5) })
  does('task.delete', { task: taskId(5) })
  t.deepEqual(state.get('deleted_tasks', taskId(5))?.freed, [], 'what waited for nothing before is not freed')
  t.deepEqual(state.get('tasks', taskId(1))?.depends_on, [taskId(3)])
  t.is(tries('task.create', { id: taskId(2) })?.code, 'already_exists')
  t.is(tries('task.comment', { task: taskId(2) })?.code, 'not_found')
})

test('a claim has one holder; only it, its operator and who goes over it complete or move the task', (t) => {
  const { state, does, tries } = board()
  does('task.create', { id: taskId(1) })
  const claim = (holder: string, count: number, epoch = 1) =>
    tries('task.claim', { task: taskId(1), holder, token: [epoch, count], until: '2026-11-01T12:15:00.000Z' })
  t.is(claim(claude, 1), undefined)
  t.is(state.get('tasks', taskId(1))?.status, 'in_progress')
  t.is(claim(ALICE, 2)?.code, 'claimed')
  t.is(tries('task.complete', { task: taskId(1) }, ALICE)?.code, 'claimed')
  t.is(tries('task.update', { task: taskId(1), status: 'todo' }, ALICE)?.code, 'claimed')
  t.is(tries('task.delete', { task: taskId(1) }, ALICE)?.code, 'claimed')
  t.is(tries('task.release', { task: taskId(1), because: 'released' }, ALICE)?.code, 'claimed')
  t.is(tries('task.update', { task: taskId(1), title: 'Anybody may say it better' }, ALICE), undefined)
  t.is(tries('task.complete', { task: taskId(1), token: [1, 9] }, claude)?.code, 'stale_token')
  does('task.release', { task: taskId(1), because: 'released' }, BOB)
  t.is(state.get('tasks', taskId(1))?.status, 'todo')
  t.is(claim(ALICE, 1)?.code, 'stale_token')
  t.is(claim(ALICE, 2), undefined)
  t.is(claim(claude, 1, 9), undefined, 'a later keeper’s word stands')
  t.is(claim(ALICE, 3)?.code, 'claimed')
  does('task.complete', { task: taskId(1), token: [9, 1] }, claude)
  t.is(state.get('task_claims', taskId(1)), undefined)
  t.is(claim(claude, 2, 9)?.code, 'not_ready')
  does('task.update', { task: taskId(1), accepted: true }, ALICE)
  t.is(state.get('tasks', taskId(1))?.accepted?.by, ALICE)
  does('task.update', { task: taskId(1), accepted: false }, ALICE)
  t.like(state.get('tasks', taskId(1)), { status: 'todo', accepted: null, done: null })
  t.is(tries('task.update', { task: taskId(1), accepted: true })?.code, 'not_ready')
})

test('what goes over others needs the permission to assign', (t) => {
  const needs = (type: string, body: Record<string, unknown>, author = BOB) => taskPermission({ type, author, body })
  const task = taskId(1)
  t.deepEqual(needs('task.create', {}), ['task.create'])
  t.deepEqual(needs('task.create', { assignee: claude }), ['task.create'])
  t.deepEqual(needs('task.create', { assignee: ALICE }), ['task.create', 'task.assign'])
  t.deepEqual(needs('task.create', { assignee: BOB }, claude), ['task.create', 'task.assign'])
  t.deepEqual(needs('task.update', { task, status: 'done' }), ['task.update'])
  t.deepEqual(needs('task.update', { task, accepted: true, texts_hash: 'x' }), ['work.approve'])
  t.deepEqual(needs('task.update', { task, accepted: true, title: 'x' }), ['task.update', 'work.approve'])
  t.deepEqual(needs('task.assign', { task, assignee: claude }, claude), ['task.update'])
  t.deepEqual(needs('task.assign', { task, assignee: ALICE }, claude), ['task.update', 'task.assign'])
  t.deepEqual(needs('task.complete', { task, override: true }), ['task.update', 'task.assign'])
  t.deepEqual(needs('task.delete', { task, override: true }), ['task.delete', 'task.assign'])
  t.deepEqual(needs('task.release', { task, because: 'taken' }), ['task.assign'])
  t.deepEqual(needs('task.release', { task, because: 'released' }), ['project.read'])
  t.deepEqual(needs('task.comment', { task }), ['task.comment'])
  t.like(keepersTask({ type: 'task.claim', body: { holder: BOB, token: [3, 1] } }), {
    ...{ to: BOB, needs: ['task.claim'], epoch: 3, ends: false },
  })
  t.like(keepersTask({ type: 'task.release', body: { because: 'lapsed', token: [2, 1] } }), {
    needs: [],
    epoch: 2,
    ends: true,
  })
  t.is(keepersTask({ type: 'task.release', body: { because: 'taken' } }), undefined)
  for (const type of Object.keys(taskFacts)) t.true(needs(type, { assignee: 5, override: 'yes' }).length > 0, type)
  t.is(taskSubject({ type: 'task.create', body: { id: task } }), task)
  t.is(taskSubject({ type: 'task.claim', body: { task } }), task)
  t.is(taskSubject({ type: 'task.claim', body: { task: 5 } }), undefined)
})

test('to take from somebody else what was given to it needs an override; giving it away ends its claim', (t) => {
  const { state, does, tries } = board()
  does('task.create', { id: taskId(1), assignee: claude })
  t.is(tries('task.assign', { task: taskId(1), assignee: ALICE }, ALICE)?.code, 'not_permitted')
  t.is(tries('task.update', { task: taskId(1), assignee: null }, ALICE)?.code, 'not_permitted')
  const claim = { task: taskId(1), holder: claude, token: [1, 1], until: '2026-11-01T12:15:00.000Z' }
  t.is(tries('task.claim', { ...claim, holder: ALICE })?.code, 'not_permitted')
  does('task.claim', claim)
  does('task.update', { task: taskId(1), assignee: ALICE, override: true }, ALICE)
  t.is(state.get('task_claims', taskId(1)), undefined)
  t.like(state.get('tasks', taskId(1)), { assignee: ALICE, status: 'todo' })
})

test('claims of whoever is suspended, removed or has left end', (t) => {
  const { state, does, apply } = board()
  const others = [BOB, claude, agentDid(BOB, 'codex'), agentDid(ALICE, 'claude')]
  const ends = (type: string, body: Record<string, unknown>, node = ALICE) => {
    others.forEach((holder, n) => {
      if (!state.has('tasks', taskId(n))) does('task.create', { id: taskId(n) })
      if (state.has('task_claims', taskId(n))) return
      const last = state.get('tasks', taskId(n))?.token?.[1] ?? 0
      does('task.claim', { task: taskId(n), holder, token: [1, last + 1], until: '2026-11-01T12:15:00.000Z' })
    })
    apply({ type, body, node, author: node } as Applied)
    return others.map((_, n) => state.has('task_claims', taskId(n)))
  }
  t.deepEqual(ends('project.suspend', { who: claude }), [true, false, true, true])
  t.deepEqual(ends('project.suspend', { who: BOB }), [false, false, false, true])
  t.deepEqual(ends('project.remove', { who: BOB }), [false, false, false, true])
  t.deepEqual(ends('project.leave', {}, BOB), [false, false, false, true])
  t.deepEqual(ends('project.leave', { agent: claude }, BOB), [true, false, true, true])
  t.deepEqual(ends('project.unsuspend', { who: BOB }), [true, true, true, true])
})

test('the next task is the highest priority that is ready, one’s own first, then what was made first', (t) => {
  const { state, does } = board()
  does('task.create', { id: taskId(1), priority: 'low', assignee: claude })
  does('task.create', { id: taskId(2), priority: 'high', labels: ['docs'] })
  does('task.create', { id: taskId(3), priority: 'critical', depends_on: [taskId(2)] })
  does('task.create', { id: taskId(4), priority: 'high', assignee: BOB })
  does('task.create', { id: taskId(5), priority: 'critical', assignee: ALICE })
  t.is(nextTask(state, claude), taskId(4))
  t.is(nextTask(state, agentDid(ALICE, 'x')), taskId(5))
  does('task.complete', { task: taskId(4) })
  t.is(nextTask(state, claude), taskId(2))
  t.is(nextTask(state, claude, ['code']), taskId(1))
  t.is(nextTask(state, claude, ['code', 'docs']), taskId(2))
  does('task.complete', { task: taskId(2) })
  t.is(nextTask(state, claude), taskId(3))
  does('task.complete', { task: taskId(3) })
  does('task.complete', { task: taskId(1) })
  t.is(nextTask(state, claude), undefined)
})

test('a project’s tasks are bounded', (t) => {
  const { state, does, tries } = board()
  const title = 'x'.repeat(500)
  const labels = Array.from({ length: 20 }, (_, n) => `${'y'.repeat(60)}${n}`)
  let n = 0
  while (!tries('task.create', { id: taskId(n), title, labels })) n++
  t.true(n < 16_000, `${n}`)
  t.is(tries('task.create', { id: taskId(n), title, labels })?.code, 'limit_reached')
  does('task.update', { task: taskId(0), labels: [] })
  does('task.create', { id: taskId(n), title, labels })
  while (!tries('task.delete', { task: taskId(n) })) n--
  t.deepEqual(state.get('task_totals', 'all')?.size, 0)
})

test('10,000 tasks are looked through in a moment', (t) => {
  const { state, does } = board()
  for (let n = 0; n < 10_000; n++) does('task.create', { id: taskId(n), depends_on: n % 3 ? [taskId(n - 1)] : [] })
  const start = performance.now()
  t.is(nextTask(state, claude), taskId(0))
  const ready = [...state.entries('tasks')].filter(([id, task]) => isReady(state, id, task))
  t.is(ready.length, 3334)
  t.true(performance.now() - start < 200)
  t.deepEqual(waitsFor(state, state.get('tasks', taskId(1)) as TaskTables['tasks']), [taskId(0)])
  t.true(TASKS_MAX >= 10_000)
})

test('a claim that ends before the task is done leaves who had it, and why; a task that is done leaves nothing', (t) => {
  const { state, does } = board()
  const left = (n: number) => state.get('task_left', taskId(n))
  const keeper = ALICE
  const holder = agentDid(BOB, 'codex')
  const claim = (n: number, number: number, who = holder) =>
    does('task.claim', { task: taskId(n), holder: who, token: [1, number], until: '2026-11-01T12:15:00.000Z' }, keeper)
  for (let n = 1; n <= 7; n++) does('task.create', { id: taskId(n) })
  for (let n = 1; n <= 7; n++) claim(n, n)
  t.is(state.size('task_left'), 0)
  does('task.release', { task: taskId(1), because: 'released' }, holder)
  does('task.release', { task: taskId(2), because: 'lapsed' }, keeper)
  does('task.update', { task: taskId(3), status: 'blocked' }, holder)
  does('task.complete', { task: taskId(4) }, holder)
  does('task.delete', { task: taskId(5) }, holder)
  does('task.claim', { task: taskId(6), holder: ALICE, token: [2, 1], until: '2026-11-01T12:15:00.000Z' }, keeper)
  does('project.suspend', { who: BOB }, keeper)
  t.deepEqual(
    [1, 2, 3, 4, 5, 6, 7].map((n) => left(n)?.because),
    ['released', 'lapsed', 'moved', undefined, undefined, 'superseded', 'suspended'],
  )
  t.like(left(1), { holder, since: 8, lamport: 8 })
  claim(1, 20, ALICE)
  t.is(left(1)?.holder, holder, 'whoever has it now can still read what was left')
  does('task.release', { task: taskId(1), because: 'taken' }, keeper)
  t.like(left(1), { holder: ALICE, because: 'taken' })
  claim(1, 21)
  does('task.update', { task: taskId(1), status: 'done' }, holder)
  t.is(left(1), undefined)
})
