import type { Branch } from './replica.ts'
import type { Chain, Placed } from './types.ts'

/** The chains of a log by their ends, and its tips. Everything in a log is in the past of its chains' ends, or is one. */
export interface Chains {
  /** The latest entry of each chain, by its number. */
  ends(): readonly Placed[]
  all(): Chain[]
  of(node: string): Placed[]
  /** Whether it is here and the last of its chain: then no entry that has it as its `prev` is here. */
  isEnd(id: string): boolean
  /** Entries that are no other's parent. */
  tips(): Placed[]
  branches(): Branch[]
  /** The chain and position of an entry that is to follow `prev`: the same chain, unless something follows already. */
  next(prev: Placed | undefined): { chain: number; position: number }
  /** Answers what takes it back. */
  add(entry: Placed): () => void
}

export function createChains(stored: readonly Placed[]): Chains {
  const ends = [...stored]
  const tips = new Map<string, Placed>()
  // An end is a parent only of ends or of what is in their past: the clocks know.
  for (const end of ends) {
    const isCited = ends.some((other) => other !== end && (other.clock[end.chain] ?? 0) > end.position)
    if (!isCited) tips.set(end.id, end)
  }

  return {
    ends: () => ends,
    all: () => ends.map(({ node, position }, chain) => ({ chain, node, length: position + 1 })),
    of: (node) => ends.filter((end) => end.node === node),
    isEnd: (id) => ends.some((end) => end.id === id),
    tips: () => [...tips.values()],
    branches: () => ends.map(({ node, seq, id }) => ({ node, seq, id })),
    next(prev) {
      const continues = prev && ends[prev.chain]?.id === prev.id
      return continues ? { chain: prev.chain, position: prev.position + 1 } : { chain: ends.length, position: 0 }
    },
    add(entry) {
      const before = ends[entry.chain]
      const cited: Placed[] = []
      for (const id of entry.prev === undefined ? entry.heads : [entry.prev, ...entry.heads]) {
        const tip = tips.get(id)
        if (tip) cited.push(tip)
        tips.delete(id)
      }
      ends[entry.chain] = entry
      tips.set(entry.id, entry)
      return () => {
        if (before) ends[entry.chain] = before
        else ends.length = entry.chain
        tips.delete(entry.id)
        for (const tip of cited) tips.set(tip.id, tip)
      }
    },
  }
}

/** What is in the past of an entry with these parents, by chain, and itself. */
export function clockOf(parents: readonly Placed[], chain: number, position: number): Uint32Array {
  const length = parents.reduce((longest, { clock }) => Math.max(longest, clock.length), chain + 1)
  const merged = new Uint32Array(length)
  for (const { clock } of parents) mergeClock(merged, clock)
  merged[chain] = position + 1
  return merged
}

export function mergeClock(into: Uint32Array, clock: Uint32Array): void {
  for (let chain = 0; chain < clock.length; chain++) {
    const count = clock[chain] as number
    if (count > (into[chain] as number)) into[chain] = count
  }
}
