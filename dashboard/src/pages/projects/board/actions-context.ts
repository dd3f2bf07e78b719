import { createContext, useContext } from 'react'
import type { TaskStore } from './task-store.ts'

export interface BoardActions {
  store: TaskStore
  open(id: string): void
  /** To the card of one task; of several, or of one that is not on the board as it is filtered, to `of` in full. */
  jump(ids: readonly string[], of: string): void
}
export const BoardActionsContext = createContext<BoardActions | undefined>(undefined)

/** What cards do; the same functions as long as the board is there, so that no card is drawn anew for them. */
export function useBoardActions(): BoardActions {
  const actions = useContext(BoardActionsContext)
  if (!actions) throw new TypeError('there is no board above this component')
  return actions
}
