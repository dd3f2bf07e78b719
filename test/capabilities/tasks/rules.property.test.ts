import test from 'ava'
import { agentDid, nodeOf } from '../../../src/base/did.ts'
import { claimRefusal } from '../../../src/capabilities/tasks/claims.ts'
import { releaseReasons, taskTypes } from '../../../src/capabilities/tasks/facts.ts'
import { keepersTask, taskPermission, taskSubject } from '../../../src/capabilities/tasks/rules.ts'
import { taskPriorities, taskStatuses } from '../../../src/capabilities/tasks/schema.ts'
import {
  compareTokens,
  freeWaiters,
  isGivenTo,
  isReady,
  nextTask,
  speaksFor,
  statusOf,
  type TaskState,
  totalsOf,
} from '../../../src/capabilities/tasks/state.ts'
import { fc } from '../../helpers/fast-check.ts'
import { ALICE, BOB, board, taskId } from '../../helpers/tasks.ts'

type Board = ReturnType<typeof board>

const dids = [ALICE, BOB, agentDid(ALICE, 'claude'), agentDid(BOB, 'claude'), agentDid(BOB, 'codex')]
const did = fc.constantFrom(...dids)
const id = fc.nat(5).map(taskId)
const ids = fc.uniqueArray(id, { maxLength: 3 })
const labels = fc.uniqueArray(fc.constantFrom<string>('docs', 'code', 'ui'), { maxLength: 2 })
const token = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 30 }))
const some = <Shape extends Record<string, fc.Arbitrary<unknown>>>(always: Shape, more: Shape | object = {}) =>
  fc.record({ ...always, ...more }, { requiredKeys: Object.keys(always) as never[] })

const status = fc.constantFrom(...taskStatuses)
const priority = fc.constantFrom(...taskPriorities)
const override = fc.boolean()
const until = fc.constant('2026-11-01T12:15:00.000Z')
const bodies: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  'task.create': some({ id, priority, labels, depends_on: ids }, { assignee: did }),
  'task.update': some(
    { task: id },
    { title: fc.constantFrom('a', 'bb'), status, priority, labels, depends_on: ids, override, accepted: fc.boolean() },
  ),
  'task.assign': some({ task: id, assignee: did }),
  'task.comment': some({ task: id }),
  'task.claim': some({ task: id, holder: did, token, until }),
  'task.release': some({ task: id, because: fc.constantFrom(...releaseReasons) }, { token }),
  'task.complete': some({ task: id }, { token, override }),
  'task.delete': some({ task: id }, { override }),
  'project.suspend': some({ who: did }),
  'project.leave': some({}, { agent: did }),
}
const step = fc
  .constantFrom(...Object.keys(bodies), 'task.create', 'task.create', 'task.claim', 'task.update')
  .chain((type) => fc.tuple(fc.constant(type), bodies[type] as fc.Arbitrary<Record<string, unknown>>, did))
const steps = fc.array(step, { maxLength: 60, size: 'max' })

function all(state: Board['state']): Map<string, TaskState> {
  return new Map(state.entries('tasks'))
}

/** What is so after every entry, whatever it was. */
function check(t: { deepEqual(a: unknown, b: unknown, why?: string): void }, { state }: Board): void {
  const tasks = all(state)
  // In no circle: what waits for nothing can be taken away until nothing is left.
  const left = new Map(tasks)
  for (let before = -1; before !== left.size; ) {
    before = left.size
    for (const [one, { depends_on }] of left) if (!depends_on.some((other) => left.has(other))) left.delete(one)
  }
  t.deepEqual([...left.keys()], [])

  const waiters = new Map<string, string[]>()
  let size = 0
  for (const [one, task] of tasks) {
    for (const other of task.depends_on) waiters.set(other, [...(waiters.get(other) ?? []), one].sort())
    size += task.title.length + task.labels.join('').length + 36 * task.depends_on.length
    t.deepEqual(task.done !== null, task.status === 'done')
    if (task.accepted) t.deepEqual(task.status, 'done')
    t.deepEqual(
      task.depends_on.filter((other) => !tasks.has(other)),
      [],
    )
  }
  const told = [...state.entries('task_waiters')].map(([key, those]) => [key, [...those].sort()] as const)
  t.deepEqual(new Map([...told].sort()), new Map([...waiters].sort()))
  t.deepEqual(totalsOf(state).size, size)
  for (const [one, claim] of state.entries('task_claims')) {
    const task = tasks.get(one)
    t.deepEqual([task?.status, task?.token], ['in_progress', claim.token])
    if (task?.assignee) t.deepEqual(isGivenTo(task.assignee, claim.holder), true)
  }
  for (const [one] of state.entries('deleted_tasks')) t.deepEqual(tasks.has(one), false)
}

test('whatever is done with tasks: no circles, one holder at a time, and all tables agree', (t) => {
  fc.assert(
    fc.property(steps, (list) => {
      const one = board()
      for (const [type, body, author] of list) {
        const before = all(one.state)
        const held = new Map(one.state.entries('task_claims'))
        const { writes } = one.state
        const refusal = one.tries(type, body, author)
        if (refusal) t.is(one.state.writes, writes, 'what is refused changes nothing')
        check(t, one)
        for (const [key, task] of all(one.state)) {
          const last = before.get(key)?.token
          if (last && task.token) t.true(compareTokens(task.token, last) >= 0, 'tokens only grow')
        }
        for (const [key, claim] of held) {
          const now = one.state.get('task_claims', key)
          if (!now || now.holder === claim.holder) continue
          t.true(type === 'task.claim' && now.token[0] > claim.token[0], 'only a later keeper gives it to another')
        }
        if (type === 'task.complete' && !refusal && body['override'] !== true) {
          const holder = held.get(String(body['task']))?.holder
          t.true(holder === undefined || speaksFor(author, holder))
        }
      }
    }),
    { numRuns: 400 },
  )
})

test('what waits for nothing any more is exactly what is told', (t) => {
  const shown = ({ state }: Board) =>
    new Map([...state.entries('tasks')].map(([key, task]) => [key, statusOf(state, task)]))
  fc.assert(
    fc.property(steps, id, fc.boolean(), (list, task, isDeleted) => {
      const one = board()
      for (const [type, body, author] of list) one.tries(type, body, author)
      const before = shown(one)
      const was = one.state.get('tasks', task)?.status
      const freeBefore = new Set(freeWaiters(one.state, task))
      const refusal = one.tries(isDeleted ? 'task.delete' : 'task.complete', { task, override: true })
      if (refusal) return void t.true(was === undefined || was === 'done')
      const now = shown(one)
      const freed = [...now]
        .filter(([key, state]) => state === 'todo' && before.get(key) === 'blocked')
        .map(([key]) => key)
      const told = isDeleted
        ? (one.state.get('deleted_tasks', task)?.freed ?? [])
        : freeWaiters(one.state, task).filter((key) => !freeBefore.has(key))
      t.deepEqual([...told].sort(), freed.sort())
    }),
    { numRuns: 300 },
  )
})

test('the next task is always one that is granted; when there is none, none that matches is', (t) => {
  fc.assert(
    fc.property(steps, did, labels, (list, holder, wanted) => {
      const one = board()
      for (const [type, body, author] of list) one.tries(type, body, author)
      const next = nextTask(one.state, holder, wanted)
      const matching = [...one.state.entries('tasks')].filter(([key, task]) => {
        const isWanted = wanted.length === 0 || task.labels.some((label) => wanted.includes(label))
        return isReady(one.state, key, task) && (task.assignee === null ? isWanted : isGivenTo(task.assignee, holder))
      })
      t.is(next === undefined, matching.length === 0)
      if (next === undefined) return
      const best = Math.max(...matching.map(([, task]) => taskPriorities.indexOf(task.priority)))
      t.is(taskPriorities.indexOf(one.state.get('tasks', next)?.priority ?? 'low'), best)
      t.is(one.tries('task.claim', { task: next, holder, token: [9, 1], until: '2026-11-01T12:15:00.000Z' }), undefined)
    }),
    { numRuns: 300 },
  )
})

test('what is said to be refused is what applying refuses', (t) => {
  fc.assert(
    fc.property(steps, id, did, token, (list, task, holder, which) => {
      const one = board()
      for (const [type, body, author] of list) one.tries(type, body, author)
      const said = claimRefusal(one.state, task, { holder, token: which as [number, number] })
      const told = one.tries('task.claim', { task, holder, token: which, until: '2026-11-01T12:15:00.000Z' })
      t.deepEqual(told, said)
    }),
    { numRuns: 300 },
  )
})

test('no body makes the rules throw, and what cannot be read changes nothing', (t) => {
  const known = [
    'id',
    'task',
    'title',
    'labels',
    'depends_on',
    'assignee',
    'token',
    'holder',
    'until',
    'because',
    'who',
  ]
  const wild = fc.dictionary(fc.oneof(fc.constantFrom(...known), fc.string()), fc.oneof(fc.jsonValue(), id, did, token))
  const types = fc.constantFrom<string>(
    ...taskTypes,
    'project.suspend',
    'project.remove',
    'project.leave',
    'room.message',
  )
  fc.assert(
    fc.property(types, wild, steps, (type, body, list) => {
      const one = board()
      for (const [of, facts, author] of list) one.tries(of, facts, author)
      const entry = { id: 'wild', author: BOB, node: nodeOf(BOB), lamport: 99, at: 99, type, body: body as never }
      const { writes } = one.state
      if (one.apply(entry)) t.is(one.state.writes, writes)
      check(t, one)
      taskSubject(entry)
      keepersTask(entry)
      if (type.startsWith('task.')) t.true(taskPermission(entry).length > 0)
    }),
    { numRuns: 500 },
  )
})
