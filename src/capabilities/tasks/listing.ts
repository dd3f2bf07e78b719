import { nodeOf } from '../../base/did.ts'
import type { Place } from '../../log/types.ts'
import type { TaskPriority, TaskStatus } from './schema.ts'
import { byMaking, isReady, statusOf, type TaskDraft, type TaskState } from './state.ts'

export interface TaskFilter {
  status?: TaskStatus | undefined
  priority?: TaskPriority | undefined
  /** A DID, of a node for itself and all its agents, or `none`. */
  assignee?: string | undefined
  label?: string | undefined
  claimed?: boolean | undefined
  ready?: boolean | undefined
  /** A part of the title, whatever its case. */
  query?: string | undefined
  /** Goes on behind the task made there. */
  after?: Place | undefined
  limit: number
}

const isOf = (assignee: string, did: string): boolean => assignee === did || nodeOf(assignee) === did

/** A page of tasks in the order in which they were made. */
export function listTasks(
  state: TaskDraft,
  filter: TaskFilter,
): { items: [string, TaskState][]; next: Place | undefined } {
  const { status, priority, assignee, label, claimed, ready, after, limit } = filter
  const words = filter.query?.toLowerCase()
  const fits = (id: string, task: TaskState): boolean =>
    (priority === undefined || task.priority === priority) &&
    (assignee === undefined ||
      (assignee === 'none' ? task.assignee === null : task.assignee !== null && isOf(task.assignee, assignee))) &&
    (label === undefined || task.labels.includes(label)) &&
    (words === undefined || task.title.toLowerCase().includes(words)) &&
    (claimed === undefined || state.has('task_claims', id) === claimed) &&
    (status === undefined || statusOf(state, task) === status) &&
    (ready === undefined || isReady(state, id, task) === ready)
  const isBehind = (id: string, task: TaskState): boolean =>
    !after || task.lamport > after.lamport || (task.lamport === after.lamport && id > after.id)
  const found: [string, TaskState][] = []
  for (const entry of state.entries('tasks')) if (isBehind(...entry) && fits(...entry)) found.push(entry)
  // Mostly they come in that order, and then it costs next to nothing.
  found.sort(byMaking)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > limit && last ? { lamport: last[1].lamport, id: last[0] } : undefined }
}
