import { displayLine } from '../../base/text.ts'
import type { Task, TaskComment, TaskStatus } from '../../capabilities/tasks/schema.ts'
import type { Context } from '../context.ts'
import { ago, duration, framed, shownName } from '../text.ts'
import { short, shortest } from './short-ids.ts'

/** One column wide everywhere. */
export const statusIcons: Record<TaskStatus, string> = { todo: '○', in_progress: '◐', blocked: '⊘', done: '●' }
export const statusWords: Record<TaskStatus, string> = {
  todo: 'todo',
  in_progress: 'in progress',
  blocked: 'blocked',
  done: 'done',
}
const urgency = { critical: 0, high: 1, medium: 2, low: 3 }
const order: Record<TaskStatus, number> = { in_progress: 0, todo: 1, blocked: 2, done: 3 }

/** What is under way first, then the most urgent. */
export const byUrgency = (a: Task, b: Task): number =>
  order[a.status] - order[b.status] ||
  urgency[a.priority] - urgency[b.priority] ||
  (a.created_at < b.created_at ? -1 : 1)

/** Tasks as a table, one a line. */
export function taskLines(items: readonly Task[], context: Context): Promise<string> {
  const id = shortest(items.flatMap((task) => [task.id, ...task.waits_for]))
  const now = context.io.clock.now()
  const labels = items.some((task) => task.labels.length > 0)
  return context.table(
    ['', 'ID', 'PRIORITY', 'TITLE', 'ASSIGNEE', 'STATE', ...(labels ? ['LABELS'] : [])],
    items.map((task) => [
      statusIcons[task.status],
      id(task.id),
      task.priority,
      task.title,
      task.assignee === undefined ? '-' : shownName(task.assignee.name),
      stateWords(task, id, now),
      ...(labels ? [task.labels.join(' ')] : []),
    ]),
  )
}

function stateWords(task: Task, id: (id: string) => string, now: number): string {
  if (task.deleted) return 'deleted'
  if (task.status === 'done') return task.accepted ? `accepted by ${shownName(task.accepted.by.name)}` : 'done'
  const claim = task.claim === undefined ? [] : [claimWords(task, now)]
  const waits = task.waits_for.length === 0 ? [] : [`after ${task.waits_for.map(id).join(', ')}`]
  return [...(claim.length > 0 ? [] : [statusWords[task.status]]), ...claim, ...waits].join(', ')
}

/** Who has claimed a task, and for how long nobody else can; empty when nobody has. */
export function claimWords({ claim }: Pick<Task, 'claim'>, now: number): string {
  if (!claim) return ''
  const left = claim.until === undefined ? '' : Date.parse(claim.until) - now
  const until = left === '' ? '' : left > 0 ? `, ${duration(left)} left` : ', lapsed'
  return `claimed by ${shownName(claim.holder.name)}${until}`
}

/** Everything about a task. `titles`: of the tasks it depends on, as far as they are known. */
export function taskDetails(task: Task, titles: ReadonlyMap<string, string>, context: Context): string {
  const { io, style } = context
  const now = io.clock.now()
  const { claim, accepted, deleted } = task
  const depends = task.depends_on.map((id) => {
    const title = titles.get(id)
    const open = task.waits_for.includes(id) ? '○' : '●'
    return `${open} ${short(id)}${title === undefined ? '' : `  ${title}`}`
  })
  const by = (name: string, at: string) => `${ago(at, now)} by ${shownName(name)}`
  const about = task.description ? `${framed(task.description, io.columns).join('\n')}\n` : ''
  const said = (text: string | undefined) => (text ? `: ${text}` : '')
  return `${style.bold(`${statusIcons[task.status]} ${displayLine(task.title)}`)}\n${about}\n${context.pairs([
    ['ID', task.id],
    ['Status', `${statusWords[task.status]}${task.ready ? ', ready to be claimed' : ''}`],
    ['Priority', task.priority],
    ['Assignee', task.assignee === undefined ? '-' : shownName(task.assignee.name)],
    ...(task.labels.length === 0 ? [] : [['Labels', task.labels.join(', ')] as const]),
    ...(claim ? [['Claim', `${claimWords(task, now)}, since ${ago(claim.since, now)}`] as const] : []),
    ...depends.map((line, index) => [index === 0 ? 'Depends on' : '', line] as const),
    ['Made', by(task.created_by.name, task.created_at)],
    ...(task.completed_at === undefined
      ? []
      : [['Completed', by(task.completed_by?.name ?? '?', task.completed_at) + said(task.note)] as const]),
    ...(accepted ? [['Accepted', by(accepted.by.name, accepted.at) + said(accepted.note)] as const] : []),
    ...(deleted ? [['Deleted', by(deleted.by.name, deleted.at)] as const] : []),
  ])}`
}

export function commentText({ id, author, at, text }: TaskComment, { io, style }: Context): string {
  const about = `${style.bold(style.cyan(shownName(author.name)))}${style.dim(` · ${ago(at, io.clock.now())} · id ${short(id)}`)}`
  const body = text === undefined ? [style.dim('  (its text was taken away)')] : framed(text, io.columns)
  return `${about}\n${body.join('\n')}\n`
}

export const quoted = (title: string): string => `“${displayLine(title)}”`
