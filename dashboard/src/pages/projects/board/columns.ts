import { nodeOf } from '../../../../../src/base/did.ts'
import type { Task, TaskPriority, TaskStatus } from '../../../../../src/capabilities/tasks/schema.ts'

/** From left to right. */
export const statuses = ['todo', 'in_progress', 'blocked', 'done'] as const satisfies TaskStatus[]

export const statusText: Record<TaskStatus, string> = {
  todo: 'To do',
  in_progress: 'In progress',
  blocked: 'Blocked',
  done: 'Done',
}

/** From the most urgent on. */
export const priorities = ['critical', 'high', 'medium', 'low'] as const satisfies TaskPriority[]
export const priorityText: Record<TaskPriority, string> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
}
const rank: Record<TaskPriority, number> = { critical: 0, high: 1, medium: 2, low: 3 }

// RFC 3339 in UTC, of one length: in the order of time.
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const byUrgency = (a: Task, b: Task): number =>
  rank[a.priority] - rank[b.priority] || byText(a.created_at, b.created_at) || byText(a.id, b.id)
const byEnd = (a: Task, b: Task): number =>
  byText(b.completed_at ?? b.updated_at, a.completed_at ?? a.updated_at) || byText(a.id, b.id)

/** What is to be done by urgency and then as it was made; what is done by when, the latest first. */
export const compareIn = (status: TaskStatus): ((a: Task, b: Task) => number) => (status === 'done' ? byEnd : byUrgency)

export interface BoardFilter {
  /** A part of the title or of a label, or the beginning of the id. */
  text: string
  /** A DID, of a node also for its agents; `none`, or undefined for all. */
  assignee: string | undefined
  label: string | undefined
  priority: TaskPriority | undefined
}

export const isFiltering = ({ text, assignee, label, priority }: BoardFilter): boolean =>
  text.trim() !== '' || assignee !== undefined || label !== undefined || priority !== undefined

export function matching(tasks: readonly Task[], filter: BoardFilter): readonly Task[] {
  if (!isFiltering(filter)) return tasks
  const { assignee, label, priority } = filter
  const text = filter.text.trim().toLowerCase()
  const isOf = (task: Task): boolean => {
    if (assignee === undefined) return true
    if (assignee === 'none') return task.assignee === undefined
    const did = task.assignee?.did
    return did !== undefined && (did === assignee || nodeOf(did) === assignee)
  }
  const holds = (task: Task): boolean =>
    text === '' ||
    task.title.toLowerCase().includes(text) ||
    task.id.startsWith(text) ||
    task.labels.some((each) => each.toLowerCase().includes(text))
  return tasks.filter(
    (task) =>
      (priority === undefined || task.priority === priority) &&
      (label === undefined || task.labels.includes(label)) &&
      isOf(task) &&
      holds(task),
  )
}
