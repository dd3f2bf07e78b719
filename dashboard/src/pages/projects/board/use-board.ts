import { useCallback, useEffect, useSyncExternalStore } from 'react'
import type { ApiEvent, Client } from '../../../../../src/client/index.ts'
import { useClient } from '../../../app/api.ts'
import { useEach } from '../../../app/live-context.tsx'
import { type Board, createBoard, type LoadState } from './board-loader.ts'
import type { Columns } from './task-store.ts'

/** Boards seen lately are kept, so that coming back to one shows it at once. */
const KEPT = 3
const boards = new WeakMap<Client, Map<string, Board>>()

export function boardOf(client: Client, project: string): Board {
  const known = boards.get(client) ?? new Map<string, Board>()
  boards.set(client, known)
  const board = known.get(project) ?? createBoard({ client, project })
  known.delete(project)
  known.set(project, board)
  const [oldest] = known.keys()
  if (known.size > KEPT && oldest !== undefined) known.delete(oldest)
  return board
}

/** A project's board, alive as long as the component that asks for it. */
export function useBoard(project: string): Board {
  const client = useClient()
  const board = boardOf(client, project)
  useEffect(() => board.hold(), [board])
  useEach(useCallback((event: ApiEvent) => board.hear(event), [board]))
  return board
}

export const useColumns = ({ store }: Board): Columns => useSyncExternalStore(store.subscribe, store.columns)
export const useLoadState = (board: Board): LoadState => useSyncExternalStore(board.subscribe, board.state)
/** One task as the board has it now. */
export const useTask = ({ store }: Board, id: string | undefined) =>
  useSyncExternalStore(store.subscribe, () => (id === undefined ? undefined : store.get(id)))
