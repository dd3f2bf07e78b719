import { displayLine } from '../../base/text.ts'
import type { Task, TaskStatus } from '../../capabilities/tasks/schema.ts'
import type { Context } from '../context.ts'
import { displayWidth, shownName, wrapped } from '../text.ts'
import { shortest } from './short-ids.ts'
import { byUrgency, claimWords, statusIcons, statusWords } from './task-text.ts'

/** Columns of a terminal where four lists fit side by side. */
const WIDE = 100
const GAP = 2
/** The board is for what is to be done: of the rest only the latest is shown. */
const DONE_SHOWN = 8

interface Column {
  status: TaskStatus
  items: readonly Task[]
}

/** Tasks by status, side by side where there is room. */
export function boardText(columns: readonly Column[], context: Context): string {
  const wide = (context.io.columns ?? 0) >= WIDE
  const shown = ['todo', 'in_progress', 'blocked', 'done'].flatMap(
    (status) => columns.find((column) => column.status === status) ?? [],
  )
  const width = wide
    ? Math.floor(((context.io.columns ?? WIDE) - GAP * (shown.length - 1)) / shown.length)
    : (context.io.columns ?? 78)
  const id = shortest(shown.flatMap(({ items }) => items.map((task) => task.id)))
  const lists = shown.map((column) => {
    const lines = columnLines(column, { width, id, context })
    return wide || column.items.length > 0 ? lines : lines.slice(0, 1)
  })
  const { style } = context
  const set = ({ text, look }: Line, room: number) =>
    (look ? style[look](text) : text) + ' '.repeat(Math.max(0, room - displayWidth(text)))
  if (!wide) return lists.map((lines) => `${lines.map((line) => set(line, 0)).join('\n')}\n`).join('\n')
  const height = Math.max(...lists.map((lines) => lines.length))
  const rows = Array.from({ length: height }, (_, row) =>
    lists
      .map((lines, column) => set(lines[row] ?? { text: '' }, column === lists.length - 1 ? 0 : width))
      .join(' '.repeat(GAP))
      .trimEnd(),
  )
  return `${rows.join('\n').trimEnd()}\n`
}

interface Line {
  text: string
  look?: 'bold' | 'dim' | 'red' | 'yellow'
}

interface Frame {
  width: number
  id(id: string): string
  context: Context
}

function columnLines({ status, items }: Column, frame: Frame): Line[] {
  const done = status === 'done'
  const finished = (task: Task) => task.completed_at ?? task.updated_at
  const sorted = done ? items.toSorted((a, b) => (finished(a) > finished(b) ? -1 : 1)) : items.toSorted(byUrgency)
  const cards = done ? sorted.slice(0, DONE_SHOWN) : sorted
  const left = items.length - cards.length
  return [
    { text: `${statusIcons[status]} ${statusWords[status].toUpperCase()} (${items.length})`, look: 'bold' },
    { text: '─'.repeat(frame.width), look: 'dim' },
    ...(items.length === 0 ? [{ text: '-' }] : []),
    ...cards.flatMap((task, index) => [...(index === 0 ? [] : [{ text: '' }]), ...cardLines(task, frame)]),
    ...(left > 0 ? [{ text: '' }, { text: `and ${left} earlier` }] : []),
  ]
}

const marks = { critical: ' !! critical', high: ' ! high', medium: '', low: ' low' }
const looks = { critical: 'red', high: 'yellow', medium: 'dim', low: 'dim' } as const

function cardLines(task: Task, { width, id, context }: Frame): Line[] {
  const now = context.io.clock.now()
  const under = (text: string, look: Line['look'] & string): Line[] =>
    wrapped(text, width - 2).map((line) => ({ text: `  ${line}`, look }))
  const whose = task.assignee === undefined ? '' : `for ${shownName(task.assignee.name)}`
  const done = task.status === 'done'
  return [
    ...wrapped(displayLine(task.title), width).map((text) => ({ text })),
    ...under(id(task.id) + (done ? '' : marks[task.priority]), done ? 'dim' : looks[task.priority]),
    ...(task.claim ? under(claimWords(task, now), 'dim') : whose ? under(whose, 'dim') : []),
    ...(task.waits_for.length > 0 ? under(`after ${task.waits_for.map(id).join(', ')}`, 'dim') : []),
    ...(task.labels.length > 0 && !done ? under(`#${displayLine(task.labels.join(' #'))}`, 'dim') : []),
  ]
}
