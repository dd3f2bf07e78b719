import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { TaskPriority } from '../../../../../src/capabilities/tasks/schema.ts'
import { type BoardFilter, priorities } from './columns.ts'

/** What the address says of a board: which task is open, and how it is filtered; so that a link and the way back lead to the same. */
export interface BoardSearch {
  task?: string
  q?: string
  assignee?: string
  label?: string
  priority?: TaskPriority
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined

function readSearch(search: Record<string, unknown>): BoardSearch {
  const [task, q, assignee, label] = ['task', 'q', 'assignee', 'label'].map((field) => text(search[field]))
  const priority = priorities.find((each) => each === search['priority'])
  return {
    ...(task !== undefined && { task }),
    ...(q !== undefined && { q }),
    ...(assignee !== undefined && { assignee }),
    ...(label !== undefined && { label }),
    ...(priority !== undefined && { priority }),
  }
}

export function useBoardSearch() {
  const search = readSearch(useSearch({ strict: false }) as Record<string, unknown>)
  const navigate = useNavigate()
  const { q = '', assignee, label, priority, task } = search
  const filter: BoardFilter = { text: q, assignee, label, priority }
  /** undefined takes away. What filters replaces the address; a task that is opened can be come back from. */
  const change = useCallback(
    (some: { [Field in keyof BoardSearch]: BoardSearch[Field] | undefined }) => {
      const next = (before: Record<string, unknown>) =>
        Object.fromEntries(
          Object.entries({ ...before, ...some }).filter(([, value]) => value !== undefined && value !== ''),
        )
      void navigate({ to: '.', search: next, replace: !('task' in some), resetScroll: false } as never)
    },
    [navigate],
  )
  return { filter, task, change }
}
