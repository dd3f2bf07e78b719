import test from 'ava'
import { createBoard } from '../../dashboard/src/pages/projects/board/board-loader.ts'
import { compareIn, statuses } from '../../dashboard/src/pages/projects/board/columns.ts'
import { planChain } from '../../dashboard/src/pages/projects/board/drawer/chain-plan.ts'
import { createTaskStore } from '../../dashboard/src/pages/projects/board/task-store.ts'
import type { Task } from '../../src/capabilities/tasks/schema.ts'
import type { Client } from '../../src/client/index.ts'
import { fc } from '../helpers/fast-check.ts'

const who = { did: 'did:agora:z1', name: 'alice' }
const at = (n: number) => new Date(1_700_000_000_000 + n * 1000).toISOString()
const task = (id: string, more: Partial<Task> = {}): Task => ({
  ...{ id, project_id: 'p', title: id, status: 'todo', priority: 'medium', labels: [], depends_on: [], waits_for: [] },
  ...{ ready: true, created_by: who, created_at: at(0), updated_at: at(0) },
  ...more,
})

const anId = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')
const aTask = fc
  .record({
    id: anId,
    status: fc.constantFrom(...statuses),
    priority: fc.constantFrom('low' as const, 'medium' as const, 'critical' as const),
    made: fc.nat(5),
    depends_on: fc.uniqueArray(anId, { maxLength: 2 }),
  })
  .map(({ id, made, ...more }) => task(id, { ...more, waits_for: more.depends_on, created_at: at(made) }))
const aDeed = fc.oneof(
  fc.record({ put: fc.array(aTask, { maxLength: 5 }) }),
  fc.record({ remove: fc.array(anId, { maxLength: 2 }) }),
  fc.record({ pretend: anId, status: fc.constantFrom(...statuses) }),
  fc.record({ undo: fc.nat(3) }),
)

test('whatever is done with tasks, the columns are what sorting all of them anew would give', (t) => {
  fc.assert(
    fc.property(fc.array(aDeed, { maxLength: 30 }), (deeds) => {
      const store = createTaskStore()
      const said = new Map<string, Task>()
      const pretended: { id: string; change: Partial<Task>; undo: () => void }[] = []
      for (const deed of deeds) {
        if ('put' in deed) {
          store.put(deed.put)
          for (const each of deed.put) said.set(each.id, each)
        } else if ('remove' in deed) {
          store.remove(deed.remove)
          for (const id of deed.remove) said.delete(id)
        } else if ('pretend' in deed) {
          const change = { status: deed.status }
          pretended.push({ id: deed.pretend, change, undo: store.pretend(deed.pretend, change) })
        } else for (const { undo } of pretended.splice(deed.undo, 1)) undo()
      }
      const all = [...said.values()].map((each) =>
        Object.assign({}, each, ...pretended.filter(({ id }) => id === each.id).map(({ change }) => change)),
      ) as Task[]
      for (const status of statuses) {
        const wanted = all.filter((each) => each.status === status).sort(compareIn(status))
        t.deepEqual(store.columns()[status], wanted)
      }
      for (const id of ['a', 'b', 'c']) {
        const waiters = all.filter(({ depends_on }) => depends_on.includes(id)).map((each) => each.id)
        t.deepEqual(store.waiters(id).sort(), waiters.sort())
      }
    }),
  )
})

test('columns that nothing happened to stay the very same, so that nothing is drawn anew for them', (t) => {
  const store = createTaskStore()
  store.put([task('a'), task('b', { status: 'done' })])
  const before = store.columns()
  store.put([task('a', { title: 'other' })])
  t.not(store.columns().todo, before.todo)
  t.is(store.columns().done, before.done)
})

test('what is refused is as it was, also when it changed meanwhile', (t) => {
  const store = createTaskStore()
  store.put([task('a')])
  const undo = store.pretend('a', { status: 'done' })
  t.is(store.get('a')?.status, 'done')
  store.put([task('a', { title: 'renamed elsewhere' })])
  t.like(store.get('a'), { status: 'done', title: 'renamed elsewhere' })
  undo()
  t.like(store.get('a'), { status: 'todo', title: 'renamed elsewhere' })
})

test('a chain is put into the order in which it can be done, and one without an end is cut', (t) => {
  const store = createTaskStore()
  const depends = (id: string, ...depends_on: string[]) => task(id, { depends_on })
  store.put([depends('d', 'b', 'c'), depends('b', 'a'), depends('c', 'b'), depends('a'), depends('x')])
  const { steps, cut } = planChain(store, 'b')
  t.deepEqual(
    steps.map((step) => step.map(({ id }) => id)),
    [['a'], ['b'], ['c'], ['d']],
  )
  t.false(cut)
  store.put(Array.from({ length: 500 }, (_, n) => depends(`n${n}`, n === 0 ? 'd' : `n${n - 1}`)))
  t.true(planChain(store, 'a').cut)
})

/** A daemon of which only tasks are asked; `calls` is what it was asked. */
function daemon(tasks: Map<string, Task>) {
  const calls: string[] = []
  const call = async (name: string, input: { task_id?: string; status?: string; limit?: number; cursor?: string }) => {
    calls.push(name)
    if (name === 'tasks.show') {
      const found = tasks.get(input.task_id ?? '')
      if (!found) throw new TypeError('asked for what is not there')
      return found
    }
    const all = [...tasks.values()].filter(({ status }) => status === input.status)
    const from = Number(input.cursor ?? 0)
    const next = from + (input.limit ?? 50)
    return { items: all.slice(from, next), ...(next < all.length && { next_cursor: String(next) }) }
  }
  return { calls, client: { call } as unknown as Pick<Client, 'call'> }
}

const ready = (board: ReturnType<typeof createBoard>) =>
  new Promise<void>((resolve) => {
    const stop = board.subscribe(() => {
      if (board.state().state !== 'ready') return
      stop()
      resolve()
    })
  })
const entry = (subject: string, entry_type = 'task.update', verdict = 'counts') => ({
  ...{ seq: 1, at: at(0), type: 'project.entry', project_id: 'p', subject, entry_type, verdict },
})

test('all tasks are read a page at a time, and then only those that events tell of and those that waited for them', async (t) => {
  const tasks = new Map(Array.from({ length: 1200 }, (_, n) => [`t${n}`, task(`t${n}`)]))
  tasks.set('after', task('after', { status: 'blocked', depends_on: ['t1'], waits_for: ['t1'] }))
  const { calls, client } = daemon(tasks)
  const board = createBoard({ client, project: 'p' })
  board.hold()
  await ready(board)
  t.is(board.store.size(), 1201)
  calls.length = 0

  tasks.set('t1', task('t1', { status: 'done' }))
  tasks.set('after', task('after', { depends_on: ['t1'] }))
  board.hear(entry('t1', 'task.complete'))
  await ready(board)
  t.deepEqual(calls, ['tasks.show', 'tasks.show'])
  t.is(board.store.get('after')?.status, 'todo')

  calls.length = 0
  board.hear(entry('t2', 'task.comment'))
  board.hear(entry('t2', 'task.update', 'held'))
  board.hear({ ...entry('t2'), project_id: 'other' })
  t.deepEqual(calls, [])
  board.hear({ ...entry('t3'), type: 'task.renewed', tasks: [{ id: 't3', until: at(9) }] } as never)
  t.is(board.store.get('t3')?.claim, undefined)

  // Another page holds the stream, and tells only that some claim was renewed.
  tasks.set('t3', task('t3', { claim: { ...who, by: who, until: at(9) } as never }))
  board.hear(entry('t3'))
  await ready(board)
  calls.length = 0
  board.hear({ seq: 1, at: at(0), type: 'task.renewed' })
  await ready(board)
  t.deepEqual(calls, ['tasks.show'])

  // After a suspension nothing is sure, and what is no more is forgotten.
  tasks.delete('t5')
  board.hear(entry('did:agora:z2', 'project.suspend'))
  await ready(board)
  t.is(board.store.get('t5'), undefined)
  t.is(board.store.size(), 1200)
})

test('what is read ahead is shown at once, and does not stand over what is known since', async (t) => {
  const tasks = new Map([['t1', task('t1')]])
  const { calls, client } = daemon(tasks)
  const board = createBoard({ client, project: 'p' })
  board.readAhead()
  board.readAhead()
  t.is(calls.length, 4)
  // Its answer is on its way when the page begins to hear of changes, and comes after a later one.
  tasks.set('t1', task('t1', { title: 'another by now' }))
  board.took([task('t1', { title: 'another by now' })])
  board.hold()
  await ready(board)
  t.is(board.store.get('t1')?.title, 'another by now')
  t.is(calls.length, 8)
  board.readAhead()
  t.is(calls.length, 8)
})

test('tasks that were read ahead are there before anybody holds the board', async (t) => {
  const { client } = daemon(new Map([['t1', task('t1')]]))
  const board = createBoard({ client, project: 'p' })
  const shown = new Promise<void>((resolve) => void board.store.subscribe(resolve))
  board.readAhead()
  await shown
  t.is(board.store.get('t1')?.id, 't1')
  t.is(board.state().state, 'loading')
})
