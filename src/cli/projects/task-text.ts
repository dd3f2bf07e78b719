import type { Task, TaskComment, TaskStatus } from '../../capabilities/tasks/schema.ts'
import type { Context } from '../context.ts'
import { ago, duration, framed, shownName } from '../text.ts'
import { fitting } from './fields.ts'
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
/** Columns of a terminal where labels, and how long claims hold, fit beside the rest. */
const WIDE = 100
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
  const states = items.some((task) => stateWords(task, id) !== '')
  const wide = (context.io.columns ?? WIDE) >= WIDE
  const labels = wide && items.some((task) => task.labels.length > 0)
  return context.table(
    ['', 'ID', 'PRIO', 'TITLE', 'WHO', ...(states ? ['STATE'] : []), ...(labels ? ['LABELS'] : [])],
    items.map((task) => [
      statusIcons[task.status],
      id(task.id),
      task.priority,
      task.title,
      whose(task, wide ? now : undefined),
      ...(states ? [stateWords(task, id)] : []),
      ...(labels ? [task.labels.join(' ')] : []),
    ]),
  )
}

/** Whoever has claimed a task, and, where there is room, for how long; else whose it is. */
function whose({ claim, assignee }: Task, now: number | undefined): string {
  if (!claim) return assignee === undefined ? '-' : shownName(assignee.name)
  const left = claim.until === undefined || now === undefined ? 0 : Date.parse(claim.until) - now
  return `${shownName(claim.holder.name)}${left > 0 ? ` (${duration(left)})` : ''}`
}

function stateWords(task: Task, id: (id: string) => string): string {
  if (task.deleted) return 'deleted'
  if (task.status === 'done') return task.accepted ? 'accepted' : ''
  const [first, ...others] = task.waits_for
  return first === undefined ? '' : `after ${id(first)}${others.length > 0 ? ` +${others.length}` : ''}`
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
    return `${open} ${short(id)}${title === undefined ? '' : `  ${fitting(context, title, 32)}`}`
  })
  const by = (name: string, at: string) => `${ago(at, now)} by ${shownName(name)}`
  const notes = [
    ...(task.note ? ['', 'On completing it:', ...framed(task.note, io.columns)] : []),
    ...(accepted?.note ? ['', 'On accepting it:', ...framed(accepted.note, io.columns)] : []),
  ]
  const about = task.description ? `${framed(task.description, io.columns).join('\n')}\n` : ''
  return `${style.bold(`${deleted ? '×' : statusIcons[task.status]} ${fitting(context, task.title, 4)}`)}\n${about}\n${context.pairs(
    [
      ['ID', task.id],
      ['Status', deleted ? 'deleted' : `${statusWords[task.status]}${task.ready ? ', ready to be claimed' : ''}`],
      ['Priority', task.priority],
      ['Assignee', task.assignee === undefined ? '-' : shownName(task.assignee.name)],
      ...(task.labels.length === 0 ? [] : [['Labels', fitting(context, task.labels.join(', '))] as const]),
      ...(claim
        ? [['Claimed', `${claimWords(task, now).replace('claimed ', '')}, since ${ago(claim.since, now)}`] as const]
        : []),
      ...depends.map((line, index) => [index === 0 ? 'Depends on' : '', line] as const),
      ['Made', by(task.created_by.name, task.created_at)],
      ...(task.completed_at === undefined
        ? []
        : [['Completed', by(task.completed_by?.name ?? '?', task.completed_at)] as const]),
      ...(accepted ? [['Accepted', by(accepted.by.name, accepted.at)] as const] : []),
      ...(deleted ? [['Deleted', by(deleted.by.name, deleted.at)] as const] : []),
    ],
  )}${notes.map((line) => `${line}\n`).join('')}`
}

export function commentText({ id, author, at, text }: TaskComment, { io, style }: Context): string {
  const about = `${style.bold(style.cyan(shownName(author.name)))}${style.dim(` · ${ago(at, io.clock.now())} · id ${short(id)}`)}`
  const body = text === undefined ? [style.dim('  (its text was taken away)')] : framed(text, io.columns)
  return `${about}\n${body.join('\n')}\n`
}
