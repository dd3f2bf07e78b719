import { nodeOf } from '../../base/did.ts'
import type { FencingToken } from '../../contract/keeper-message.ts'
import type { Draft, Refusal } from '../../contract/state.ts'
import type { ReleaseReason } from './facts.ts'
import { type TaskPriority, type TaskStatus, taskPriorities } from './schema.ts'

/** That somebody did something, by the clock of whoever wrote the entry. */
export interface Deed {
  by: string
  /** Ms since the epoch. */
  at: number
  entry: string
}

export interface TaskState {
  title: string
  /** As somebody said; that it waits for others is computed. */
  status: TaskStatus
  priority: TaskPriority
  labels: string[]
  depends_on: string[]
  assignee: string | null
  created: Deed
  /** Of the entry that made it: tasks are listed in that order. */
  lamport: number
  changed_at: number
  /** The entry whose texts hold the description. */
  described: string | null
  done: Deed | null
  accepted: Deed | null
  /** Of the latest claim, also when that has ended: no later one has a lower. */
  token: FencingToken | null
}

export interface ClaimState {
  holder: string
  token: FencingToken
  since: number
  /** Of the entry that gave it. */
  lamport: number
  /** RFC 3339, by the keeper's clock, when it was granted. */
  until: string
  /** The request it answers. */
  ask: string | null
}

/** Why a claim of a task that is not done ended: as its release says, or by what else was done with the task, its holder or the keeper. */
export type LeftBecause = ReleaseReason | 'moved' | 'left' | 'removed' | 'superseded'

/** The latest claim of a task that ended without it being done: for whoever takes it up. */
export interface TaskLeft {
  holder: string
  since: number
  /** Of the entry that gave it: what its holder did with it stands behind that. */
  lamport: number
  /** When it ended, by the clock of whoever wrote the entry. */
  at: number
  because: LeftBecause
  /** Who wrote the entry by which it ended. */
  by: string
}

/** What is left of a deleted task. */
export interface DeletedTask {
  title: string
  deleted: Deed
  /** Which tasks waited for nothing any more because of it. */
  freed: string[]
}

export interface TaskTotals {
  /** How many were ever made. */
  made: number
  /** Of titles, labels and dependencies, in UTF-16 code units. */
  size: number
}

export type TaskTables = {
  tasks: TaskState
  task_claims: ClaimState
  /** By task, as long as that is not done. */
  task_left: TaskLeft
  /** By task: which tasks depend on it. */
  task_waiters: string[]
  deleted_tasks: DeletedTask
  /** Under `all`. */
  task_totals: TaskTotals
}

export const taskTables: readonly (keyof TaskTables)[] = [
  'tasks',
  'task_claims',
  'task_left',
  'task_waiters',
  'deleted_tasks',
  'task_totals',
]

/** What bounds the live state of a project; part of the protocol, for all nodes must refuse the same. */
export const TASKS_MAX = 50_000
export const TASKS_EVER_MAX = 500_000
export const TASKS_SIZE_MAX = 16 << 20
/** Tasks that may depend on one. */
export const WAITERS_MAX = 1_000
/** Dependencies that are followed in search of a circle; deeper nets are refused. */
export const CIRCLE_STEPS_MAX = 20_000

export type TaskDraft = Draft<TaskTables>

export const totalsOf = (state: TaskDraft): TaskTotals => state.get('task_totals', 'all') ?? { made: 0, size: 0 }

/** What of its dependencies is not done. */
export const waitsFor = (state: TaskDraft, task: TaskState): string[] =>
  task.depends_on.filter((id) => state.get('tasks', id)?.status !== 'done')

const isWaiting = (state: TaskDraft, task: TaskState): boolean =>
  task.depends_on.some((id) => state.get('tasks', id)?.status !== 'done')

/** As it is shown: a task to be done that waits for others is blocked. */
export const statusOf = (state: TaskDraft, task: TaskState): TaskStatus =>
  task.status === 'todo' && isWaiting(state, task) ? 'blocked' : task.status

/** Whether it is to be done, waits for nothing, and is claimed by nobody. */
export const isReady = (state: TaskDraft, id: string, task: TaskState): boolean =>
  task.status === 'todo' && !state.has('task_claims', id) && !isWaiting(state, task)

/** Which tasks that depend on this one are to be done and wait for nothing now. */
export const freeWaiters = (state: TaskDraft, id: string): string[] =>
  (state.get('task_waiters', id) ?? []).filter((waiter) => {
    const task = state.get('tasks', waiter)
    return task?.status === 'todo' && !isWaiting(state, task)
  })

/** Whether what was given to `assignee` is `did`'s to do: its own, or its node's. */
export const isGivenTo = (assignee: string, did: string): boolean => assignee === did || assignee === nodeOf(did)

/** Whether `author` speaks for `did`: itself, or as the operator of its node. */
export const speaksFor = (author: string, did: string): boolean =>
  author === did || (author === nodeOf(author) && author === nodeOf(did))

export const compareTokens = (a: FencingToken, b: FencingToken): number => a[0] - b[0] || a[1] - b[1]

const rank = (priority: TaskPriority): number => taskPriorities.indexOf(priority)

/** Negative when `a` comes before `b` in lists: by the order in which they were made. */
export const byMaking = ([idA, a]: [string, TaskState], [idB, b]: [string, TaskState]): number =>
  a.lamport - b.lamport || (idA < idB ? -1 : idA > idB ? 1 : 0)

/**
 * The task that `did` would get: of those that are ready and assigned to it or, with one of `labels` if any are given, to nobody, the highest priority; of
 * these what is assigned to it; of these what was made first.
 */
export function nextTask(state: TaskDraft, did: string, labels: readonly string[] = []): string | undefined {
  let best: [string, TaskState] | undefined
  const isBetter = (id: string, task: TaskState): boolean => {
    if (!best) return true
    const byRank = rank(task.priority) - rank(best[1].priority)
    if (byRank !== 0) return byRank > 0
    if ((task.assignee === null) !== (best[1].assignee === null)) return task.assignee !== null
    return byMaking([id, task], best) < 0
  }
  for (const [id, task] of state.entries('tasks')) {
    if (task.status !== 'todo') continue
    if (task.assignee === null) {
      if (labels.length > 0 && !task.labels.some((label) => labels.includes(label))) continue
    } else if (!isGivenTo(task.assignee, did)) continue
    if (isBetter(id, task) && isReady(state, id, task)) best = [id, task]
  }
  return best?.[0]
}

/** Whether a release of this kind is the keeper's alone to write. */
export const isKeepersReason = (because: ReleaseReason): boolean => because === 'lapsed' || because === 'suspended'

export const refuse = (code: string, reason: string, more: Omit<Refusal, 'code' | 'reason'> = {}): Refusal => ({
  ...{ code, reason },
  ...more,
})

/** Why there is nothing to be done with a task. */
export const missing = (state: TaskDraft, id: string): Refusal =>
  state.has('deleted_tasks', id)
    ? refuse('not_found', `task: ${id} was deleted.`, { field: 'task' })
    : refuse('not_found', `task: there is no task ${id}.`, { field: 'task', subject: id })
