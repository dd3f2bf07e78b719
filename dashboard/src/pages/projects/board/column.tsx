import { useDroppable } from '@dnd-kit/core'
import { Text } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { Task, TaskStatus } from '../../../../../src/capabilities/tasks/schema.ts'
import css from './board.module.css'
import { Card } from './card.tsx'
import { statusText } from './columns.ts'

const GAP = 6
/** Of a card, in rem: said by what is on it, and not measured, so that a column of thousands never jumps. */
const CARD_REM = 4.375
const TAGS_REM = 1.5
const hasTags = ({ labels, priority }: Task): boolean => labels.length > 0 || priority !== 'medium'
const remPx = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize)

/** Where the focus should go: a task, or a place in a column. */
export interface Aim {
  status: TaskStatus
  /** A task's id, or how far down. */
  at: string | number
  /** Grows, so that the same aim twice is two. */
  turn: number
}

interface ColumnProps {
  status: TaskStatus
  tasks: readonly Task[]
  /** Of all there are, when a filter leaves some out. */
  total: number
  fixed: boolean
  aim: Aim | undefined
  onAside: (step: 1 | -1, index: number, status: TaskStatus) => void
  empty: ReactNode
  top?: ReactNode
}

export const Column = memo(function Column(props: ColumnProps) {
  const { status, tasks, total, fixed, aim, onAside, empty, top } = props
  const { setNodeRef, isOver, active } = useDroppable({ id: status })
  const scroller = useRef<HTMLDivElement>(null)
  const [rem] = useState(remPx)
  const [current, setCurrent] = useState<string>()
  const virtual = useVirtualizer({
    count: tasks.length,
    getScrollElement: () => scroller.current,
    // As long as the tasks are the same, so are these: all places are reckoned anew otherwise.
    estimateSize: useCallback(
      (index: number) => Math.round(rem * (hasTags(tasks[index] as Task) ? CARD_REM + TAGS_REM : CARD_REM)),
      [tasks, rem],
    ),
    getItemKey: useCallback((index: number) => (tasks[index] as Task).id, [tasks]),
    overscan: 6,
    gap: GAP,
  })

  function focus(index: number): void {
    const task = tasks[index]
    if (!task) return
    setCurrent(task.id)
    virtual.scrollToIndex(index, { align: 'auto' })
    // It is there once the column has been drawn where it was scrolled to.
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>(`[data-task="${task.id}"]`)?.focus({ preventScroll: true }),
      ),
    )
  }
  const aimed = useRef(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is aimed at once, when the task has come into this column
  useEffect(() => {
    if (!aim || aim.status !== status || aimed.current === aim.turn) return
    const index =
      typeof aim.at === 'number' ? Math.min(aim.at, tasks.length - 1) : tasks.findIndex(({ id }) => id === aim.at)
    if (index < 0) return
    aimed.current = aim.turn
    focus(index)
  }, [aim, tasks])

  function onKeyDown(event: KeyboardEvent): void {
    // A card is on the move, or it is the shortcut of something else.
    if (active || event.altKey || event.ctrlKey || event.metaKey) return
    const id = (event.target as HTMLElement).dataset['task']
    const index = tasks.findIndex((task) => task.id === id)
    if (index < 0) return
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -index, End: tasks.length }[event.key]
    if (step !== undefined) focus(Math.max(0, Math.min(tasks.length - 1, index + step)))
    else if (event.key === 'ArrowRight') onAside(1, index, status)
    else if (event.key === 'ArrowLeft') onAside(-1, index, status)
    else return
    event.preventDefault()
  }

  const shown = virtual.getVirtualItems()
  // Whatever had the focus last; when that is not drawn now, the first that is.
  const reachable = shown.some(({ key }) => key === current) ? current : (tasks[shown[0]?.index ?? 0]?.id ?? undefined)
  const heading = `column-${status}`
  return (
    <section ref={setNodeRef} className={css.column} data-over={isOver || undefined} aria-labelledby={heading}>
      <header className={css.head}>
        <span className={css.dot} data-status={status} aria-hidden />
        <Text component="h2" id={heading} size="sm" fw={600}>
          {statusText[status]}
        </Text>
        <Text span size="sm" c="dimmed">
          {tasks.length === total
            ? total.toLocaleString()
            : `${tasks.length.toLocaleString()} of ${total.toLocaleString()}`}
        </Text>
      </header>
      {top}
      <div ref={scroller} className={css.scroller} data-column={status}>
        {tasks.length === 0 && <div className={css.empty}>{empty}</div>}
        <ul
          className={css.list}
          style={{ height: virtual.getTotalSize() }}
          aria-label={`Tasks ${statusText[status].toLowerCase()}`}
          onKeyDown={onKeyDown}
        >
          {shown.map(({ key, index, start, size }) => {
            const task = tasks[index] as Task
            return (
              <li
                key={key}
                className={css.item}
                style={{ height: size, transform: `translateY(${start}px)` }}
                aria-setsize={tasks.length}
                aria-posinset={index + 1}
              >
                <Card task={task} reachable={task.id === reachable} fixed={fixed} />
              </li>
            )
          })}
        </ul>
      </div>
    </section>
  )
})
