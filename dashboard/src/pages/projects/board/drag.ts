import {
  type Announcements,
  type CollisionDetection,
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import type { Task } from '../../../../../src/capabilities/tasks/schema.ts'

/** How tasks are moved by mouse and by a long press; by keyboard see keyboard-move.ts. */

const mouse = { activationConstraint: { distance: 6 } }
const touch = { activationConstraint: { delay: 220, tolerance: 8 } }

export const useBoardSensors = () => useSensors(useSensor(MouseSensor, mouse), useSensor(TouchSensor, touch))

/** The column under the pointer. */
export const columnUnder: CollisionDetection = ({ droppableRects, droppableContainers, pointerCoordinates }) => {
  if (!pointerCoordinates) return []
  const { x } = pointerCoordinates
  return droppableContainers.flatMap(({ id }) => {
    const rect = droppableRects.get(id)
    return rect && rect.left <= x && x <= rect.right ? [{ id }] : []
  })
}

export const taskIn = (data: unknown): Task | undefined => (data as { task?: Task } | undefined)?.task

const nothing = (): undefined => undefined
/** Who sees where the pointer is needs no words. What came of it is told by the board. */
export const announcements: Announcements = {
  onDragStart: nothing,
  onDragOver: nothing,
  onDragEnd: nothing,
  onDragCancel: nothing,
}

export const instructions = {
  draggable: 'Enter opens the task. Space picks it up to move it to another column. Arrow keys go from task to task.',
}
