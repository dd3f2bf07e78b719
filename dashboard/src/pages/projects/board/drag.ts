import {
  type Announcements,
  type CollisionDetection,
  KeyboardCode,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import { quotedShort } from '../../../../../src/base/text.ts'
import type { Task, TaskStatus } from '../../../../../src/capabilities/tasks/schema.ts'
import { statuses, statusText } from './columns.ts'

/** How tasks are moved: by mouse, by a long press, and by keyboard from column to column. */

/** From the middle of the column where it is now to that of the next. */
const besides: KeyboardCoordinateGetter = (event, { currentCoordinates, context }) => {
  const step = event.code === KeyboardCode.Right ? 1 : event.code === KeyboardCode.Left ? -1 : 0
  const here = context.over?.id ?? taskIn(context.active?.data.current)?.status
  const next = statuses[statuses.indexOf(here as TaskStatus) + step]
  const rect = next && context.droppableRects.get(next)
  // Up and down mean nothing here, and must not scroll the page either.
  return step === 0 || !rect ? currentCoordinates : { x: rect.left + 4, y: currentCoordinates.y }
}

const mouse = { activationConstraint: { distance: 6 } }
const touch = { activationConstraint: { delay: 220, tolerance: 8 } }
const keyboard = {
  coordinateGetter: besides,
  keyboardCodes: {
    start: [KeyboardCode.Space],
    cancel: [KeyboardCode.Esc],
    end: [KeyboardCode.Space, KeyboardCode.Enter],
  },
}

export const useBoardSensors = () =>
  useSensors(useSensor(MouseSensor, mouse), useSensor(TouchSensor, touch), useSensor(KeyboardSensor, keyboard))

/** The column under the pointer; by keyboard the one nearest to the card. */
export const columnUnder: CollisionDetection = ({
  collisionRect,
  droppableRects,
  droppableContainers,
  pointerCoordinates,
}) => {
  const x = pointerCoordinates?.x ?? collisionRect.left + collisionRect.width / 2
  const found = droppableContainers.flatMap(({ id }) => {
    const rect = droppableRects.get(id)
    if (!rect) return []
    const away = Math.max(rect.left - x, x - rect.right, 0)
    return pointerCoordinates && away > 0 ? [] : [{ id, data: { value: away } }]
  })
  return found.sort((a, b) => a.data.value - b.data.value)
}

export const taskIn = (data: unknown): Task | undefined => (data as { task?: Task } | undefined)?.task

const called = (data: unknown): string => {
  const task = taskIn(data)
  return task ? quotedShort(task.title) : 'the task'
}
const columnOf = (id: unknown): string => statusText[id as TaskStatus] ?? ''

let justPickedUp = false

/** What a screen reader says while a task is on the move. What came of it is told by the board. */
export const announcements: Announcements = {
  onDragStart({ active: { data } }) {
    justPickedUp = true
    return `Picked up ${called(data.current)} from ${columnOf(taskIn(data.current)?.status)}. Arrow keys left and right choose a column, space drops it, escape puts it back.`
  },
  onDragOver({ active: { data }, over }) {
    // That it is where it was would be said in place of how to move it.
    const isFirst = justPickedUp
    justPickedUp = false
    if (isFirst && over?.id === taskIn(data.current)?.status) return undefined
    return over ? `${called(data.current)} is over ${columnOf(over.id)}.` : `${called(data.current)} is over no column.`
  },
  onDragEnd: ({ active: { data }, over }) =>
    over && over.id !== taskIn(data.current)?.status
      ? `${called(data.current)} is dropped on ${columnOf(over.id)}.`
      : `${called(data.current)} stays where it was.`,
  onDragCancel: ({ active: { data } }) => `${called(data.current)} is put back.`,
}

export const instructions = {
  draggable: 'Enter opens the task. Space picks it up to move it to another column. Arrow keys go from task to task.',
}
