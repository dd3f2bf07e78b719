import { defaultProfile, type Profile, type Role, type Stage, type Standing } from '../authority/roles.ts'
import { nodeOf } from '../base/did.ts'
import { isPast, type Placed } from '../log/types.ts'
import { answered, type Invitation, takenBack, withInvitation } from './invitations.ts'
import type { AuthorityFacts, GivenRole, Limits } from './project-facts.ts'

/** How far somebody's word goes in matters of who may do what. */
export type Rank = 'owner' | 'overseer' | 'member'

/** An authority entry, read. `rank`: that of its author when it was written, once that is known. */
export interface Act {
  entry: Placed
  read: AuthorityFacts
  rank: Rank
  /** Of a hand-over: who owned the project until then. */
  giver?: string | undefined
}

export interface Member {
  since: number
  /** The invitation's id; the creator has none. */
  invitation: string | undefined
}

/** What restricts somebody: entries, and whether the owner wrote them. */
type Restrictions = Map<string, { entry: Placed; byOwner: boolean }>

/** Everything that authority entries say of a project. Made by applying them in order of place; whatever order they came in. */
export interface ProjectStanding extends Standing {
  name: string
  repo: string | undefined
  /** The entry whose texts hold the description. */
  description: string | undefined
  createdAt: number
  owner: string
  /** The DID of the owner key that can hand the project to another node. */
  ownerKey: string | undefined
  keeper: { node: string; epoch: number }
  limits: Limits
  stageSince: number
  stageBy: string
  members: Map<string, Member>
  /** By node: what its role is, or will be when it comes. */
  nodeRoles: Map<string, GivenRole>
  /** By agent: what it was given. */
  agentRoles: Map<string, GivenRole>
  /** Agents that had a role and left by their own word: out, though their nodes are in, until they are given a role, invited, or taken out by their operator. */
  leftAgents: Set<string>
  suspensions: Map<string, Restrictions>
  removals: Map<string, Restrictions>
  invitations: Map<string, readonly Invitation[]>
  isMember(node: string): boolean
  /**
   * As `roleOf`, but whoever the owner made an overseer is one though nothing is known here of how it became a member: acts of leaders are judged before
   * those by which members come and go.
   */
  leaderOf: Standing['roleOf']
  rankOf(did: string): Rank
  /** The restriction for which a DID, or its node, is suspended now. */
  suspendedBy(did: string): string | undefined
  removedBy(node: string): string | undefined
}

export function emptyStanding(): ProjectStanding {
  const standing = {
    name: '',
    repo: undefined,
    description: undefined,
    createdAt: 0,
    owner: '',
    ownerKey: undefined,
    keeper: { node: '', epoch: 0 },
    limits: {},
    stage: 'investigation' as Stage,
    stageSince: 0,
    stageBy: '',
    profile: defaultProfile as Profile,
    archived: false,
    members: new Map<string, Member>(),
    nodeRoles: new Map<string, GivenRole>(),
    agentRoles: new Map<string, GivenRole>(),
    leftAgents: new Set<string>(),
    suspensions: new Map<string, Restrictions>(),
    removals: new Map<string, Restrictions>(),
    invitations: new Map<string, readonly Invitation[]>(),
  }
  return withQuestions(standing)
}

type Facts = Omit<ProjectStanding, 'isMember' | 'rankOf' | 'suspendedBy' | 'removedBy' | 'roleOf' | 'leaderOf'>

function withQuestions(facts: Facts): ProjectStanding {
  const nodeRole = (node: string): Role | undefined => (node === facts.owner ? 'owner' : facts.nodeRoles.get(node))

  /** What strikes it now: an overseer's word strikes no overseer, nobody's the owner. */
  const strikes = (restrictions: Restrictions | undefined, roleOf: () => Role | undefined): string | undefined => {
    // Of nearly everybody nearly always: this is asked for every entry there is.
    if (!restrictions) return undefined
    const role = roleOf()
    if (role === 'owner') return undefined
    for (const [id, { byOwner }] of restrictions) if (byOwner || role !== 'overseer') return id
    return undefined
  }

  /** Without regard to membership: an overseer is one by the owner's word, which alone is asked when authority is judged. */
  function role(did: string): { role: Role; node: Role } | undefined {
    const at = nodeOf(did)
    const node = nodeRole(at)
    if (node === undefined) return undefined
    if (at === did) return { role: node, node }
    if (facts.leftAgents.has(did)) return undefined
    // An agent is no more than a developer unless that was said of it.
    const unnamed = node === 'owner' || node === 'overseer' ? 'developer' : node
    return { role: facts.agentRoles.get(did) ?? unnamed, node }
  }

  const standing: ProjectStanding = Object.assign(facts, {
    removedBy: (node: string) => strikes(facts.removals.get(node), () => nodeRole(node)),
    isMember: (node: string) =>
      node === facts.owner || (facts.members.has(node) && standing.removedBy(node) === undefined),
    suspendedBy(did: string) {
      const node = nodeOf(did)
      const ofNode = strikes(facts.suspensions.get(node), () => nodeRole(node))
      return ofNode ?? (node === did ? undefined : strikes(facts.suspensions.get(did), () => role(did)?.role))
    },
    roleOf(did: string) {
      const known = role(did)
      if (!known || !standing.isMember(nodeOf(did))) return undefined
      return { ...known, suspended: standing.suspendedBy(did) !== undefined }
    },
    leaderOf(did: string) {
      const known = role(did)
      if (!known || standing.removedBy(nodeOf(did)) !== undefined) return undefined
      return { ...known, suspended: standing.suspendedBy(did) !== undefined }
    },
    rankOf(did: string): Rank {
      const known = role(did)
      if (known?.role === 'owner') return 'owner'
      return known?.role === 'overseer' && (known.node === 'owner' || known.node === 'overseer') ? 'overseer' : 'member'
    },
  })
  return standing
}

/** A copy that can be changed. */
export function copyStanding({
  isMember,
  rankOf,
  suspendedBy,
  removedBy,
  roleOf,
  leaderOf,
  ...facts
}: ProjectStanding): ProjectStanding {
  return withQuestions({
    ...facts,
    members: new Map(facts.members),
    nodeRoles: new Map(facts.nodeRoles),
    agentRoles: new Map(facts.agentRoles),
    leftAgents: new Set(facts.leftAgents),
    suspensions: new Map(facts.suspensions),
    removals: new Map(facts.removals),
    invitations: new Map(facts.invitations),
  })
}

const withOne = (of: Map<string, Restrictions>, who: string, { entry, rank }: Act): void => {
  of.set(who, new Map(of.get(who)).set(entry.id, { entry, byOwner: rank === 'owner' }))
}

/** Lifts what is in the past of `lifting`, and nothing that its author had not seen. */
const lift = (of: Map<string, Restrictions>, who: string, lifting: Placed): void => {
  const left = [...(of.get(who) ?? [])].filter(([, { entry }]) => !isPast(entry, lifting))
  if (left.length === 0) of.delete(who)
  else of.set(who, new Map(left))
}

/** Writes one counting act over a standing. */
export function applyAct(standing: ProjectStanding, act: Act): void {
  const { entry, read, rank } = act
  const { author, node, at, id, lamport } = entry
  const { type, facts } = read
  switch (type) {
    case 'project.create': {
      standing.name = facts.name
      standing.repo = facts.repo
      standing.description = id
      standing.createdAt = at
      standing.owner = node
      standing.ownerKey = facts.owner_key
      standing.keeper = { node, epoch: lamport }
      standing.stageSince = at
      standing.stageBy = author
      standing.members.set(node, { since: at, invitation: undefined })
      // Whoever begins a project leads it, as far as its node does.
      if (author !== node) standing.agentRoles.set(author, 'overseer')
      return
    }
    case 'project.update':
      if (facts.name !== undefined) standing.name = facts.name
      if (facts.repo !== undefined) standing.repo = facts.repo ?? undefined
      if (facts.texts_hash !== undefined) standing.description = id
      if (facts.profile !== undefined) standing.profile = facts.profile
      if (facts.limits !== undefined) standing.limits = facts.limits
      if (facts.keeper !== undefined) standing.keeper = { node: facts.keeper, epoch: lamport }
      return
    case 'project.invite': {
      const { id: invitation, to, role, expires_at } = facts
      withInvitation(standing.invitations, {
        ...{ id: invitation, to, role, by: author, byOwner: rank === 'owner', at, expiresAt: expires_at, entry },
        status: 'pending',
      })
      return
    }
    case 'project.withdraw': {
      const known = takenBack(standing.invitations, facts.invitation, entry)
      if (known?.status === 'pending')
        withInvitation(standing.invitations, { ...known, status: facts.because ?? 'withdrawn' })
      return
    }
    case 'project.accept':
      accept(standing, entry, facts.invitation)
      return
    case 'project.leave':
      if (facts.agent !== undefined) {
        const had = standing.agentRoles.delete(facts.agent)
        // With what its node may it could do more than its role let it. That is its operator's to say.
        if (author !== facts.agent) standing.leftAgents.delete(facts.agent)
        else if (had) standing.leftAgents.add(author)
        return
      }
      standing.members.delete(node)
      standing.nodeRoles.delete(node)
      for (const agents of [standing.agentRoles, standing.leftAgents])
        for (const did of agents.keys()) if (nodeOf(did) === node) agents.delete(did)
      return
    case 'project.role': {
      const { who, role } = facts
      const roles: Map<string, GivenRole> = nodeOf(who) === who ? standing.nodeRoles : standing.agentRoles
      // What the owner made an overseer, no overseer writes over, wherever it stands.
      if (rank !== 'owner' && roles.get(who) === 'overseer') return
      roles.set(who, role)
      standing.leftAgents.delete(who)
      return
    }
    case 'project.transfer': {
      const before = standing.owner
      // Said again, it hands nothing over any more.
      if (act.giver !== undefined && before !== act.giver) return
      standing.owner = facts.to
      standing.nodeRoles.delete(facts.to)
      if (before !== facts.to) standing.nodeRoles.set(before, 'overseer')
      if (standing.keeper.node === before) standing.keeper = { node: facts.to, epoch: lamport }
      if (!standing.members.has(facts.to)) standing.members.set(facts.to, { since: at, invitation: undefined })
      return
    }
    case 'project.stage':
      standing.stage = facts.stage
      standing.stageSince = at
      standing.stageBy = author
      return
    case 'project.suspend':
      withOne(standing.suspensions, facts.who, act)
      return
    case 'project.unsuspend':
      lift(standing.suspensions, facts.who, entry)
      return
    case 'project.reinstate':
      if (facts.who !== undefined) lift(standing.suspensions, facts.who, entry)
      return
    case 'project.remove':
      withOne(standing.removals, facts.who, act)
      return
    case 'project.archive':
      standing.archived = facts.archived
  }
}

function accept(standing: ProjectStanding, entry: Placed, id: string): void {
  const invitation = answered(standing.invitations, id, entry)
  if (!invitation || invitation.status === 'accepted') return
  withInvitation(standing.invitations, { ...invitation, status: 'accepted' })
  const { node, at } = entry
  const { to, role } = invitation
  if (!standing.isMember(node)) {
    // Whom the owner made an overseer, and nobody removed, is in it, though it may not be known here how it came: of its suspensions this says nothing.
    const leads = standing.leaderOf(node)?.role === 'overseer'
    if (!standing.nodeRoles.has(node) || standing.removals.has(node)) standing.nodeRoles.set(node, role)
    for (const from of leads ? [] : [standing.removals, standing.suspensions]) lift(from, node, invitation.entry)
    standing.members.set(node, { since: at, invitation: id })
  }
  if (to === node) return
  standing.agentRoles.set(to, role)
  standing.leftAgents.delete(to)
}
