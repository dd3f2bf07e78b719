import { nodeOf } from '../../base/did.ts'
import type { Applied, Refusal } from '../../contract/state.ts'
import type { TaskFacts } from './facts.ts'
import {
  type ClaimState,
  compareTokens,
  isGivenTo,
  type LeftBecause,
  missing,
  refuse,
  speaksFor,
  type TaskDraft,
  type TaskState,
  waitsFor,
} from './state.ts'

/** Why the author may not move a task that somebody holds. */
export function heldBack(
  state: TaskDraft,
  { author }: Applied,
  id: string,
  override: boolean | undefined,
): Refusal | undefined {
  const held = state.get('task_claims', id)
  if (!held || override === true || speaksFor(author, held.holder)) return undefined
  return refuse('claimed', `This task is claimed by ${held.holder}.`)
}

/** Why a task cannot be given to `holder` under `token`; undefined when it can. */
export function claimRefusal(
  state: TaskDraft,
  id: string,
  { holder, token }: Pick<ClaimState, 'holder' | 'token'>,
): Refusal | undefined {
  const task = state.get('tasks', id)
  if (!task) return missing(state, id)
  const held = state.get('task_claims', id)
  if (held && held.holder === holder && compareTokens(held.token, token) === 0) return undefined
  // A later keeper's word stands over what an earlier one granted without knowing of it.
  if (held && held.holder !== holder && held.token[0] >= token[0])
    return refuse('claimed', `This task is claimed by ${held.holder}.`)
  if (task.token && compareTokens(token, task.token) <= 0)
    return refuse('stale_token', 'token: a later claim was granted.', { field: 'token' })
  if (task.status === 'done') return refuse('not_ready', 'This task is done.')
  if (task.status === 'blocked') return refuse('not_ready', 'This task is blocked.')
  const [waits] = task.status === 'todo' ? waitsFor(state, task) : []
  if (waits !== undefined) return refuse('not_ready', `This task waits for ${waits}.`)
  if (task.assignee !== null && !isGivenTo(task.assignee, holder))
    return refuse('not_permitted', `This task is given to ${task.assignee}.`)
  return undefined
}

export function claim(
  state: TaskDraft,
  entry: Applied,
  task: TaskState,
  { task: id, holder, token, until, ask }: TaskFacts<'task.claim'>,
): Refusal | undefined {
  const refusal = claimRefusal(state, id, { holder, token })
  if (refusal) return refusal
  const held = state.get('task_claims', id)
  const isSame = held?.holder === holder
  if (held && !isSame) leave(state, entry, id, held, 'superseded')
  const { since, lamport } = isSame ? held : { since: entry.at, lamport: entry.lamport }
  state.set('task_claims', id, { holder, token, until, since, lamport, ask: ask ?? null })
  state.set('tasks', id, { ...task, token, status: 'in_progress', changed_at: entry.at })
  return undefined
}

export function release(
  state: TaskDraft,
  entry: Applied,
  task: TaskState,
  { task: id, because, token }: TaskFacts<'task.release'>,
): Refusal | undefined {
  const held = state.get('task_claims', id)
  if (!held) return refuse('not_ready', 'This task is not claimed.')
  if (token && compareTokens(held.token, token) !== 0)
    return refuse('stale_token', 'token: the claim is not that one any more.', { field: 'token' })
  if (because === 'released' && !speaksFor(entry.author, held.holder))
    return refuse('claimed', `This task is claimed by ${held.holder}.`)
  endClaim(state, entry, id, task, because)
  return undefined
}

function endClaim(state: TaskDraft, entry: Applied, id: string, task: TaskState, because: LeftBecause): void {
  dropClaim(state, entry, id, because)
  const status = task.status === 'in_progress' ? 'todo' : task.status
  state.set('tasks', id, { ...task, status, changed_at: entry.at })
}

/** Ends the claim of a task; `because` for whoever takes it up, undefined when nobody has to. */
export function dropClaim(state: TaskDraft, entry: Applied, id: string, because: LeftBecause | undefined): void {
  const held = state.get('task_claims', id)
  state.delete('task_claims', id)
  if (because === undefined) state.delete('task_left', id)
  else if (held) leave(state, entry, id, held, because)
}

const leave = (
  state: TaskDraft,
  { at, author: by }: Applied,
  id: string,
  { holder, since, lamport }: ClaimState,
  because: LeftBecause,
): void => state.set('task_left', id, { holder, since, lamport, at, because, by })

const goings: ReadonlyMap<string, LeftBecause> = new Map([
  ['project.suspend', 'suspended'],
  ['project.remove', 'removed'],
  ['project.leave', 'left'],
])

/** Ends the claims of whoever is suspended, removed or has left: a node's and all its agents', or an agent's. */
export function releaseGone(state: TaskDraft, entry: Applied): undefined {
  const { type, body, node } = entry
  const named = type === 'project.leave' ? (body['agent'] ?? node) : body['who']
  const because = goings.get(type)
  if (!because || typeof named !== 'string') return undefined
  for (const [id, { holder }] of [...state.entries('task_claims')]) {
    const task = state.get('tasks', id)
    if (task && (holder === named || nodeOf(holder) === named)) endClaim(state, entry, id, task, because)
  }
  return undefined
}
