import type { SignedEntry } from '../../contract/entry.ts'
import { ENTRIES_MAX, HAVE_BRANCHES_MAX } from '../../contract/log-message.ts'
import type { Branch, Replica } from '../../log/replica.ts'
import type { Place, Placed } from '../../log/types.ts'

/** New entries kept in mind one by one for a peer that reads slowly; more, and what it lacks is looked up in the log when it reads on. */
const FRESH_MAX = 2048
/** Entries that a peer may ask for and has not been sent. */
const WANTED_MAX = 4096

/**
 * What a peer is known to have of one space, and what it is to be sent. It told the ends of its chains; what it was sent since, or sent itself, it has too, with
 * all that is in the past of these.
 */
export interface Known {
  /** It has told what it has. Until then nothing is sent to it. */
  readonly isTold: boolean
  /** It told of ends of chains that are not here; `node`: of this node's chains. */
  hasStrange(node?: string): boolean
  /** It tells what it has; `anew`: and nothing that was believed of it before counts. */
  told(branches: readonly Branch[], anew: boolean): void
  /** It has this entry. */
  note(entry: Placed): void
  /** It asks for these. */
  want(ids: readonly string[]): void
  /** These came into the log; it is sent those that it does not have. Answers whether there are any. */
  offer(entries: readonly Placed[]): boolean
  /** Looks up anew all that it lacks. */
  catchUp(): void
  /** The next entries to send, for a member or (up to and with the entry `until`) for who was removed by that; none when there is nothing more. */
  next(until: string | undefined): SignedEntry[]
}

/** @param onForked the peer is to be told anew what is here, for it could not see of itself what this node lacks. */
export function createKnown(replica: () => Replica, onForked: () => void): Known {
  /** By chain: how many of its entries the peer has. */
  let has: number[] = []
  /** By id; struck off as they come. */
  const strange = new Map<string, Branch>()
  let isTold = false
  let catching: { after: Place | undefined; goal: string[] } | undefined
  /** Branches unknown here that can only be forks: each once. */
  const forks = new Set<string>()
  let hasForked = false
  let fresh: Placed[] = []
  const wanted = new Set<string>()

  const hasIt = ({ chain, position }: Placed): boolean => (has[chain] ?? 0) > position

  function note({ id, clock }: Placed): void {
    strange.delete(id)
    for (const [chain, count] of clock.entries()) if (count > (has[chain] ?? 0)) has[chain] = count
  }

  function branches(): Branch[] {
    const view = replica().log()
    const ends = has.flatMap((count, chain) => (count > 0 ? (view.at(chain, count - 1) ?? []) : []))
    return [...ends.map(({ node, seq, id }) => ({ node, seq, id })), ...strange.values()]
  }

  function catchUp(): void {
    fresh = []
    catching = {
      after: undefined,
      goal: replica()
        .branches()
        .map(({ id }) => id),
    }
  }

  /** As many of these as go at once, and takes them away. */
  function take(ids: Iterable<string>, taken: (id: string) => void): SignedEntry[] {
    const entries: SignedEntry[] = []
    let bytes = 0
    for (const id of ids) {
      const signed = replica().signed(id)
      bytes += signed ? sizeOf(signed) : 0
      if (bytes > ENTRIES_MAX && entries.length > 0) break
      taken(id)
      if (signed) entries.push(signed)
    }
    return entries
  }

  function nextLacking(until: string | undefined): SignedEntry[] {
    while (catching) {
      const { entries, after } = replica().lacking(branches(), { bytes: ENTRIES_MAX, after: catching.after, until })
      // Parents come first: with the last of these it has all that is in the past of that.
      const ends = after ? [after.id] : until === undefined ? catching.goal : [until]
      for (const id of ends) {
        const entry = replica().get(id)
        if (entry) note(entry)
      }
      if (after) catching.after = after
      else {
        catching = undefined
        if (hasForked) onForked()
        hasForked = false
      }
      if (entries.length > 0) return entries
    }
    return []
  }

  function nextFresh(): SignedEntry[] {
    const due = fresh.filter((entry) => !hasIt(entry))
    const byId = new Map(due.map((entry) => [entry.id, entry]))
    const entries = take(byId.keys(), (id) => {
      const entry = byId.get(id)
      if (entry) note(entry)
    })
    fresh = due.filter((entry) => !hasIt(entry))
    return entries
  }

  return {
    get isTold() {
      return isTold
    },
    hasStrange: (node) =>
      node === undefined ? strange.size > 0 : [...strange.values()].some((branch) => branch.node === node),
    told(told, anew) {
      if (anew || !isTold) has = []
      isTold = true
      strange.clear()
      for (const branch of told.slice(0, HAVE_BRANCHES_MAX)) {
        const entry = replica().get(branch.id)
        if (entry) note(entry)
        else strange.set(branch.id, branch)
      }
      for (const branch of strange.values()) {
        if (forks.has(branch.id) || forks.size > HAVE_BRANCHES_MAX || !replica().isForked([branch])) continue
        forks.add(branch.id)
        hasForked = true
      }
      catchUp()
    },
    note,
    want(ids) {
      for (const id of ids) if (wanted.size < WANTED_MAX) wanted.add(id)
    },
    offer(entries) {
      if (!isTold) return false
      for (const entry of entries) if (strange.has(entry.id)) note(entry)
      // Its own are no exception: a node whose backup was put back learns of them so.
      const due = entries.filter((entry) => !hasIt(entry))
      fresh.push(...due)
      if (fresh.length > FRESH_MAX) catchUp()
      return due.length > 0
    },
    catchUp,
    next(until) {
      if (!isTold) return []
      if (until !== undefined) {
        fresh = []
        wanted.clear()
        return nextLacking(until)
      }
      const asked = take([...wanted], (id) => wanted.delete(id))
      if (asked.length > 0) return asked
      const lacking = nextLacking(undefined)
      return lacking.length > 0 ? lacking : nextFresh()
    },
  }
}

export const sizeOf = ({ header, facts, texts = '' }: SignedEntry): number =>
  header.length + facts.length + texts.length
