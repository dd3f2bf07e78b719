import type { ErrorCode } from '../base/errors.ts'
import type { Operation } from '../contract/operation.ts'
import { isSpacePermission, type Permission, type SpacePermission } from '../contract/permissions.ts'
import { roleAllows, type Standing } from './roles.ts'
import { type TrustLevel, trustTable } from './trust.ts'
import { refusalWords } from './words.ts'

/** Who asks, as the channel proved it: a token for local callers, the connection's key for peers, a signature for what stands in a log. */
export type Actor =
  | { kind: 'nobody' }
  /** `session`: by the token of a page that is signed in, which has the operator's rights. */
  | { kind: 'operator'; did: string; session?: string }
  | { kind: 'agent'; did: string; name: string }
  | { kind: 'peer'; did: string; trust: TrustLevel }
  | { kind: 'author'; did: string }

/** In whose name a caller writes; of nobody there is none, and nobody gets so far. */
export const didOf = (actor: Actor): string => ('did' in actor ? actor.did : '')

export type Action = Pick<Operation, 'name' | 'who' | 'approvable'> | Permission | SpacePermission

export type Verdict = { allow: true } | { allow: false; code: ErrorCode; reason: string }

const allow: Verdict = { allow: true }
const deny = (code: ErrorCode, reason: string): Verdict => ({ allow: false, code, reason })

/** The one function that decides: for local callers, for what comes from peers, and, with the `standing` of a project, for whoever acts within it. */
export function may(actor: Actor, action: Action, standing?: Standing): Verdict {
  if (typeof action === 'string') {
    if (isSpacePermission(action)) return mayWithin(actor, action, standing)
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

function mayWithin(actor: Actor, action: SpacePermission, standing: Standing | undefined): Verdict {
  if (actor.kind === 'nobody') return deny('unauthenticated', 'This call needs a token.')
  // What is on its own disk its operator may see, also of a project that it has left.
  if (actor.kind === 'operator' && action === 'project.read') return allow
  const member = standing?.roleOf(actor.did)
  if (!standing || !member) return deny('not_member', 'Who is no member of this project can do nothing in it.')
  if (member.suspended)
    return deny('suspended', 'Suspended in this project: nothing can be done in it until that is lifted.')
  if (standing.archived && action !== 'project.read' && !(action === 'project.archive' && member.role === 'owner'))
    return deny('project_archived', 'This project is archived; its owner can take it up again.')
  const { stage, profile } = standing
  // An agent has no more than its node has.
  const narrower = [member.role, member.node].find((role) => !roleAllows(role, action, stage, profile))
  if (narrower === undefined) return allow
  return deny('not_permitted', refusalWords(action, narrower, standing, narrower !== member.role))
}
