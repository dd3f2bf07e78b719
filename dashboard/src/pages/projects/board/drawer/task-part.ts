import type { Output } from '../../../../../../src/operations.ts'
import type { TaskActs } from '../acts.tsx'
import type { Board } from '../board-loader.ts'

/** What each part of the drawer is given. */
export interface TaskPartProps {
  task: Output<'tasks.show'>
  board: Board
  project: Output<'projects.show'>
  acts: TaskActs
  /** Nothing can be changed: archived, suspended, or the task is deleted. */
  fixed: boolean
  /** To another task; undefined closes. */
  onGo: (task: string | undefined) => void
}
