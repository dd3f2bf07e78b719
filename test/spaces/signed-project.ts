import { rfc3339 } from '../../src/base/clock.ts'
import { AgoraError } from '../../src/base/errors.ts'
import type { Texts } from '../../src/contract/entry.ts'
import type { Verdict } from '../../src/contract/verdict.ts'
import { keyFromSeed, type NodeKey } from '../../src/identity/signing.ts'
import type { CheckedEntry } from '../../src/log/checked.ts'
import { makeEntry, sha256 } from '../../src/log/entry.ts'
import type { EntryStore } from '../../src/log/entry-store.ts'
import { memoryStore } from '../../src/log/memory-store.ts'
import { openReplica } from '../../src/log/open-replica.ts'
import type { Admitted, Replica } from '../../src/log/replica.ts'
import type { Placed } from '../../src/log/types.ts'
import { readEntry } from '../../src/log/verify.ts'
import type { ProjectJudgement } from '../../src/spaces/project.ts'
import { type AllTables, projectRules } from '../../src/spaces/project-rules.ts'
import { fakeClock } from '../helpers/fake-clock.ts'

export type ProjectReplica = Replica<ProjectJudgement, AllTables>

/** A node of a project, honest or not: its key, its disk, and what it folded. */
export interface Member {
  name: string
  key: NodeKey
  did: string
  replica: ProjectReplica
  store: EntryStore
  /** Opens its log anew from its disk. */
  restart(): void
}

/** What a dishonest member may say otherwise than its replica would; what is left out is as honest nodes write it. */
export interface Lie {
  /** Parents that it pretends to know alone. */
  prev?: Placed | undefined
  heads?: readonly string[]
  seq?: number
  lamport?: number
  space?: string
  at?: number
  signWith?: NodeKey
}

export const keyOf = (number: number): NodeKey => keyFromSeed(new Uint8Array(32).fill(number + 1))
export const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
export const clock = fakeClock()

const parts = (store: EntryStore, space: string, key?: NodeKey) => ({ space, rules: projectRules, store, clock, key })

/** A real log of a project with real signatures, on as many nodes as a test wants. Ids are the same in every run as long as there are no texts. */
export function signedProject({
  newStore = memoryStore,
  name = 'p',
  facts = {},
}: {
  newStore?: (() => EntryStore) | undefined
  name?: string
  facts?: Record<string, unknown>
} = {}) {
  const members = new Map<string, Member>()
  let things = 0
  const alice = keyOf(0)
  const create = makeEntry(alice, {
    ...{ author: alice.did, seq: 0, prev: undefined, heads: [], lamport: 1 },
    ...{ at: clock.now(), type: 'project.create', facts: { name, ...facts } },
  })
  const space = create.id

  /** A node of this name; each has the key of its number. */
  function node(nodeName: string): Member {
    const known = members.get(nodeName)
    if (known) return known
    const key = keyOf(members.size)
    const store = newStore()
    const member: Member = {
      ...{ name: nodeName, key, did: key.did, store },
      replica: openReplica(parts(store, space, key)),
      restart() {
        member.replica = openReplica(parts(store, space, key))
      },
    }
    members.set(nodeName, member)
    if (key.did === alice.did) member.replica.admit([create])
    return member
  }
  node('alice')

  const did = (who: string): string => {
    const [agent, at] = who.includes('@') ? who.split('@') : [undefined, who]
    return agent === undefined ? node(at ?? '').did : `${node(at ?? '').did}#${agent}`
  }
  const memberOf = (who: string): Member => node(who.split('@').at(-1) ?? '')

  const project = {
    space,
    create,
    node,
    did,
    members: () => [...members.values()],
    thing: () => uuid(++things),
    clock,

    /** Honest: behind all that the node has. @throws AgoraError */
    write(who: string, type: string, facts: Record<string, unknown> = {}, texts?: Texts): Placed {
      return memberOf(who).replica.append({ author: did(who), type, facts, texts })
    },
    /** What a write would be refused with; 'counts' when it was not. */
    attempt(who: string, type: string, facts: Record<string, unknown> = {}): string {
      try {
        project.write(who, type, facts)
        return 'counts'
      } catch (error) {
        if (error instanceof AgoraError) return error.code
        throw error
      }
    },
    /** Signs whatever it is told. Without lies: behind all it has, whether or not its replica would let it. */
    forge(who: string, type: string, facts: Record<string, unknown>, lie: Lie = {}): CheckedEntry {
      const { key, replica, did: own } = memberOf(who)
      const log = replica.log()
      const ends = log
        .chains()
        .filter((chain) => chain.node === own)
        .flatMap((chain) => log.at(chain.chain, chain.length - 1) ?? [])
        .sort((a, b) => a.lamport - b.lamport || (a.id < b.id ? -1 : 1))
      const prev = 'prev' in lie ? lie.prev : ends.at(-1)
      const heads = lie.heads ?? replica.tips().filter((id) => id !== prev?.id)
      const lamports = [prev?.lamport ?? 0, ...heads.map((id) => replica.get(id)?.lamport ?? 0)]
      return makeEntry(lie.signWith ?? key, {
        space: lie.space ?? space,
        author: did(who),
        seq: lie.seq ?? (prev ? prev.seq + 1 : 0),
        prev: prev?.id,
        heads,
        lamport: lie.lamport ?? 1 + Math.max(...lamports),
        at: lie.at ?? clock.now(),
        type,
        facts,
      })
    },
    /** Forges, and takes it into its own log. */
    lie(who: string, type: string, facts: Record<string, unknown>, lie: Lie = {}): Placed {
      const entry = project.forge(who, type, facts, lie)
      const { added, faults } = memberOf(who).replica.admit([entry])
      const [placed] = added
      if (!placed) throw new Error(`not even its own log takes it: ${faults[0]?.reason}: ${faults[0]?.detail}`)
      return placed
    },
    invite(by: string, who: string, role: string): Placed {
      const invitation = project.thing()
      const to = did(who)
      return project.write(by, 'project.invite', { id: invitation, to, role, expires_at: rfc3339(clock.now() + 1e9) })
    },
    /** The answer of one who has nothing of the log yet, or of one who has; taken into the log of `at` and the answerer's own. */
    accept(who: string, invite: Placed, at: string): Placed {
      const { key, replica } = memberOf(who)
      const invitation = invite.body['id']
      if (replica.branches().some((branch) => branch.node === key.did))
        return project.write(who, 'project.accept', { invitation })
      const entry = makeEntry(key, {
        ...{ space, author: did(who), seq: 0, prev: undefined, heads: [invite.id], lamport: invite.lamport + 1 },
        ...{ at: clock.now(), type: 'project.accept', facts: { invitation } },
      })
      const [placed] = node(at).replica.admit([entry]).added
      if (!placed) throw new Error('the answer was not taken')
      return placed
    },
    /** Invites, accepts and brings everything. */
    join(by: string, who: string, role: string): Placed {
      const accepted = project.accept(who, project.invite(by, who, role), by)
      project.send(by, who)
      return accepted
    },
    /** What `from` has and `to` lacks. Reading and checking are as on the wire, but for the signature. */
    send(from: string, to: string): Admitted {
      const target = node(to).replica
      return target.admit(project.lacking(from, to), node(from).did)
    },
    lacking(from: string, to: string): CheckedEntry[] {
      const { entries } = node(from).replica.lacking(node(to).replica.branches(), { bytes: 1 << 30 })
      return entries.map(read)
    },
    /** Everything to everybody, until nothing more comes of it. */
    heal(...names: string[]) {
      const all = names.length > 0 ? names : [...members.keys()]
      for (let moved = true; moved; ) {
        moved = false
        for (const from of all) {
          for (const to of all) {
            if (from === to) continue
            moved ||= project.send(from, to).added.length > 0
            // A fork that only one side can see is told of by branches.
            const { replica } = node(to)
            if (node(from).replica.isForked(replica.branches())) moved ||= project.send(to, from).added.length > 0
          }
        }
      }
    },
    verdict: (at: string, entry: { id: string }): Verdict['state'] | undefined =>
      node(at).replica.verdict(entry.id)?.state,
    standing: (at: string) => node(at).replica.judgement().standing(),
    /** A fold of the same entries by somebody who comes new, in the order given. */
    fresh(entries: readonly CheckedEntry[]): ProjectReplica {
      const replica = openReplica(parts(memoryStore(), space))
      for (const entry of entries) replica.admit([entry])
      return replica
    },
    all: (at: string): CheckedEntry[] =>
      node(at)
        .replica.lacking([], { bytes: 1 << 30 })
        .entries.map(read),
  }
  return project
}

/** A signed entry read, its signature not verified. */
export function read(signed: unknown): CheckedEntry {
  const found = readEntry(signed, sha256)
  if (found.fault) throw new Error(found.fault.detail)
  return found.entry
}

/** All verdicts of a log, by id. */
export function verdictsOf(replica: ProjectReplica): Record<string, Verdict | undefined> {
  const { entries } = replica.lacking([], { bytes: 1 << 30 })
  return Object.fromEntries(entries.map((signed) => read(signed).id).map((id) => [id, replica.verdict(id)]))
}

/** alice's project with these in it, everybody having everything. */
export function begun(people: Record<string, string>, options: Parameters<typeof signedProject>[0] = {}) {
  const project = signedProject(options)
  for (const [name, role] of Object.entries(people)) project.join('alice', name, role)
  project.heal()
  return project
}
