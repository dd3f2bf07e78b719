import { AgoraError } from '../../base/errors.ts'
import { placeCursors } from '../../core/place-cursors.ts'
import type { Replica } from '../../log/replica.ts'
import { tasksOf } from './exclusive.ts'

const CANDIDATES_MAX = 10

/** The whole id of what begins so in a table, which has no other such. */
function within(ids: Iterable<string>, text: string): string[] {
  const found: string[] = []
  for (const id of ids) {
    if (id === text) return [id]
    if (id.startsWith(text) && found.length < CANDIDATES_MAX) found.push(id)
  }
  return found
}

function* keys<Value>(entries: Iterable<[string, Value]>): Iterable<string> {
  for (const [key] of entries) yield key
}

/**
 * The id of the task that is meant by it or its beginning. `deleted`: also of those that are not there any more.
 * @throws AgoraError `not_found`, `ambiguous_name`
 */
export function findTask(replica: Replica, text: string, field: string, deleted?: 'deleted'): string {
  const state = tasksOf(replica)
  const wanted = text.toLowerCase()
  if (state.has('tasks', wanted)) return wanted
  const found = within(keys(state.entries('tasks')), wanted)
  const [first] = found
  if (found.length > 1) {
    throw new AgoraError('ambiguous_name', `${field}: several tasks begin with ${text}.`, {
      field,
      candidates: found.map((id) => `${id} (${state.get('tasks', id)?.title})`),
    })
  }
  if (first !== undefined) return first
  const gone = within(keys(state.entries('deleted_tasks')), wanted)
  if (deleted && gone.length === 1 && gone[0] !== undefined) return gone[0]
  const why = gone.length > 0 ? 'was deleted' : 'is not a task of this project'
  throw new AgoraError('not_found', `${field}: ${text} ${why}.`, { field })
}

/** Where a page of tasks ended, so that the next begins behind it. */
export const taskCursors = placeCursors('t', /[0-9a-f-]{36}/)
