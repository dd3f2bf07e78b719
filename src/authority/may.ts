import type { ErrorCode } from '../base/errors.ts'
import type { Operation } from '../contract/operation.ts'
import type { Permission } from '../contract/permissions.ts'
import { type TrustLevel, trustTable } from './trust.ts'

/** Who asks, as the channel proved it: a token for local callers, the connection's key for peers. */
export type Actor =
  | { kind: 'nobody' }
  | { kind: 'operator'; did: string }
  | { kind: 'agent'; did: string; name: string }
  | { kind: 'peer'; did: string; trust: TrustLevel }

export type Action = Pick<Operation, 'name' | 'who' | 'approvable'> | Permission

export type Verdict = { allow: true } | { allow: false; code: ErrorCode; reason: string }

const allow: Verdict = { allow: true }
const deny = (code: ErrorCode, reason: string): Verdict => ({ allow: false, code, reason })

/** The one function that decides, for local callers and for what comes from peers alike. */
export function may(actor: Actor, action: Action): Verdict {
  if (typeof action === 'string') {
    if (actor.kind !== 'peer') return deny('not_permitted', 'Only a peer acts by its trust.')
    const needed = trustTable[action]
    return actor.trust >= needed
      ? allow
      : deny('not_permitted', `${action} needs trust ${needed}; this peer has ${actor.trust}.`)
  }
  if (action.who === 'anyone') return allow
  if (actor.kind === 'operator') return allow
  if (actor.kind === 'agent') {
    if (action.who === 'agent') return allow
    return action.approvable
      ? deny('needs_approval', `${action.name} is for the operator to decide.`)
      : deny('operator_only', `${action.name} is for the operator of this node; agents cannot call it.`)
  }
  return deny('unauthenticated', 'This call needs a token.')
}
