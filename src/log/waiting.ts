import type { CheckedEntry } from './checked.ts'

/** So much waits at most in one space. */
export const WAITING_MAX = 10_000
export const WAITING_BYTES = 32 << 20
/** About what it costs to know that something waits for a parent: an entry can name many that never come. */
export const PARENT_BYTES = 256

export interface Waiting {
  entry: CheckedEntry
  from: string | undefined
}

/** Entries whose parents are not here yet, in memory alone: what is forgotten is asked for again. */
export interface WaitingRoom {
  has(id: string): boolean
  /** It waits for each of these parents. */
  add(entry: CheckedEntry, from: string | undefined, parents: readonly string[]): void
  /** A parent has come: those for which nothing is missing any more, as far as is known here. */
  release(parent: string): Waiting[]
  /** A parent will never come: forgets all that wait for it, and those that wait for these. */
  forget(parent: string): void
  size(): number
}

export function createWaitingRoom({ most = WAITING_MAX, mostBytes = WAITING_BYTES } = {}): WaitingRoom {
  const waiting = new Map<string, Waiting & { parents: Set<string>; bytes: number }>()
  const children = new Map<string, Set<string>>()
  let bytes = 0

  function remove(id: string) {
    const found = waiting.get(id)
    if (!found) return
    waiting.delete(id)
    bytes -= found.bytes
    for (const parent of found.parents) {
      const siblings = children.get(parent)
      siblings?.delete(id)
      if (siblings?.size === 0) children.delete(parent)
    }
  }

  return {
    has: (id) => waiting.has(id),
    add(entry, from, parents) {
      remove(entry.id)
      const { header, facts, texts = '' } = entry.signed
      const size = header.length + facts.length + texts.length + PARENT_BYTES * parents.length
      waiting.set(entry.id, { entry, from, parents: new Set(parents), bytes: size })
      bytes += size
      for (const parent of parents) {
        const siblings = children.get(parent)
        if (siblings) siblings.add(entry.id)
        else children.set(parent, new Set([entry.id]))
      }
      for (const oldest of waiting.keys()) {
        if (waiting.size <= most && bytes <= mostBytes) break
        remove(oldest)
      }
    },
    release(parent) {
      const free: Waiting[] = []
      for (const id of [...(children.get(parent) ?? [])]) {
        const found = waiting.get(id)
        if (!found) continue
        found.parents.delete(parent)
        if (found.parents.size > 0) continue
        remove(id)
        free.push({ entry: found.entry, from: found.from })
      }
      children.delete(parent)
      return free
    },
    forget(parent) {
      const gone = [parent]
      for (let id = gone.pop(); id !== undefined; id = gone.pop()) {
        for (const child of [...(children.get(id) ?? [])]) {
          remove(child)
          gone.push(child)
        }
      }
    },
    size: () => waiting.size,
  }
}
