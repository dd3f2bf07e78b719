import { createHash, randomUUID } from 'node:crypto'
import { base58btc } from 'multiformats/bases/base58'
import { nodeOf } from '../../src/base/did.ts'
import type { Verdict } from '../../src/contract/verdict.ts'
import { comparePlaces, type LogView, type Placed } from '../../src/log/types.ts'
import { judgeOnward, type ProjectJudgement } from '../../src/spaces/judge.ts'
import { isAuthorityType } from '../../src/spaces/project-facts.ts'
import { newKey } from '../helpers/remote.ts'

/** A log on paper: entries without signatures, with whatever parents a test says; for the rules of who may write, which look at nothing else. */
export interface PaperLog {
  view: LogView
  all(): Placed[]
  authority(): Placed[]
  /** Writes an entry of `author` behind these entries; `prev` is the last of its node among their pasts unless another is given. */
  write(
    author: string,
    type: string,
    body: Record<string, unknown>,
    behind: readonly Placed[],
    prev?: Placed | null,
  ): Placed
  judge(previous?: ProjectJudgement): ProjectJudgement
}

export function paperLog(): PaperLog {
  const entries = new Map<string, Placed>()
  const chains: { chain: number; node: string; entries: Placed[] }[] = []
  let count = 0

  const view: LogView = {
    placed: (id) => entries.get(id),
    chains: () => chains.map(({ chain, node, entries: { length } }) => ({ chain, node, length })),
    at: (chain, position) => chains[chain]?.entries[position],
    authority: () => authority(),
  }
  const inPlace = (list: Iterable<Placed>) => [...list].sort(comparePlaces)
  const authority = () => inPlace(entries.values()).filter(({ type }) => isAuthorityType(type))

  return {
    view,
    all: () => inPlace(entries.values()),
    authority,
    judge: (previous) => judgeOnward(authority(), view, previous),
    write(author, type, body, behind, given) {
      const node = nodeOf(author)
      const clock: number[] = []
      for (const parent of behind)
        for (const [chain, reach] of parent.clock.entries()) clock[chain] = Math.max(clock[chain] ?? 0, reach)
      const known = chains
        .filter((chain) => chain.node === node)
        .flatMap(({ chain, entries: list }) => list[(clock[chain] ?? 0) - 1] ?? [])
        .sort((a, b) => b.seq - a.seq)
      const prev = given === null ? undefined : (given ?? known[0])
      for (const [chain, reach] of prev?.clock.entries() ?? []) clock[chain] = Math.max(clock[chain] ?? 0, reach)
      let slot = prev && chains[prev.chain]
      if (!slot || slot.entries.length !== (prev?.position ?? -1) + 1) {
        slot = { chain: chains.length, node, entries: [] }
        chains.push(slot)
      }
      const position = slot.entries.length
      clock[slot.chain] = position + 1
      const parents = [...behind, ...(prev ? [prev] : [])]
      const lamport = 1 + Math.max(0, ...parents.map((parent) => parent.lamport))
      const entry: Placed = {
        id: base58btc.encode(createHash('sha256').update(`${count++}`).digest()).slice(1),
        author,
        node,
        lamport,
        at: count,
        type,
        body,
        seq: (prev?.seq ?? -1) + 1,
        prev: prev?.id,
        heads: behind.filter((parent) => parent !== prev).map((parent) => parent.id),
        chain: slot.chain,
        position,
        clock: Uint32Array.from({ length: chains.length }, (_, chain) => clock[chain] ?? 0),
      }
      slot.entries.push(entry)
      entries.set(entry.id, entry)
      return entry
    },
  }
}

/** A project on paper with people in it, each with what it has seen. */
export function paperProject() {
  const log = paperLog()
  const dids = new Map<string, string>()
  const seen = new Map<string, Placed[]>()
  const did = (name: string): string => {
    const [agent, node] = name.includes('@') ? name.split('@') : [undefined, name]
    const known = dids.get(node ?? '') ?? newKey().did
    dids.set(node ?? '', known)
    return agent === undefined ? known : `${known}#${agent}`
  }
  const sight = (name: string) => seen.get(nodeOf(did(name))) ?? []

  const project = {
    log,
    did,
    /** Writes behind all that the author's node has seen. */
    write(name: string, type: string, body: Record<string, unknown> = {}): Placed {
      const entry = log.write(did(name), type, body, sight(name))
      seen.set(entry.node, [entry])
      return entry
    },
    /** Writes behind these alone, as if nothing else had been seen; a fork where its node wrote on since. */
    pretend(
      name: string,
      type: string,
      body: Record<string, unknown>,
      behind: readonly Placed[],
      prev?: Placed | null,
    ) {
      return log.write(did(name), type, body, behind, prev)
    },
    /** Lets a node see what is given, or all that others have seen. */
    sees(name: string, ...what: (Placed | string)[]) {
      const more = what.flatMap((one) => (typeof one === 'string' ? sight(one) : [one]))
      seen.set(nodeOf(did(name)), [...sight(name), ...more])
    },
    allSee(...names: string[]) {
      for (const name of names) project.sees(name, ...names)
    },
    invite(by: string, name: string, role: string) {
      const id = randomUUID()
      const invite = project.write(by, 'project.invite', {
        ...{ id, to: did(name), role, expires_at: '2030-01-01T00:00:00.000Z' },
      })
      project.sees(name, invite)
      const accept = project.write(name, 'project.accept', { invitation: id })
      project.sees(by, accept)
      return { id, invite, accept }
    },
    verdict(entry: Placed): Verdict['state'] {
      const judgement = log.judge()
      if (isAuthorityType(entry.type)) return judgement.verdicts.get(entry.id)?.state ?? 'refused'
      return judgement.content(entry, ['task.create']).state
    },
    judgement: () => log.judge(),
    role: (name: string) => log.judge().standing().roleOf(did(name)),
  }
  return project
}

/** A project of alice with these in it, everybody having seen everything. */
export function begun(people: Record<string, string>) {
  const project = paperProject()
  const create = project.write('alice', 'project.create', { name: 'p' })
  for (const [name, role] of Object.entries(people)) project.invite('alice', name, role)
  project.allSee('alice', ...Object.keys(people))
  return { ...project, create }
}
