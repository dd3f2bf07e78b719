import type { Task, TaskStatus } from '../../../../../src/capabilities/tasks/schema.ts'
import type { Who } from '../../../../../src/contract/space.ts'
import { compareIn } from './columns.ts'

export type Columns = Readonly<Record<TaskStatus, readonly Task[]>>

/** All tasks of a project, in sorted columns; what one task's change costs does not grow with how many there are. */
export interface TaskStore {
  /** What is shown: another object whenever anything changed, of which only the arrays that changed are others. */
  columns(): Columns
  get(id: string): Task | undefined
  size(): number
  /** Those that depend on a task. */
  waiters(id: string): string[]
  /** How many of them wait for it now. */
  openWaiters(id: string): number
  /** Every label there is, and everybody who was given something. */
  labels(): string[]
  assignees(): Who[]
  /** Takes in what the daemon says. */
  put(tasks: readonly Task[]): void
  remove(ids: readonly string[]): void
  /** Forgets what is not among these: they are all there are. */
  keepOnly(ids: ReadonlySet<string>): void
  /** Shows a task changed until the function that is answered is called. */
  pretend(id: string, change: Partial<Task>): () => void
  /** Whether something is shown of it that the daemon has not said yet. */
  isPretended(id: string): boolean
  subscribe(listener: () => void): () => void
}

export function createTaskStore(): TaskStore {
  /** As the daemon says. */
  const said = new Map<string, Task>()
  /** As it is shown: what it differs in waits for the daemon. */
  const shown = new Map<string, Task>()
  const changes = new Map<string, Set<Partial<Task>>>()
  const dependents = new Map<string, Set<string>>()
  const listeners = new Set<() => void>()
  let columns: Record<TaskStatus, readonly Task[]> = { todo: [], in_progress: [], blocked: [], done: [] }

  const tell = () => {
    for (const listener of listeners) listener()
  }

  function effective(id: string): Task | undefined {
    const task = said.get(id)
    const pretended = changes.get(id)
    return task && pretended ? Object.assign({}, task, ...pretended) : task
  }

  function link(id: string, before: readonly string[], after: readonly string[]): void {
    for (const other of before) if (!after.includes(other)) dependents.get(other)?.delete(id)
    for (const other of after) {
      const known = dependents.get(other)
      if (known) known.add(id)
      else dependents.set(other, new Set([id]))
    }
  }

  /** Brings the columns to what `said` and `changes` are for these tasks. */
  function settle(ids: Iterable<string>): void {
    const gone = new Map<TaskStatus, Set<Task>>()
    const come = new Map<TaskStatus, Task[]>()
    for (const id of new Set(ids)) {
      const before = shown.get(id)
      const after = effective(id)
      if (before === after) continue
      if (before) gone.set(before.status, (gone.get(before.status) ?? new Set()).add(before))
      if (after) {
        const list = come.get(after.status)
        if (list) list.push(after)
        else come.set(after.status, [after])
        shown.set(id, after)
      } else shown.delete(id)
      link(id, before?.depends_on ?? [], after?.depends_on ?? [])
    }
    if (gone.size === 0 && come.size === 0) return
    columns = { ...columns }
    for (const status of new Set([...gone.keys(), ...come.keys()]))
      columns[status] = merged(columns[status], gone.get(status), come.get(status), compareIn(status))
    tell()
  }

  function* without(kept: ReadonlySet<string>): Generator<string> {
    for (const id of said.keys()) if (!kept.has(id)) yield id
  }
  function remove(ids: readonly string[]): void {
    for (const id of ids) said.delete(id)
    settle(ids)
  }

  return {
    columns: () => columns,
    get: (id) => shown.get(id),
    size: () => shown.size,
    waiters: (id) => [...(dependents.get(id) ?? [])],
    openWaiters(id) {
      let count = 0
      for (const waiter of dependents.get(id) ?? []) if (shown.get(waiter)?.waits_for.includes(id)) count++
      return count
    },
    labels: () => [...new Set([...shown.values()].flatMap(({ labels }) => labels))].sort((a, b) => a.localeCompare(b)),
    assignees() {
      const found = new Map<string, Who>()
      for (const { assignee } of shown.values()) if (assignee) found.set(assignee.did, assignee)
      return [...found.values()].sort((a, b) => a.name.localeCompare(b.name))
    },
    put(tasks) {
      for (const task of tasks) said.set(task.id, task)
      settle(tasks.map(({ id }) => id))
    },
    remove,
    keepOnly: (ids) => remove([...without(ids)]),
    pretend(id, change) {
      changes.set(id, (changes.get(id) ?? new Set()).add(change))
      settle([id])
      return () => {
        const left = changes.get(id)
        left?.delete(change)
        if (left?.size === 0) changes.delete(id)
        settle([id])
      }
    },
    isPretended: (id) => changes.has(id),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** A sorted list with some taken out and others put in; a new one, for what was shown stays what it was. */
function merged(
  list: readonly Task[],
  gone: ReadonlySet<Task> | undefined,
  come: Task[] | undefined,
  compare: (a: Task, b: Task) => number,
): readonly Task[] {
  const kept = gone ? list.filter((task) => !gone.has(task)) : list
  if (!come) return kept
  come.sort(compare)
  const result: Task[] = []
  let next = 0
  for (const task of kept) {
    while (next < come.length && compare(come[next] as Task, task) < 0) result.push(come[next++] as Task)
    result.push(task)
  }
  for (; next < come.length; next++) result.push(come[next] as Task)
  return result
}
