import { nodeOf } from '../../src/base/did.ts'
import { applyTask } from '../../src/capabilities/tasks/rules.ts'
import type { TaskTables } from '../../src/capabilities/tasks/state.ts'
import type { Applied, Refusal } from '../../src/contract/state.ts'
import { mapDraft } from './draft.ts'

export const ALICE = 'did:agora:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'
export const BOB = 'did:agora:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp'

/** A UUIDv4 that says a number. */
export const taskId = (n: number): string => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`

const no = { past: () => undefined }
const whole = { title: 'Task', priority: 'medium', labels: [], depends_on: [] }

/** The tasks of a project, as entries that are permitted make them, one after the other. */
export function board() {
  const state = mapDraft<TaskTables>()
  let lamport = 0
  const apply = (entry: Applied): Refusal | undefined => applyTask(state, entry, no)
  const tries = (type: string, body: Record<string, unknown>, author = BOB): Refusal | undefined => {
    lamport++
    const facts = type === 'task.create' ? { ...whole, ...body } : body
    return apply({ id: `entry-${lamport}`, author, node: nodeOf(author), lamport, at: lamport, type, body: facts })
  }
  return {
    state,
    apply,
    /** Why it is refused. */
    tries,
    does(type: string, body: Record<string, unknown>, author = BOB): void {
      const refusal = tries(type, body, author)
      if (refusal) throw new Error(`${type}: ${refusal.code}: ${refusal.reason}`)
    },
  }
}
