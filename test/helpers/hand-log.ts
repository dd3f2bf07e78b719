import { createHash } from 'node:crypto'
import { base58btc } from 'multiformats/bases/base58'
import { nodeOf } from '../../src/base/did.ts'
import type { Lookup } from '../../src/contract/state.ts'
import { comparePlaces, type LogView, type Placed } from '../../src/log/types.ts'

/** A log written by hand: entries without keys and signatures, with whatever parents a test says; for rules, which look at nothing else. */
export interface HandLog {
  view: LogView
  lookup: Lookup
  /** In the order in which they were written. */
  all: readonly Placed[]
  ordered(): Placed[]
  /**
   * Writes an entry of `author` behind these entries, or the last one written. `prev` is the last of its node among their pasts unless another is given;
   * null begins a chain.
   */
  write(
    author: string,
    type: string,
    body: Record<string, unknown>,
    behind?: readonly Placed[],
    prev?: Placed | null,
  ): Placed
}

export function handLog(isAuthority: (type: string) => boolean): HandLog {
  const all: Placed[] = []
  const byId = new Map<string, Placed>()
  const chains: { chain: number; node: string; entries: Placed[] }[] = []
  const ordered = () => [...all].sort(comparePlaces)

  return {
    all,
    ordered,
    lookup: { past: (id) => byId.get(id) },
    view: {
      placed: (id) => byId.get(id),
      chains: () => chains.map(({ chain, node, entries: { length } }) => ({ chain, node, length })),
      at: (chain, position) => chains[chain]?.entries[position],
      authority: () => ordered().filter(({ type }) => isAuthority(type)),
    },
    write(author, type, body, behind = all.slice(-1), given) {
      const node = nodeOf(author)
      const clock: number[] = []
      const follow = (parent: Placed) => {
        for (const [chain, reach] of parent.clock.entries()) clock[chain] = Math.max(clock[chain] ?? 0, reach)
      }
      behind.forEach(follow)
      const known = chains
        .filter((chain) => chain.node === node)
        .flatMap(({ chain, entries }) => entries[(clock[chain] ?? 0) - 1] ?? [])
        .sort((a, b) => b.seq - a.seq)
      const prev = given === null ? undefined : (given ?? known[0])
      if (prev) follow(prev)
      let slot = prev && chains[prev.chain]
      if (!slot || slot.entries.length !== (prev?.position ?? -1) + 1) {
        slot = { chain: chains.length, node, entries: [] }
        chains.push(slot)
      }
      const position = slot.entries.length
      clock[slot.chain] = position + 1
      const parents = [...behind, ...(prev ? [prev] : [])]
      const entry: Placed = {
        id: base58btc.encode(createHash('sha256').update(`${all.length}`).digest()).slice(1),
        author,
        node,
        lamport: 1 + Math.max(0, ...parents.map((parent) => parent.lamport)),
        at: all.length + 1,
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
      all.push(entry)
      byId.set(entry.id, entry)
      return entry
    },
  }
}
