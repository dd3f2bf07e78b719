import type { TrustLevel } from '../../../../src/authority/trust.ts'
import { nodeOf } from '../../../../src/base/did.ts'
import type { Friend, FriendRequest } from '../../../../src/capabilities/friends/schema.ts'
import type { Peer } from '../../../../src/capabilities/node/schema.ts'
import type { Member, Project } from '../../../../src/capabilities/projects/schema.ts'

/** Another node, put together from everything this one knows of it. */
export interface Known {
  did: string
  name: string
  /** Undefined: no friend, so trust 0. */
  given: TrustLevel | undefined
  received: TrustLevel | undefined
  link: 'live' | 'stale' | 'away'
  peer: Peer | undefined
  friend: Friend | undefined
  /** It asks to be a friend. */
  asks: FriendRequest | undefined
  /** Projects that both are members of. */
  projects: string[]
  /** The owner it proved to have. */
  owner: string | undefined
}

/** Two others that know each other, as far as this node can tell. */
export interface Tie {
  from: string
  to: string
  /** Names of the projects that both are members of. */
  projects: string[]
  sameOwner: boolean
}

export interface Sources {
  me: string
  peers: readonly Peer[]
  friends: readonly Friend[]
  requests: readonly FriendRequest[]
  teams: readonly { project: Pick<Project, 'id' | 'name'>; team: readonly Member[] }[]
}

/** Everybody this node has to do with, those connected first, then by trust, then by name. Who is blocked is none of them. */
export function everybody({ me, peers, friends, requests, teams }: Sources): Known[] {
  const peerOf = new Map(peers.map((peer) => [peer.did, peer]))
  const friendOf = new Map(friends.map((friend) => [friend.did, friend]))
  const asking = new Map(
    requests.filter(({ direction }) => direction === 'in').map((request) => [request.did, request]),
  )
  const inTeams = new Map<string, { name: string; projects: string[] }>()
  for (const { project, team } of teams) {
    for (const { did, name, kind } of team) {
      if (kind !== 'node') continue
      const known = inTeams.get(did)
      if (known) known.projects.push(project.name)
      else inTeams.set(did, { name, projects: [project.name] })
    }
  }
  const dids = new Set([...peerOf.keys(), ...friendOf.keys(), ...asking.keys(), ...inTeams.keys()].map(nodeOf))
  return [...dids]
    .filter((did) => did !== me && !friendOf.get(did)?.blocked)
    .map((did): Known => {
      const [peer, friend, asks, team] = [peerOf.get(did), friendOf.get(did), asking.get(did), inTeams.get(did)]
      return {
        did,
        name: friend?.name ?? peer?.name ?? asks?.name ?? team?.name ?? did,
        given: friend?.trust_level,
        received: friend?.their_trust,
        link: peer?.state ?? 'away',
        peer,
        friend,
        asks,
        projects: team?.projects ?? [],
        owner: friend?.owner,
      }
    })
    .sort(
      (a, b) =>
        Number(a.link === 'away') - Number(b.link === 'away') ||
        (b.given ?? -1) - (a.given ?? -1) ||
        a.name.localeCompare(b.name),
    )
}

/** Who of them know each other: by a project that both are in, or by an owner that both have. What else they share is theirs alone. */
export function ties(known: readonly Known[]): Tie[] {
  return known.flatMap((one, index) =>
    known.slice(index + 1).flatMap((other) => {
      const projects = one.projects.filter((project) => other.projects.includes(project))
      const sameOwner = one.owner !== undefined && one.owner === other.owner
      return projects.length > 0 || sameOwner ? [{ from: one.did, to: other.did, projects, sameOwner }] : []
    }),
  )
}

/** Milliseconds as one reads them: two digits that count. */
export function latencyText(ms: number): string {
  if (ms < 0.95) return '< 1 ms'
  return `${ms < 9.5 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`
}
