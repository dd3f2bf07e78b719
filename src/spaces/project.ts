import { stages } from '../authority/roles.ts'
import { nodeOf } from '../base/did.ts'
import type { SpacePermission } from '../contract/permissions.ts'
import type { Apply } from '../contract/state.ts'
import { isPast, type LogView, type Placed, type SpaceRules } from '../log/types.ts'
import type { ContentRules } from './content.ts'
import { changedFrom, type Further, judgeOnward, type ProjectJudgement } from './judge.ts'
import { type Objection, objectionTo } from './permit.ts'
import { type AuthorityFacts, isAuthorityType, readAuthority } from './project-facts.ts'
import type { ProjectStanding } from './standing.ts'
import { isSignedByOwner } from './transfers.ts'

export {
  answered,
  type Invitation,
  invitationFor,
  invitationOf,
  invitationsIn,
  invitedBy,
} from './invitations.ts'
export type { ProjectJudgement } from './judge.ts'
export type { Member, ProjectStanding } from './standing.ts'

export const standingOf = (judgement: ProjectJudgement): ProjectStanding => judgement.standing()

export const nextStage = (stage: string): string | undefined => stages[(stages as readonly string[]).indexOf(stage) + 1]

/** The fold of a project: the layers of authority, and the rules of the capabilities whose entries stand in its log. */
export function projectRulesOf<Tables extends object>(
  parts: readonly ContentRules<never>[],
): SpaceRules<ProjectJudgement, Tables> {
  const byType = new Map(parts.flatMap((part) => part.types.map((type) => [type, part] as const)))
  const applies = parts.map((part) => part.apply as Apply<Tables>)

  /** Demands beyond what the author's role allows. */
  function further(entry: Placed, log: LogView): Further | undefined {
    const { type, body, node, author } = entry
    const grant = byType.get(type)?.keepers?.(entry)
    if (grant) {
      const { to, needs, epoch, ends } = grant
      return (standing) => {
        if (standing.keeper.node !== node) return notKeeper
        // One that dates its grants ahead could else be followed by no other, and one that was followed could end what the other granted.
        const own = standing.keeper.epoch
        if (ends ? !(typeof epoch === 'number' && epoch <= own) : epoch !== own) return otherEpoch
        return to === undefined ? undefined : objectionTo(to, needs, standing)
      }
    }
    if (type !== 'project.redact') return undefined
    const known = log.placed(String(body['entry']))
    // Of what it does not follow, some nodes know nothing yet.
    const of = known && isPast(known, entry) ? known : undefined
    return (standing) => {
      const isOwn = of !== undefined && (of.author === author || (author === node && of.node === node))
      return isOwn ? undefined : objectionTo(author, ['project.redact'], standing)
    }
  }

  function needed(entry: Placed): readonly SpacePermission[] {
    if (entry.type === 'project.redact') return ['project.read']
    return byType.get(entry.type)?.permissions(entry) ?? ['project.read']
  }

  const logs = new WeakMap<ProjectJudgement, LogView>()
  const previous = new WeakMap<LogView, ProjectJudgement>()

  return {
    tables: parts.flatMap((part) => part.tables as readonly (keyof Tables & string)[]),
    isAuthority: isAuthorityType,
    isKnown: (type) => isAuthorityType(type) || byType.has(type),
    isRemedy: (type) => type === 'project.suspend' || type === 'project.remove',
    mayBegin,
    judge(authority, log) {
      const judgement = judgeOnward(authority, log, previous.get(log))
      previous.set(log, judgement)
      logs.set(judgement, log)
      return judgement
    },
    mustJudge: (judgement) => judgement.contested,
    authorityVerdict: (judgement, id) =>
      judgement.verdicts.get(id) ?? { state: 'refused', code: 'malformed', reason: 'It was not judged.' },
    contentVerdict(judgement, entry) {
      const log = logs.get(judgement)
      return judgement.content(entry, needed(entry), log && further(entry, log))
    },
    changedFrom: (before, after, log) =>
      before === after ? undefined : changedFrom(before.verdicts, after, before.holds, log),
    apply(state, entry, log) {
      const own = byType.get(entry.type)
      const refusal = own && (own.apply as Apply<Tables>)(state, entry, log)
      if (refusal || own) return refusal
      for (const apply of applies) apply(state, entry, log)
      return undefined
    },
    redacts: ({ type, body }) => (type === 'project.redact' ? String(body['entry']) : undefined),
    subject(entry): string | undefined {
      const { type, body } = entry
      const read = readAuthority(type, body)
      if (!read) return byType.get(type)?.subject(entry)
      return aboutOf(read)
    },
    summary: (judgement) => summaryOf(judgement.standing()),
    members(judgement) {
      const standing = judgement.standing()
      return new Set([...standing.members.keys()].filter(standing.isMember))
    },
    removal(judgement, node) {
      const standing = judgement.standing()
      return standing.isMember(node) ? undefined : standing.removedBy(node)
    },
  }
}

const notKeeper: Objection = {
  ...{ state: 'denied', code: 'not_keeper', reason: 'Only the keeper of the project grants what one alone can have.' },
}

const otherEpoch: Objection = {
  ...{ state: 'denied', code: 'not_keeper', reason: 'Its token is not of an epoch of this keeper.' },
}

/**
 * A chain begins with the project itself, with the answer to an invitation of its node that it cites, or with the owner key's word. So nobody who was not
 * invited has an entry in the log, not even one that is denied.
 */
function mayBegin(entry: Placed, log: LogView): boolean {
  const read = readAuthority(entry.type, entry.body)
  if (!read) return false
  const { type, facts } = read
  if (type === 'project.create') return entry.lamport === 1 && entry.heads.length === 0
  if (type === 'project.transfer') return facts.to === entry.node && isSignedByOwner(facts, log.authority()[0])
  if (type !== 'project.accept') return false
  return entry.heads.some((id) => {
    const cited = log.placed(id)
    const invite = cited && readAuthority(cited.type, cited.body)
    return (
      invite?.type === 'project.invite' &&
      invite.facts.id === facts.invitation &&
      nodeOf(invite.facts.to) === entry.node
    )
  })
}

/** Whom an act is about, or which invitation. */
function aboutOf({ type, facts }: AuthorityFacts): string | undefined {
  switch (type) {
    case 'project.role':
    case 'project.suspend':
    case 'project.unsuspend':
    case 'project.remove':
    case 'project.reinstate':
      return facts.who
    case 'project.invite':
      return facts.id
    case 'project.transfer':
      return facts.to
    case 'project.withdraw':
    case 'project.accept':
      return facts.invitation
    default:
      return undefined
  }
}

/** Of a standing all that is the same on every node, as JSON. */
function summaryOf(standing: ProjectStanding): unknown {
  const { name, repo, description, owner, ownerKey, keeper, limits, stage, profile, archived } = standing
  const sorted = <Value>(map: ReadonlyMap<string, Value>, show: (value: Value) => unknown) =>
    Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, show(value)]))
  return {
    name,
    repo: repo ?? null,
    description: description ?? null,
    owner,
    owner_key: ownerKey ?? null,
    ...{ keeper, limits, stage, profile, archived },
    members: sorted(standing.members, ({ since, invitation }) => [since, invitation ?? null]),
    node_roles: sorted(standing.nodeRoles, (role) => role),
    agent_roles: sorted(standing.agentRoles, (role) => role),
    left_agents: [...standing.leftAgents].sort(),
    suspensions: sorted(standing.suspensions, (those) => [...those.keys()].sort()),
    removals: sorted(standing.removals, (those) => [...those.keys()].sort()),
    invitations: sorted(standing.invitations, (those) => those.flatMap(({ to, role, status }) => [to, role, status])),
  }
}
