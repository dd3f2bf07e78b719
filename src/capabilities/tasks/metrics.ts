import { type Day, dayOf } from '../../base/days.ts'
import type { TaskPriority, TaskStatus } from './schema.ts'
import { isReady, statusOf, type TaskDraft, type TaskState } from './state.ts'

/** A task that waits, and since when; ms since the epoch. */
export interface Waiting {
  id: string
  task: TaskState
  since: number
}

/** What one walk over all tasks of a project counts. */
export interface Counted {
  tasks: number
  byStatus: Record<TaskStatus, number>
  byPriority: Record<TaskPriority, Record<TaskStatus, number>>
  /** By day, as `days` has them. */
  created: number[]
  done: number[]
  /** Ms from the first claim to the end, of what was done within the days. */
  cycles: number[]
  /** By DID: what was done within the days, and what is claimed now. */
  people: Map<string, { done: number; claimed: number }>
  /** Of what is ready those that may have waited longest, the earliest first: more than are shown, for when they came to wait is looked up then. */
  ready: Waiting[]
}

const READY_KEPT = 32
const none = () => ({ todo: 0, in_progress: 0, done: 0, blocked: 0 })

/** @param firstClaims when each task was claimed for the first time. */
export function countTasks(state: TaskDraft, firstClaims: ReadonlyMap<string, number>, days: readonly Day[]): Counted {
  const counted: Counted = {
    tasks: state.size('tasks'),
    byStatus: none(),
    byPriority: { low: none(), medium: none(), high: none(), critical: none() },
    created: days.map(() => 0),
    done: days.map(() => 0),
    cycles: [],
    people: new Map(),
    ready: [],
  }
  const person = (did: string) => {
    const one = counted.people.get(did) ?? { done: 0, claimed: 0 }
    counted.people.set(did, one)
    return one
  }
  const count = (list: number[], time: number): boolean => {
    const day = dayOf(days, time)
    if (day >= 0) list[day] = (list[day] ?? 0) + 1
    return day >= 0
  }

  for (const [id, task] of state.entries('tasks')) {
    const status = statusOf(state, task)
    counted.byStatus[status]++
    counted.byPriority[task.priority][status]++
    count(counted.created, task.created.at)
    if (task.done && count(counted.done, task.done.at)) {
      person(task.done.by).done++
      const claimed = firstClaims.get(id)
      // Clocks of two machines may differ by more than the work took.
      if (claimed !== undefined) counted.cycles.push(Math.max(0, task.done.at - claimed))
    }
    if (status === 'todo' && isReady(state, id, task)) keep(counted.ready, { id, task, since: freeSince(state, task) })
  }
  for (const [, { holder }] of state.entries('task_claims')) person(holder).claimed++
  return counted
}

/** Since when nothing is left to be done before it. */
const freeSince = (state: TaskDraft, { created, depends_on }: TaskState): number =>
  Math.max(created.at, ...depends_on.map((id) => state.get('tasks', id)?.done?.at ?? 0))

/** Puts it where it belongs among the earliest, of which the last goes when there are too many. */
function keep(list: Waiting[], one: Waiting): void {
  const last = list.at(-1)
  if (list.length >= READY_KEPT && last && last.since <= one.since) return
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle] as Waiting).since <= one.since) low = middle + 1
    else high = middle
  }
  list.splice(low, 0, one)
  if (list.length > READY_KEPT) list.pop()
}

export const quantile = (values: readonly number[], part: number): number | undefined => {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * part
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return low === undefined || high === undefined ? undefined : low + (high - low) * (place - Math.floor(place))
}

/** That a project entered a stage, was archived, or taken up again. */
export interface Turn {
  at: number
  stage?: string | undefined
  archived?: boolean | undefined
}

/** Ms spent in each stage and how often it was entered, in the order of entering; not counted while the project was archived. */
export function stageTimes(turns: readonly Turn[], now: number): Map<string, { ms: number; entered: number }> {
  const spent = new Map<string, { ms: number; entered: number }>()
  let stage: string | undefined
  let archived = false
  let since = 0
  const add = (until: number) => {
    const one = stage === undefined ? undefined : spent.get(stage)
    if (one && !archived) one.ms += Math.max(0, until - since)
    since = until
  }
  for (const turn of turns) {
    add(turn.at)
    archived = turn.archived ?? archived
    if (turn.stage === undefined || turn.stage === stage) continue
    stage = turn.stage
    const one = spent.get(stage)
    if (one) one.entered++
    else spent.set(stage, { ms: 0, entered: 1 })
  }
  add(now)
  return spent
}
