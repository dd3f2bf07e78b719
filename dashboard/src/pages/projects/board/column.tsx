import { useDroppable } from '@dnd-kit/core'
import { Text } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { Task, TaskStatus } from '../../../../../src/capabilities/tasks/schema.ts'
import css from './board.module.css'
import { Card, CarriedCard } from './card.tsx'
import { statusText } from './columns.ts'
import { isNew } from './create-task.ts'
import type { Held } from './keyboard-move.ts'

const GAP = 6
/** Of a card, in rem: said by what is on it, and not measured, so that a column of thousands never jumps. */
const CARD_REM = 4.375
const TAGS_REM = 1.5
/** Drawing where it was scrolled to takes one or two. What is not drawn by then has gone. */
const FRAMES_TO_DRAW = 30
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
  held: Held | undefined
  onPickUp: (task: Task) => void
  onAside: (step: 1 | -1, index: number, status: TaskStatus) => void
  empty: ReactNode
  top?: ReactNode
}

export const Column = memo(function Column(props: ColumnProps) {
  const { status, tasks, total, fixed, aim, held, onPickUp, onAside, empty, top } = props
  const { setNodeRef, node, isOver, active } = useDroppable({ id: status })
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

  const focusing = useRef(0)
  function focus(index: number): void {
    const task = tasks[index]
    if (!task) return
    setCurrent(task.id)
    virtual.scrollToIndex(index, { align: 'auto' })
    const turn = ++focusing.current
    // It is there once the column has been drawn where it was scrolled to.
    const attempt = (frames: number): void => {
      if (turn !== focusing.current) return
      const card = scroller.current?.querySelector<HTMLElement>(`[data-task="${task.id}"]`)
      if (card) card.focus({ preventScroll: true })
      else if (frames > 0) requestAnimationFrame(() => attempt(frames - 1))
    }
    requestAnimationFrame(() => requestAnimationFrame(() => attempt(FRAMES_TO_DRAW)))
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

  const isHeldOver = held?.over === status
  useEffect(() => {
    if (isHeldOver) node.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [isHeldOver, node])

  function onKeyDown(event: KeyboardEvent): void {
    // A card is on the move, or it is the shortcut of something else.
    if (active || event.altKey || event.ctrlKey || event.metaKey) return
    const id = (event.target as HTMLElement).dataset['task']
    const index = tasks.findIndex((each) => each.id === id)
    if (index < 0) return
    const task = tasks[index] as Task
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -index, End: tasks.length }[event.key]
    if (step !== undefined) focus(Math.max(0, Math.min(tasks.length - 1, index + step)))
    else if (event.key === ' ' && !event.repeat && !fixed && !isNew(task)) onPickUp(task)
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
    <section
      ref={setNodeRef}
      className={css.column}
      data-over={isOver || isHeldOver || undefined}
      aria-labelledby={heading}
    >
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
      {isHeldOver && held.task.status !== status && (
        <div className={css.landing}>
          <CarriedCard task={held.task} />
        </div>
      )}
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
                <Card task={task} reachable={task.id === reachable} fixed={fixed} held={task.id === held?.task.id} />
              </li>
            )
          })}
        </ul>
      </div>
    </section>
  )
})
