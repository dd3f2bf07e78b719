import { useDraggable } from '@dnd-kit/core'
import { IconArrowRight, IconCheck, IconHourglass, IconUser } from '@tabler/icons-react'
import { memo, type ReactNode, useCallback, useSyncExternalStore } from 'react'
import { displayLine } from '../../../../../src/base/text.ts'
import type { Task } from '../../../../../src/capabilities/tasks/schema.ts'
import { useBoardActions } from './actions-context.ts'
import css from './board.module.css'
import { priorityText } from './columns.ts'
import { isNew } from './create-task.ts'
import { Lease } from './lease.tsx'

const LABELS_SHOWN = 3

/** Of a task: how urgent it is, and its labels. Plain elements: while thousands are scrolled past, many are made anew in every frame. */
const Tags = memo(function Tags({ task: { labels, priority } }: { task: Task }) {
  return (
    <span className={css.tags}>
      {priority !== 'medium' && (
        <span className={css.tag} data-priority={priority}>
          {priorityText[priority]}
        </span>
      )}
      {labels.slice(0, LABELS_SHOWN).map((label) => (
        <bdi key={label} className={css.tag}>
          {displayLine(label)}
        </bdi>
      ))}
      {labels.length > LABELS_SHOWN && <span>+{labels.length - LABELS_SHOWN}</span>}
    </span>
  )
})

/** Who has it: by a claim, or because it was given to somebody. */
function Holder({ task: { claim, assignee } }: { task: Task }) {
  if (claim) return <Lease claim={claim} />
  if (!assignee) return null
  return (
    <span className={css.lease}>
      <IconUser size={13} aria-hidden />
      <span className="agora-visually-hidden">given to</span>
      <bdi className={css.cut}>{displayLine(assignee.name)}</bdi>
    </span>
  )
}

interface LinkProps {
  ids: readonly string[]
  of: string
  icon: ReactNode
  text: string
  reachable: boolean
  warn?: boolean
}

/** What it waits for or unblocks, and the way there. */
function Link({ ids, of, icon, text, reachable, warn }: LinkProps) {
  const { store, jump } = useBoardActions()
  const [first] = ids
  const title = first === undefined ? undefined : store.get(first)?.title
  const one = ids.length === 1 && title !== undefined
  return (
    <button
      type="button"
      className={css.link}
      data-warn={warn || undefined}
      tabIndex={reachable ? 0 : -1}
      onClick={() => jump(ids, of)}
    >
      {icon}
      <span className={css.cut}>
        {text} {one ? <bdi>{displayLine(title)}</bdi> : ids.length}
      </span>
    </button>
  )
}

function Links({ task: { id, status, waits_for }, reachable }: { task: Task; reachable: boolean }) {
  const { store } = useBoardActions()
  // Other tasks' dependencies on this one change nothing about it, so that its card asks for them by itself.
  const waiting = useSyncExternalStore(
    store.subscribe,
    useCallback(() => store.openWaiters(id), [store, id]),
  )
  if (status === 'done') return null
  return (
    <>
      {waits_for.length > 0 && (
        <Link
          ids={waits_for}
          of={id}
          icon={<IconHourglass size={13} aria-hidden />}
          text="waits for"
          reachable={reachable}
          warn
        />
      )}
      {waiting > 0 && (
        <Link
          ids={store.waiters(id).filter((other) => store.get(other)?.waits_for.includes(id))}
          of={id}
          icon={<IconArrowRight size={13} aria-hidden />}
          text="unblocks"
          reachable={reachable}
        />
      )}
    </>
  )
}

/** What is carried while a task is on the move. */
export const CarriedCard = ({ task }: { task: Task }) => (
  <div className={`${css.card} ${css.carried}`} inert>
    <span className={css.title}>
      <bdi>{displayLine(task.title)}</bdi>
    </span>
    <Tags task={task} />
    <span className={css.facts}>
      <Holder task={task} />
    </span>
  </div>
)

/** What does not change while something is on the move, though every card hears of that. */
const Inside = memo(function Inside({ task, reachable }: { task: Task; reachable: boolean }) {
  return (
    <>
      <Tags task={task} />
      <span className={css.facts}>
        <Holder task={task} />
        <Links task={task} reachable={reachable} />
        {task.status === 'done' && task.accepted && (
          <span className={css.lease}>
            <IconCheck size={13} aria-hidden />
            accepted
          </span>
        )}
      </span>
    </>
  )
})

interface CardProps {
  task: Task
  /** Whether this is the card of its column that the Tab key comes to. */
  reachable: boolean
  fixed: boolean
  /** Whether it is on the move by keyboard. */
  held: boolean
}

export const Card = memo(function Card({ task, reachable, fixed, held }: CardProps) {
  const { open } = useBoardActions()
  const fresh = isNew(task)
  const { setNodeRef, setActivatorNodeRef, listeners, attributes, isDragging } = useDraggable({
    id: task.id,
    data: { task },
    disabled: fixed || fresh,
  })
  return (
    <div
      ref={setNodeRef}
      className={css.card}
      data-dragging={isDragging || undefined}
      data-held={held || undefined}
      data-new={fresh || undefined}
      {...listeners}
    >
      <button
        ref={setActivatorNodeRef}
        type="button"
        className={css.title}
        data-task={task.id}
        tabIndex={reachable ? 0 : -1}
        aria-describedby={fixed ? undefined : attributes['aria-describedby']}
        onClick={() => !fresh && open(task.id)}
      >
        <bdi>{displayLine(task.title)}</bdi>
      </button>
      <Inside task={task} reachable={reachable} />
    </div>
  )
})
