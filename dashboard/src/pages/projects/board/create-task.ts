import { useCallback } from 'react'
import type { Task } from '../../../../../src/capabilities/tasks/schema.ts'
import type { Who } from '../../../../../src/contract/space.ts'
import { tellFailure, useClient } from '../../../app/api.ts'
import type { Board } from './board-loader.ts'

const NEW = 'new-'
let made = 0

/** Whether it was just asked for, and the daemon has not said yet that there is one. */
export const isNew = ({ id }: Pick<Task, 'id'>): boolean => id.startsWith(NEW)

/** Makes a task that is seen at once. Answers its id, or undefined when it was refused, which is told. */
export function useCreateTask(board: Board, project: string, me: Who) {
  const client = useClient()
  return useCallback(
    async (title: string): Promise<string | undefined> => {
      const now = new Date().toISOString()
      const draft: Task = {
        ...{ id: `${NEW}${++made}`, project_id: project, title, status: 'todo', priority: 'medium' },
        ...{ labels: [], depends_on: [], waits_for: [], ready: true, created_by: me, created_at: now, updated_at: now },
      }
      board.store.put([draft])
      try {
        const task = await client.call('tasks.create', { project_id: project, title })
        board.took([task])
        return task.id
      } catch (error) {
        tellFailure(error)
        return undefined
      } finally {
        board.store.remove([draft.id])
      }
    },
    [board, client, project, me],
  )
}
