import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { keyFromSeed, type NodeKey } from '../../src/identity/signing.ts'
import type { CheckedEntry } from '../../src/log/checked.ts'
import { makeEntry, sha256 } from '../../src/log/entry.ts'
import type { EntryStore } from '../../src/log/entry-store.ts'
import { memoryStore } from '../../src/log/memory-store.ts'
import { openReplica } from '../../src/log/open-replica.ts'
import type { EntryInput, Replica } from '../../src/log/replica.ts'
import { entryTables } from '../../src/log/tables.ts'
import { comparePlaces } from '../../src/log/types.ts'
import { readEntry } from '../../src/log/verify.ts'
import { openDatabase } from '../../src/store/database.ts'
import { raw } from '../helpers/database.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { fc } from '../helpers/fast-check.ts'
import { toyRules } from './toy.ts'

const clock = fakeClock()
const keys = [1, 2, 3].map((byte) => keyFromSeed(new Uint8Array(32).fill(byte))) as [NodeKey, NodeKey, NodeKey]
/** Two have two, as if one were restored from a backup of the other: their chains fork. */
const owners = [0, 0, 1, 1, 2]
/** So small that every way back is gone. */
const limits = { journal: 3, page: 4, snapshotEvery: 3, snapshotBehind: 1 }
const rules = toyRules()

const first = makeEntry(keys[0], {
  author: keys[0].did,
  seq: 0,
  prev: undefined,
  heads: [],
  lamport: 1,
  at: clock.now(),
  type: 'toy.create',
  facts: {},
})

const writer = fc.nat(owners.length - 1)
const act = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('push' as const),
      by: writer,
      n: fc.nat(9),
      list: fc.nat(4),
      replies: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('list' as const), by: writer, n: fc.nat(4) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('authority' as const),
      by: fc.oneof({ weight: 4, arbitrary: fc.nat(1) }, writer),
      type: fc.constantFrom('admit', 'hold', 'lift'),
      who: fc.nat(2),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      by: writer,
      to: writer,
      seed: fc.nat(),
      part: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), by: writer, snapshot: fc.boolean() }) },
)
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never

interface Node {
  key: NodeKey
  store: EntryStore
  replica: Replica
}

const open = (key: NodeKey, store: EntryStore): Replica =>
  openReplica({ space: first.id, rules, store, clock, key, limits })

function begun(key: NodeKey, store: EntryStore): Node {
  const replica = open(key, store)
  replica.admit([first])
  return { key, store, replica }
}

/** Writes behind everything that is there, whether or not anybody honest would. */
function write({ key, replica }: Node, input: EntryInput) {
  const log = replica.log()
  const ends = replica.branches().flatMap(({ id }) => replica.get(id) ?? [])
  const own = ends
    .filter(({ node }) => node === key.did)
    .sort(comparePlaces)
    .at(-1)
  const tips = replica.tips()
  const lamport = 1 + Math.max(...ends.map((end) => end.lamport))
  const entry = makeEntry(key, {
    space: replica.space,
    ...input,
    seq: own ? own.seq + 1 : 0,
    prev: own?.id,
    heads: tips.filter((id) => id !== own?.id),
    lamport,
    at: clock.now(),
  })
  const isDenied = replica.admit([entry]).faults.length > 0
  if (!isDenied && log.placed(entry.id) === undefined) throw new Error('what was written is not there')
}

const checked = (replica: Replica, id: string): CheckedEntry => {
  const read = readEntry(replica.signed(id), sha256)
  if (read.fault) throw new Error(read.fault.detail)
  return read.entry
}

/** The same for the same seed. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed + 1
  const keyed = items.map((item) => {
    state = (state * 48_271 + 11) % 2_147_483_647
    return { item, key: state }
  })
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item)
}

const all = (replica: Replica): string[] => replica.query({ limit: 10_000, order: 'oldest' }).map(({ id }) => id)

function perform(nodes: Node[], one: Act) {
  const node = nodes[one.by] as Node
  const { replica, key } = node
  const author = key.did
  if (one.do === 'push') {
    const reply = one.replies ? { reply_to: replica.tips()[0] } : {}
    write(node, {
      author,
      type: 'toy.push',
      facts: { list: String(one.list), item: String(one.n), ...reply },
      texts: { text: 'x' },
    })
  } else if (one.do === 'list') write(node, { author, type: 'toy.list', facts: { id: String(one.n) } })
  else if (one.do === 'authority') write(node, { author, type: `toy.${one.type}`, facts: { who: keys[one.who]?.did } })
  else if (one.do === 'restart') {
    if (one.snapshot) replica.snapshot()
    const before = replica.stateHash()
    node.replica = open(key, node.store)
    if (node.replica.stateHash() !== before) throw new Error('another state after a restart')
  } else {
    const ids = shuffled(all(replica), one.seed)
    const some = ids.slice(0, Math.ceil((ids.length * one.part) / 4))
    const to = nodes[one.to] as Node
    for (const part of [some.slice(0, 3), some.slice(2)]) to.replica.admit(part.map((id) => checked(replica, id)))
  }
}

/** As members do that are connected, until nobody lacks anything. */
function synchronise(nodes: Node[]) {
  for (let round = 0, sent = 1; sent > 0; round++) {
    if (round > 6) throw new Error('it does not end')
    sent = 0
    for (const from of nodes) {
      for (const to of nodes) {
        const branches = to.replica.branches()
        let after: ReturnType<Replica['lacking']>['after']
        do {
          const batch = from.replica.lacking(branches, { bytes: 2000, after })
          const read = batch.entries.map((signed) => readEntry(signed, sha256))
          sent += to.replica.admit(read.flatMap((one) => (one.fault ? [] : [one.entry]))).added.length
          after = batch.after
        } while (after)
      }
    }
  }
}

const verdicts = (replica: Replica) => all(replica).map((id) => [id, replica.verdict(id)])

function converge(
  acts: Act[],
  seed: number,
  newStore: () => EntryStore,
  t: { deepEqual(a: unknown, b: unknown): unknown; is(a: unknown, b: unknown): unknown },
) {
  const nodes = owners.map((owner) => begun(keys[owner] as NodeKey, newStore()))
  const [creator] = nodes as [Node, ...Node[]]
  for (const { did } of keys.slice(1)) write(creator, { author: keys[0].did, type: 'toy.admit', facts: { who: did } })
  synchronise(nodes)
  for (const one of acts) perform(nodes, one)
  synchronise(nodes)
  const [one, ...others] = nodes as [Node, ...Node[]]
  // Everything at once, in any order, into a log that has nothing.
  const scratch = open(one.key, memoryStore())
  t.deepEqual(scratch.admit(shuffled(all(one.replica), seed).map((id) => checked(one.replica, id))).faults, [])
  const again = open(one.key, one.store)
  for (const replica of [scratch, again, ...others.map((other) => other.replica)]) {
    t.deepEqual(verdicts(replica), verdicts(one.replica))
    t.is(replica.stateHash(), one.replica.stateHash())
    t.deepEqual(replica.tips(), one.replica.tips())
  }
}

test('whoever has the same entries has the same state, however they came', (t) => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80, size: 'max' }), fc.nat(), (acts, seed) =>
      converge(acts, seed, memoryStore, t),
    ),
    { numRuns: 100 },
  )
})

test('on disk too', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'agora-'))
  const database = openDatabase(join(folder, 'agora.db'))
  t.teardown(() => {
    database.close()
    rmSync(folder, { recursive: true, force: true })
  })
  database.run(raw('PRAGMA synchronous = OFF'))
  const tables = entryTables(database)
  // One database has a log once; so each node has its own, emptied between two runs.
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60, size: 'max' }), fc.nat(), (acts, seed) => {
      for (const table of ['entries', 'logs', 'snapshots', 'entry_text']) database.run(raw(`DELETE FROM ${table}`))
      let disks = 0
      converge(acts, seed, () => (disks++ === 0 ? tables.of(first.id) : memoryStore()), t)
    }),
    { numRuns: 25 },
  )
})
