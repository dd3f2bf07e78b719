import type { EntryStore } from './entry-store.ts'
import type { Placed } from './types.ts'

/** Entries kept at hand: parents are nearly always among the latest. */
const KEPT = 4096

export interface Recent {
  get(id: string): Placed | undefined
  add(entry: Placed): void
  remove(id: string): void
}

/** The latest entries of a log, and all others by asking the store. */
export function createRecent(store: Pick<EntryStore, 'placed'>): Recent {
  let young = new Map<string, Placed>()
  let old = new Map<string, Placed>()
  const add = (entry: Placed) => {
    if (young.size >= KEPT / 2) {
      old = young
      young = new Map()
    }
    young.set(entry.id, entry)
  }
  return {
    get(id) {
      const known = young.get(id)
      if (known) return known
      const found = old.get(id) ?? store.placed(id)
      if (found) add(found)
      return found
    },
    add,
    remove(id) {
      young.delete(id)
      old.delete(id)
    },
  }
}
