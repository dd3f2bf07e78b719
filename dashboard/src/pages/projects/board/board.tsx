import { DndContext, type DragEndEvent, DragOverlay, type DragStartEvent } from '@dnd-kit/core'
import { Stack } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { quotedShort } from '../../../../../src/base/text.ts'
import type { Task, TaskStatus } from '../../../../../src/capabilities/tasks/schema.ts'
import type { Output } from '../../../../../src/operations.ts'
import { useRead } from '../../../app/api.ts'
import { useLink } from '../../../app/live-context.tsx'
import { whenThere } from '../../../app/proof.ts'
import { Answer, Failed } from '../../../parts/states.tsx'
import { BoardActionsContext } from './actions-context.ts'
import { useTaskActs } from './acts.tsx'
import css from './board.module.css'
import { BoardLoading } from './board-loading.tsx'
import { CarriedCard } from './card.tsx'
import { type Aim, Column } from './column.tsx'
import { isFiltering, matching, statuses, statusText } from './columns.ts'
import { useCreateTask } from './create-task.ts'
import { announcements, columnUnder, instructions, taskIn, useBoardSensors } from './drag.ts'
import { useKeyboardMove } from './keyboard-move.ts'
import { QuickAdd } from './quick-add.tsx'
import { useBoardSearch } from './search.ts'
import { Toolbar } from './toolbar.tsx'
import { useBoard, useColumns, useLoadState } from './use-board.ts'

const TaskDrawer = lazy(
  whenThere(() => import('./drawer/task-drawer.tsx').then((module) => ({ default: module.TaskDrawer }))),
)

/** A project's tasks, by what becomes of them. */
export function Board() {
  const { projectId } = useParams({ strict: false }) as { projectId: string }
  const project = useRead('projects.show', { project_id: projectId })
  const status = useRead('node.status', {})
  return (
    <Answer of={project} loading={<BoardLoading />}>
      {(shown) => (
        <Answer of={status} loading={<BoardLoading />}>
          {/* By its whole id, which events name. */}
          {(me) => <Kanban key={shown.id} project={shown} me={me} />}
        </Answer>
      )}
    </Answer>
  )
}

interface KanbanProps {
  project: Output<'projects.show'>
  me: { did: string; name: string }
}

/** A column has room to scroll sideways only on narrow screens; columns themselves have nothing to scroll to. */
const autoScroll = { canScroll: (element: Element) => element.classList.contains(css.board as string) }

function Kanban({ project, me: { did, name } }: KanbanProps) {
  const { id } = project
  // What else the daemon's status says changes all the time.
  const me = useMemo(() => ({ did, name }), [did, name])
  const board = useBoard(id)
  const { store } = board
  const columns = useColumns(board)
  const load = useLoadState(board)
  const link = useLink()
  const { filter, task: opened, change } = useBoardSearch()
  const acts = useTaskActs(board, id, me.did)
  const create = useCreateTask(board, id, me)
  const sensors = useBoardSensors()
  const [carried, setCarried] = useState<Task>()
  const [aim, setAim] = useState<Aim>()
  const [said, setSaid] = useState('')
  const turn = useRef(0)
  const fixed = project.archived || project.status !== 'member' || project.suspended

  const adding = useMemo(() => (fixed ? undefined : <QuickAdd onAdd={create} />), [fixed, create])

  // Typing stays quick while thousands are looked through.
  const { text, assignee, label, priority } = filter
  const wanted = useDeferredValue(
    useMemo(() => ({ text, assignee, label, priority }), [text, assignee, label, priority]),
  )
  const { todo, in_progress, blocked, done } = columns
  const shown: Record<TaskStatus, readonly Task[]> = {
    todo: useMemo(() => matching(todo, wanted), [todo, wanted]),
    in_progress: useMemo(() => matching(in_progress, wanted), [in_progress, wanted]),
    blocked: useMemo(() => matching(blocked, wanted), [blocked, wanted]),
    done: useMemo(() => matching(done, wanted), [done, wanted]),
  }
  const shownNow = useRef(shown)
  shownNow.current = shown

  useEffect(() => {
    if (link.state === 'live' && load.state === 'failed') board.retry()
  }, [link.state, load.state, board])

  const goTo = useCallback(
    (status: TaskStatus, at: string | number) => setAim({ status, at, turn: ++turn.current }),
    [],
  )
  const actions = useMemo(
    () => ({
      store,
      open: (task: string) => change({ task }),
      jump(ids: readonly string[], of: string) {
        const [first] = ids
        const task = first === undefined || ids.length > 1 ? undefined : store.get(first)
        if (task && shownNow.current[task.status].includes(task)) goTo(task.status, task.id)
        else change({ task: ids.length > 1 ? of : (first ?? of) })
      },
    }),
    [store, change, goTo],
  )
  const aside = useCallback(
    (step: 1 | -1, index: number, from: TaskStatus) => {
      for (let at = statuses.indexOf(from) + step; ; at += step) {
        const next = statuses[at]
        if (next === undefined) return
        if (shownNow.current[next].length > 0) return goTo(next, index)
      }
    },
    [goTo],
  )

  /** Answers where it is then. */
  async function move(task: Task, to: TaskStatus): Promise<TaskStatus> {
    const at = await acts.move(task, to)
    setSaid(at === task.status ? '' : `${quotedShort(task.title)} is in ${statusText[at]} now.`)
    return at
  }
  function dropByPointer({ active, over }: DragEndEvent): void {
    setCarried(undefined)
    const task = store.get(String(active.id)) ?? taskIn(active.data.current)
    const to = over?.id as TaskStatus | undefined
    if (task && to && to !== task.status) void move(task, to)
  }
  async function dropByKey(picked: Task, to: TaskStatus): Promise<void> {
    const task = store.get(picked.id) ?? picked
    // Where it is seen at once; when something is asked first, it has not gone there, and nothing is aimed at.
    const moving = to === task.status ? to : move(task, to)
    goTo(to, task.id)
    const at = await moving
    if (at !== to) goTo(at, task.id)
  }
  const { held, pickUp } = useKeyboardMove({
    say: setSaid,
    drop: (task, to) => void dropByKey(task, to),
    putBack: (task) => goTo(store.get(task.id)?.status ?? task.status, task.id),
  })

  const size = store.size()
  const { tasks } = project
  const total = Math.max(size, tasks.todo + tasks.in_progress + tasks.blocked + tasks.done)
  return (
    <BoardActionsContext value={actions}>
      <Stack gap="sm">
        <Toolbar
          store={store}
          filter={filter}
          onChange={change}
          loading={load.state === 'loading' && total > 500 ? { here: size, of: total } : undefined}
        />
        {load.state === 'failed' && <Failed error={load.error} onRetry={board.retry} />}
        <DndContext
          sensors={sensors}
          collisionDetection={columnUnder}
          autoScroll={autoScroll}
          accessibility={{ announcements, screenReaderInstructions: instructions, restoreFocus: false }}
          onDragStart={({ active }: DragStartEvent) => setCarried(taskIn(active.data.current))}
          onDragCancel={() => setCarried(undefined)}
          onDragEnd={dropByPointer}
        >
          <div className={css.board} data-ready={load.state === 'ready' || undefined}>
            {statuses.map((status) => (
              <Column
                key={status}
                status={status}
                tasks={shown[status]}
                total={columns[status].length}
                fixed={fixed}
                aim={aim}
                held={held}
                onPickUp={pickUp}
                onAside={aside}
                top={status === 'todo' ? adding : undefined}
                empty={emptyText(status, load.state === 'loading', isFiltering(filter))}
              />
            ))}
          </div>
          <DragOverlay dropAnimation={null}>{carried && <CarriedCard task={carried} />}</DragOverlay>
        </DndContext>
        <span role="status" className="agora-visually-hidden">
          {said}
        </span>
        {opened !== undefined && (
          <Suspense>
            <TaskDrawer
              key={opened}
              board={board}
              project={project}
              me={me.did}
              acts={acts}
              taskId={opened}
              fixed={fixed}
              onGo={(task) => change({ task })}
            />
          </Suspense>
        )}
      </Stack>
    </BoardActionsContext>
  )
}

function emptyText(status: TaskStatus, loading: boolean, filtering: boolean): string {
  if (loading) return 'Loading…'
  if (filtering) return 'Nothing here fits the filter.'
  if (status === 'todo') return 'Nothing to do. Add the first task above.'
  if (status === 'in_progress') return 'Nobody is at work. Drag a task here, or let an agent claim one.'
  if (status === 'blocked') return 'Nothing is blocked.'
  return 'Nothing is done yet.'
}
