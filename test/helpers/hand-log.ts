import { nodeOf } from '../../src/base/did.ts'
import type { Draft, Lookup } from '../../src/contract/state.ts'
import { comparePlaces, type LogView, type Placed } from '../../src/log/types.ts'

/** A log written by hand, without keys: for rules alone. Ids are `e0`, `e1`, … in the order of writing. */
export function handLog(isAuthority: (type: string) => boolean) {
  const all: Placed[] = []
  const chains: Placed[][] = []

  /** An entry whose writer had seen `seen`, and what is in the past of that. */
  function write(author: string, type: string, body: Record<string, unknown>, seen: Placed[] = all.slice(-1)): Placed {
    const clock: number[] = []
    for (const parent of seen)
      for (let chain = 0; chain < chains.length; chain++)
        clock[chain] = Math.max(clock[chain] ?? 0, parent.clock[chain] ?? 0)
    const node = nodeOf(author)
    const own = chains.findIndex((chain, index) => chain[0]?.node === node && clock[index] === chain.length)
    const chain = own < 0 ? chains.length : own
    const line = chains[chain] ?? []
    chains[chain] = line
    clock[chain] = line.length + 1
    const entry: Placed = {
      id: `e${all.length}`,
      author,
      node,
      type,
      body,
      at: all.length,
      lamport: 1 + Math.max(0, ...seen.map((parent) => parent.lamport)),
      seq: line.length,
      prev: line.at(-1)?.id,
      heads: seen.map((parent) => parent.id),
      chain,
      position: line.length,
      clock: Uint32Array.from(Array.from({ length: chains.length }, (_, index) => clock[index] ?? 0)),
    }
    line.push(entry)
    all.push(entry)
    return entry
  }
  const ordered = () => [...all].sort(comparePlaces)
  const view: LogView = {
    placed: (id) => all.find((entry) => entry.id === id),
    chains: () => chains.map((line, chain) => ({ chain, node: line[0]?.node ?? '', length: line.length })),
    at: (chain, position) => chains[chain]?.[position],
    authority: () => ordered().filter((entry) => isAuthority(entry.type)),
  }
  return { write, all, ordered, view }
}

/** Tables in memory, for trying rules. */
export function plainDraft<Tables extends object>(): Draft<Tables> & { tables: Record<string, Map<string, unknown>> } {
  const tables: Record<string, Map<string, unknown>> = {}
  const table = (name: string) => {
    tables[name] ??= new Map()
    return tables[name]
  }
  return {
    tables,
    get: (name, key) => table(name).get(key) as never,
    has: (name, key) => table(name).has(key),
    set: (name, key, value) => void table(name).set(key, value),
    delete: (name, key) => void table(name).delete(key),
    entries: (name) => table(name).entries() as never,
    size: (name) => table(name).size,
  }
}

/** What `applied` entries are found by in the past: all of them. */
export const lookupIn = (entries: readonly Placed[]): Lookup => ({
  past: (id) => entries.find((entry) => entry.id === id),
})
