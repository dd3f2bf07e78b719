import { createHash } from 'node:crypto'
import type { Actor } from '../../authority/may.ts'
import { type Clock, rfc3339 } from '../../base/clock.ts'
import { agentDid, nodeOf, parseDid } from '../../base/did.ts'
import { nameFault } from '../../base/names.ts'
import type { Directory } from '../../core/directory.ts'
import { agentInbox } from '../../core/events.ts'
import { invalidCursor } from '../../core/list-page.ts'
import type { Network } from '../../core/network.ts'
import type { PeerBook } from '../../core/peer-book.ts'
import type { Projects } from '../../core/projects.ts'
import type { SpaceInfo } from '../../core/spaces.ts'
import type { Parsed } from '../../operations.ts'
import type { AgentBrief } from '../node/schema.ts'
import type { AgentRegistry } from './registry.ts'
import type { KnownAgent } from './schema.ts'

export interface KnownParts {
  clock: Clock
  self: { did: string }
  registry: Pick<AgentRegistry, 'names' | 'get' | 'has' | 'presence'>
  directory: Pick<Directory, 'nameOf'>
  network: Pick<Network, 'peer' | 'peers'>
  book: Pick<PeerBook, 'trust'>
  projects: Pick<Projects, 'readable' | 'replica' | 'standing'>
  /** Until when a claim of a task holds, as far as this node was told; ms since the epoch. */
  claimedUntil(project: string, task: string): number | undefined
  /** When an agent wrote its last entry in one of these projects, by its own clock; ms since the epoch. */
  lastWrote(did: string, projects: readonly string[]): number | undefined
  unread(inbox: string): number
}

/** What is found of an agent before it is looked at closely. */
interface Found {
  did: string
  /** What its connected node tells of it. */
  brief?: AgentBrief | undefined
  clockedIn: { space: SpaceInfo; since: number; entry: string }[]
  tasks: { space: SpaceInfo; id: string; since: number; until: number }[]
}

type Kind = Pick<KnownAgent, 'kind' | 'model' | 'capabilities'>

/** The agents of this node and of others, as far as they are known here. Nothing of it is kept: it is made of what registry, peers and logs say now. */
export function knownAgents(parts: KnownParts) {
  const { clock, self, registry, directory, network, book, projects } = parts

  function find(actor: Actor): Map<string, Found> {
    const found = new Map<string, Found>()
    const of = (did: string): Found => {
      const known = found.get(did) ?? { did, clockedIn: [], tasks: [] }
      found.set(did, known)
      return known
    }
    const isAgent = (did: string): boolean => {
      const { node, agent } = parseDid(did)
      // One that was removed here is none any more, whatever logs say.
      return agent !== undefined && (node !== self.did || registry.has(agent))
    }
    for (const name of registry.names()) of(agentDid(self.did, name))
    for (const space of projects.readable(actor)) {
      const state = projects.replica(space.id).state()
      const { agentRoles, isMember } = projects.standing(space.id)
      const isHere = (did: string) => isAgent(did) && isMember(nodeOf(did))
      for (const did of agentRoles.keys()) if (isHere(did)) of(did)
      for (const [did, { since, entry }] of state.entries('clocked_in'))
        if (isHere(did)) of(did).clockedIn.push({ space, since, entry })
      for (const [id, { holder, since, until }] of state.entries('task_claims'))
        if (isHere(holder)) of(holder).tasks.push({ space, id, since, until: Date.parse(until) })
    }
    for (const { did: node, agents } of network.peers()) {
      for (const brief of agents) {
        if (nameFault(brief.name) !== undefined) continue
        const did = agentDid(node, brief.name)
        // Anybody can connect and call its agents as it likes.
        if (book.trust(node) === 0 && !found.has(did)) continue
        of(did).brief = brief
      }
    }
    return found
  }

  function kindOf({ did, brief }: Found): Kind {
    const row = own(did)
    if (!row) return brief?.kind === undefined ? {} : { kind: brief.kind }
    return {
      ...(row.kind === null ? {} : { kind: row.kind }),
      ...(row.model === null ? {} : { model: row.model }),
      capabilities: JSON.parse(row.capabilities),
    }
  }
  const own = (did: string) => {
    const { node, agent } = parseDid(did)
    return node === self.did && agent !== undefined ? registry.get(agent) : undefined
  }
  const presenceOf = ({ did, brief }: Found) => {
    const row = own(did)
    return row ? registry.presence(row.name) : brief?.presence
  }

  function lastSeen({ did, brief }: Found, spaces: readonly string[]): number | undefined {
    const row = own(did)
    if (row) return row.last_seen ?? undefined
    const isThere = brief !== undefined && brief.presence !== 'offline'
    const told = isThere ? network.peer(nodeOf(did))?.last_heartbeat_at : undefined
    const times = [told, parts.lastWrote(did, spaces)].filter((time) => time !== undefined)
    // A clock that runs ahead is no sign of life to come.
    return times.length === 0 ? undefined : Math.min(clock.now(), Math.max(...times))
  }

  function view(found: Found, spaces: readonly string[]): KnownAgent {
    const { did, clockedIn, tasks } = found
    const node = nodeOf(did)
    const row = own(did)
    const presence = presenceOf(found)
    const seen = lastSeen(found, spaces)
    const inProject = ({ id, title }: SpaceInfo) => ({ project_id: id, project: title })
    return {
      name: directory.nameOf(did),
      did,
      node: { did: node, name: directory.nameOf(node) },
      local: node === self.did,
      ...kindOf(found),
      ...(node === self.did ? {} : { trust_level: book.trust(node) }),
      ...(presence === undefined ? {} : { presence }),
      ...(seen === undefined ? {} : { last_seen_at: rfc3339(seen) }),
      ...(row ? { default: row.is_default === 1, unread: parts.unread(agentInbox(row.name)) } : {}),
      clocked_in: clockedIn.map(({ space, since, entry }) => {
        const focus = projects.replica(space.id).texts(entry)?.['focus']
        return { ...inProject(space), since: rfc3339(since), ...(focus === undefined ? {} : { focus }) }
      }),
      tasks: tasks.map(({ space, id, since, until }) => {
        const last = Math.max(until, parts.claimedUntil(space.id, id) ?? 0)
        return {
          ...inProject(space),
          task_id: id,
          title: projects.replica(space.id).state().get('tasks', id)?.title ?? '',
          since: rfc3339(since),
          ...(last > clock.now() ? { until: rfc3339(last) } : {}),
        }
      }),
    }
  }

  return function known(input: Parsed<'agents.known'>, actor: Actor): { items: KnownAgent[]; next_cursor?: string } {
    const { query, domain, tool, available, limit, cursor } = input
    const words = query?.toLowerCase()
    const has = (tags: readonly string[] | undefined, tag: string | undefined): boolean =>
      tag === undefined || (tags?.some((one) => one.toLowerCase() === tag.toLowerCase()) ?? false)
    const fits = (found: Found): boolean => {
      const { kind, model, capabilities } = kindOf(found)
      const presence = presenceOf(found)
      return (
        has(capabilities?.domains, domain) &&
        has(capabilities?.tools, tool) &&
        (available !== true || presence === 'online' || presence === 'idle') &&
        (words === undefined ||
          found.did === query ||
          [directory.nameOf(found.did), kind, model, directory.nameOf(nodeOf(found.did))].some((text) =>
            text?.toLowerCase().includes(words),
          ))
      )
    }
    const isOwn = ({ did }: Found) => nodeOf(did) === self.did
    const all = [...find(actor).values()].filter(fits)
    const named = all.map((found) => ({ found, name: directory.nameOf(found.did).toLowerCase() }))
    named.sort(
      (a, b) =>
        Number(isOwn(b.found)) - Number(isOwn(a.found)) ||
        (a.name < b.name ? -1 : a.name > b.name ? 1 : a.found.did < b.found.did ? -1 : 1),
    )
    const begin = cursor === undefined ? 0 : placeAfter(cursor, named)
    const shown = named.slice(begin, begin + limit)
    const last = shown.at(-1)
    const spaces = projects.readable(actor).map(({ id }) => id)
    return {
      items: shown.map(({ found }) => view(found, spaces)),
      ...(last && begin + limit < named.length ? { next_cursor: `a${begin + limit}.${mark(last.found.did)}` } : {}),
    }
  }
}

const mark = (did: string): string => createHash('sha256').update(did).digest('base64url').slice(0, 22)

/** Behind the agent where the page before ended; where that has gone meanwhile, as far down the list as it was. */
function placeAfter(cursor: string, all: readonly { found: Found }[]): number {
  const [, count, wanted] = /^a(\d{1,9})\.([\w-]{22})$/.exec(cursor) ?? []
  if (count === undefined) throw invalidCursor()
  const at = all.findIndex(({ found }) => mark(found.did) === wanted)
  return at >= 0 ? at + 1 : Number(count)
}
