import type { Refusal } from '../../contract/state.ts'
import { CIRCLE_STEPS_MAX, type TaskDraft, WAITERS_MAX } from './state.ts'

const refuseThem = (code: string, reason: string, subject?: string): Refusal => ({
  code,
  reason: `depends_on: ${reason}`,
  field: 'depends_on',
  ...(subject === undefined ? {} : { subject }),
})

/** What a task is to depend on: those named that are still there, for who waits for what was deleted waits for nothing; or why it cannot. */
export function checkDependencies(
  state: TaskDraft,
  id: string,
  wanted: readonly string[],
): { ids: string[] } | { refusal: Refusal } {
  const before = state.get('tasks', id)?.depends_on ?? []
  const ids: string[] = []
  for (const other of new Set(wanted)) {
    if (other === id) return { refusal: refuseThem('circular', 'a task cannot wait for itself.') }
    if (state.has('deleted_tasks', other)) continue
    if (!state.has('tasks', other)) return { refusal: refuseThem('not_found', `there is no task ${other}.`, other) }
    if (!before.includes(other) && (state.get('task_waiters', other)?.length ?? 0) >= WAITERS_MAX)
      return { refusal: refuseThem('limit_reached', `${WAITERS_MAX} tasks wait for ${other}, and no more can.`) }
    ids.push(other)
  }
  const refusal = findCircle(state, id, ids)
  return refusal ? { refusal } : { ids }
}

function findCircle(state: TaskDraft, id: string, from: readonly string[]): Refusal | undefined {
  // What nothing depends on is in no circle.
  if (!state.has('task_waiters', id)) return undefined
  const seen = new Set(from)
  const left = [...from]
  let steps = 0
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const other of state.get('tasks', next)?.depends_on ?? []) {
      if (other === id)
        return refuseThem('circular', `${next} waits for this task already; they would wait for each other.`)
      if (++steps > CIRCLE_STEPS_MAX)
        return refuseThem('limit_reached', `more than ${CIRCLE_STEPS_MAX} dependencies hang on these.`)
      if (seen.has(other)) continue
      seen.add(other)
      left.push(other)
    }
  }
  return undefined
}

/** Notes with those it depends on that it waits for them, and no more with those it did. */
export function tellDependencies(
  state: TaskDraft,
  id: string,
  before: readonly string[],
  after: readonly string[],
): void {
  for (const other of before) {
    if (after.includes(other)) continue
    const left = (state.get('task_waiters', other) ?? []).filter((waiter) => waiter !== id)
    if (left.length > 0) state.set('task_waiters', other, left)
    else state.delete('task_waiters', other)
  }
  for (const other of after) {
    if (!before.includes(other)) state.set('task_waiters', other, [...(state.get('task_waiters', other) ?? []), id])
  }
}
