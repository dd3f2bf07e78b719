import { may } from '../authority/may.ts'
import { type Standing, stages } from '../authority/roles.ts'
import { nodeOf } from '../base/did.ts'
import type { SpacePermission } from '../contract/permissions.ts'
import type { Verdict } from '../contract/verdict.ts'
import { answered, takenBack } from './invitations.ts'
import { type Act, applyAct, copyStanding, type ProjectStanding } from './standing.ts'

export type Objection = Exclude<Verdict, { state: 'counts' } | { state: 'held' }>

const denied = (code: string, reason: string): Objection => ({ state: 'denied', code, reason })
const refused = (code: string, reason: string): Objection => ({ state: 'refused', code, reason })

/** What a role must allow for an act, by how everybody stood before it; what needs none is decided by whom it is about. */
export function needsOf({ entry, read }: Pick<Act, 'entry' | 'read'>, standing: ProjectStanding): SpacePermission[] {
  const { type, facts } = read
  switch (type) {
    case 'project.update': {
      const isSetting = facts.profile !== undefined || facts.limits !== undefined || facts.keeper !== undefined
      return isSetting ? ['project.settings'] : ['project.update']
    }
    case 'project.invite':
      return ['project.invite']
    case 'project.withdraw': {
      const by = takenBack(standing.invitations, facts.invitation, entry)?.by
      // Whoever invited takes it back, also with a role that invites no more.
      return by !== undefined && nodeOf(by) === entry.node ? [] : ['project.invite']
    }
    case 'project.role':
      return ['project.role']
    case 'project.stage':
      return ['project.stage']
    case 'project.suspend':
    case 'project.unsuspend':
      return ['project.suspend']
    case 'project.remove':
      return ['project.remove']
    case 'project.reinstate':
      return ['project.reinstate']
    case 'project.archive':
      return ['project.archive']
    default:
      return []
  }
}

/** What a member must be allowed for; by the one gate. */
export function objectionTo(
  author: string,
  needed: readonly SpacePermission[],
  standing: Standing,
): Objection | undefined {
  for (const permission of needed) {
    const verdict = may({ kind: 'author', did: author }, permission, standing)
    if (!verdict.allow) return denied(verdict.code, verdict.reason)
  }
  return undefined
}

/** What keeps somebody from what any role may do: being no member, being suspended, an archived project. */
function exclusion(author: string, standing: Standing): Objection | undefined {
  const objection = objectionTo(author, ['project.invite'], standing)
  return objection?.code === 'not_permitted' ? undefined : objection
}

/** Leaders as the owner's acts make them; see `leaderOf`. */
const leading = (standing: ProjectStanding): Standing => ({
  stage: standing.stage,
  profile: standing.profile,
  archived: standing.archived,
  roleOf: standing.leaderOf,
})

/**
 * Why an act has no right to count, by how everybody stood in its own past. Hand-overs are decided by `settleTransfers`.
 * @param isPast whether an entry is known and in the act's past.
 */
export function permit(act: Act, standing: ProjectStanding, isPast: (id: string) => boolean): Objection | undefined {
  const { entry, read, rank } = act
  const { author, node } = entry
  const { type, facts } = read
  const by = rank === 'member' ? standing : leading(standing)
  const objection = objectionTo(author, needsOf(act, standing), by)
  if (objection) return objection

  /** Of whoever is no leader's to touch. */
  const above = (who: string): Objection | undefined => {
    const other = standing.rankOf(who)
    if (other === 'owner') return denied('owner_only', 'Nobody can do this to the owner of the project.')
    if (other === 'overseer' && rank !== 'owner')
      return denied('owner_only', 'Only the owner can do this to an overseer.')
    return undefined
  }

  switch (type) {
    case 'project.invite':
      if (standing.invitations.has(facts.id)) return refused('already_exists', 'There is an invitation of this id.')
      if (facts.role === 'overseer' && rank !== 'owner') return denied('owner_only', 'Only the owner makes overseers.')
      return undefined
    case 'project.withdraw': {
      const invitation = takenBack(standing.invitations, facts.invitation, entry)
      if (invitation?.role === 'overseer' && rank !== 'owner')
        return denied('owner_only', 'Only the owner invites overseers, and takes that back.')
      const excluded = exclusion(author, by)
      if (excluded) return excluded
      // Those who lead are judged before it is known who answered what; an answer without knowledge of this counts anyway.
      if (rank !== 'member') return undefined
      if (!invitation) return refused('not_found', 'There is no such invitation.')
      return invitation.status === 'pending'
        ? undefined
        : refused('not_pending', `This invitation is ${invitation.status}.`)
    }
    case 'project.accept': {
      const invitation = answered(standing.invitations, facts.invitation, entry)
      if (!invitation)
        return standing.invitations.has(facts.invitation)
          ? denied('not_invited', 'This invitation is for somebody else.')
          : refused('not_found', 'There is no such invitation.')
      if (invitation.status !== 'pending') return refused('not_pending', `This invitation is ${invitation.status}.`)
      // It lifts what its inviter knew of. Whoever was removed or suspended beside that is so with it too, and it counts for nothing.
      const joined = copyStanding(standing)
      applyAct(joined, act)
      return exclusion(author, joined)
    }
    case 'project.leave':
      // Also by whoever is suspended. Of a leader it may not be known here how it came.
      if (!standing.leaderOf(author)) return denied('not_member', 'Who is no member of this project cannot leave it.')
      if (facts.agent !== undefined)
        return nodeOf(facts.agent) === node && (author === node || author === facts.agent)
          ? undefined
          : denied('not_permitted', 'Nobody leaves for somebody else.')
      if (author !== node) return denied('not_permitted', 'Only its operator takes a node out of a project.')
      if (node === standing.owner)
        return refused(
          'owner_cannot_leave',
          'The owner cannot leave; hand the project over first (`agora project transfer`).',
        )
      return undefined
    case 'project.role':
      if (facts.role === 'overseer' && rank !== 'owner') return denied('owner_only', 'Only the owner makes overseers.')
      return above(facts.who)
    case 'project.suspend':
    case 'project.unsuspend':
    case 'project.remove':
      return above(facts.who)
    case 'project.stage':
      return facts.stage === stages[stages.length - 1] && author !== node
        ? denied('needs_person', 'Deployment is for a person to confirm: an operator, not an agent.')
        : undefined
    case 'project.reinstate': {
      const unseen = facts.entries.find((id) => !isPast(id))
      if (unseen !== undefined) return refused('not_found', `There is no entry ${unseen} before this one.`)
      return facts.who === undefined ? undefined : above(facts.who)
    }
    default:
      return undefined
  }
}
