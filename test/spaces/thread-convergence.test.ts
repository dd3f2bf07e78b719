import test from 'ava'
import { COUNTS } from '../../src/contract/verdict.ts'
import { keyFromSeed, type NodeKey } from '../../src/identity/signing.ts'
import type { CheckedEntry } from '../../src/log/checked.ts'
import { checkEntry, makeEntry } from '../../src/log/entry.ts'
import { memoryStore } from '../../src/log/memory-store.ts'
import { openReplica } from '../../src/log/open-replica.ts'
import { type ThreadJudgement, type ThreadTables, threadRules } from '../../src/spaces/thread.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { fc } from '../helpers/fast-check.ts'

const keys = [1, 2, 3, 4].map((byte) => keyFromSeed(new Uint8Array(32).fill(byte))) as [
  NodeKey,
  NodeKey,
  NodeKey,
  NodeKey,
]
const dids = keys.map(({ did }) => did)
const clock = fakeClock()

/** A node that writes whatever it likes, for its own rules permit everything. */
const lawless = { ...threadRules, authorityVerdict: () => COUNTS, contentVerdict: () => COUNTS }

type Step =
  | { do: 'say'; who: number }
  | { do: 'add' | 'remove'; who: number; whom: number }
  | { do: 'title' | 'close'; who: number }
  | { do: 'send'; who: number; to: number }
const node = fc.nat(3)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('say' as const), who: node }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('add' as const, 'remove' as const), who: node, whom: node }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('title' as const, 'close' as const), who: node }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), who: node, to: node }) },
)

async function play(steps: Step[], closed: boolean, shuffle: number[]) {
  const first = makeEntry(keys[0], {
    ...{ author: dids[0] as string, seq: 0, prev: undefined, heads: [], lamport: 1, at: clock.now() },
    type: 'thread.create',
    facts: { participants: [dids[1], dids[2]], closed },
  })
  const open = (key: NodeKey, rules = threadRules) => {
    const replica = openReplica<ThreadJudgement, ThreadTables>({
      space: first.id,
      rules,
      store: memoryStore(),
      clock,
      key,
    })
    replica.admit([first])
    return replica
  }
  // Everybody writes without law, and everything is judged by those who only read.
  const writers = keys.map((key) => open(key, lawless))
  const send = async (from: (typeof writers)[number], to: (typeof writers)[number]) => {
    const { entries } = from.lacking(to.branches(), { bytes: 1 << 30 })
    const all = await Promise.all(entries.map(checkEntry))
    to.admit(all.map(({ entry }) => entry as CheckedEntry))
  }
  for (const one of steps) {
    const writer = writers[one.who] as (typeof writers)[number]
    const author = dids[one.who] as string
    if (one.do === 'send') await send(writer, writers[one.to] as typeof writer)
    else {
      const facts =
        one.do === 'add' || one.do === 'remove'
          ? { [one.do]: [dids[one.whom]] }
          : one.do === 'title'
            ? { title: 't' }
            : {}
      const type = one.do === 'say' ? 'thread.message' : one.do === 'close' ? 'thread.close' : 'thread.update'
      // Whoever was never named to it cannot even begin: then nothing is written.
      try {
        writer.append({ author, type, facts, ...(one.do === 'say' ? { texts: { text: 'x' } } : {}) })
      } catch {
        // Nothing to write for whoever may not begin.
      }
    }
  }
  for (let round = 0; round < 3; round++)
    for (const from of writers) for (const to of writers) if (from !== to) await send(from, to)
  const everything = (writers[0] as (typeof writers)[number]).lacking([], { bytes: 1 << 30 }).entries
  const all = (await Promise.all(everything.map(checkEntry))).map(({ entry }) => entry as CheckedEntry)
  const readers = keys.map((key) => open(key))
  for (const [index, reader] of readers.entries()) {
    const order = all.map((entry, place) => ({
      entry,
      rank: ((shuffle[(place + index * 7) % shuffle.length] ?? 0) * (index + 1)) % 97,
    }))
    if (index > 0) order.sort((a, b) => a.rank - b.rank)
    // One by one, as they may come; some twice.
    for (const { entry } of order) reader.admit([entry])
    reader.admit(order.slice(0, 3).map(({ entry }) => entry))
  }
  return { all, readers, first }
}

test('threads come out the same in whatever order their entries come, however lawless they are', async (t) => {
  const seen = new Set<string | undefined>()
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 30 }),
      fc.boolean(),
      fc.array(fc.nat(1000), { minLength: 10, maxLength: 40 }),
      async (steps, closed, shuffle) => {
        const { all, readers } = await play(steps, closed, shuffle)
        for (const { id } of all) seen.add(readers[0]?.verdict(id)?.state)
        const hashes = new Set(readers.map((reader) => reader.stateHash()))
        const verdicts = new Set(readers.map((reader) => JSON.stringify(all.map(({ id }) => reader.verdict(id)))))
        return hashes.size === 1 && verdicts.size === 1
      },
    ),
    { numRuns: 60 },
  )
  t.deepEqual([...seen].sort(), ['counts', 'denied', 'held', 'refused'], 'all of it happened')
})

test('nothing counts of whom nobody let in, and only the creator decides over others', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), fc.boolean(), async (steps, closed) => {
      const { all, readers } = await play(steps, closed, [1])
      const [reader] = readers as [(typeof readers)[number]]
      const counting = all.filter(({ id }) => reader.verdict(id)?.state === 'counts')
      const added = new Set([dids[0], dids[1], dids[2]])
      for (const { header, body } of counting) {
        const { add = [], remove = [] } = body as { add?: string[]; remove?: string[] }
        if (header.author !== dids[0]) {
          if (closed && add.length > 0) return false
          if (remove.some((did) => did !== header.author)) return false
          if (header.type === 'thread.close' || 'title' in body) return false
        }
        for (const did of add) added.add(did)
      }
      return counting.every(({ header }) => added.has(header.author))
    }),
    { numRuns: 40 },
  )
  t.pass()
})
