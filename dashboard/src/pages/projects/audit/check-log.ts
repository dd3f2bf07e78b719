import { canonicalJson } from '../../../../../src/base/canonical.ts'
import type { EntryHeader, SignedEntry } from '../../../../../src/contract/entry.ts'
import { createChains } from '../../../../../src/log/chains.ts'
import type { CheckedEntry, EntryFault } from '../../../../../src/log/checked.ts'
import { placeEntry } from '../../../../../src/log/place-entry.ts'
import type { Placed } from '../../../../../src/log/types.ts'

/** What one entry's own check came to: form, hashes and signature. */
export type Verified = { entry: CheckedEntry; fault?: never } | { entry?: never; fault: EntryFault }

export interface LogPage {
  /** Entries that nothing follows, as the daemon names them. */
  tips: string[]
  entries: SignedEntry[]
}

export interface LogFinding {
  /** Entries of which everything was right. */
  entries: number
  nodes: number
  chains: number
  /** Nodes that wrote two entries after the same one of theirs. */
  forked: string[]
  /** The first that is not right; nothing after it was looked at. */
  fault: { id: string | undefined; reason: string } | undefined
  /** Tips that the daemon names and did not send. */
  missing: string[]
  /** What was signed, by entry. */
  headers: Map<string, EntryHeader>
}

export interface CheckParts {
  space: string
  pages: AsyncIterable<LogPage>
  /** The checks of these entries, in their order. */
  verify(entries: SignedEntry[]): Promise<Verified[]>
  /** Entries checked so far. */
  onProgress?(entries: number): void
  signal?: AbortSignal
}

/**
 * Checks a log from nothing: each entry by itself, that each follows what it says it follows, and that none is missing. Who had the right to write what is
 * not asked here.
 */
export async function checkLog({ space, pages, verify, onProgress, signal }: CheckParts): Promise<LogFinding> {
  const placed = new Map<string, Placed>()
  const headers = new Map<string, EntryHeader>()
  const chains = createChains([])
  // Whether a node may write here is a right, and those are judged by the daemon.
  const known = { space, chains, placed: (id: string) => placed.get(id), mayBegin: () => true }
  let tips: string[] = []
  const finding = (fault?: LogFinding['fault']): LogFinding => {
    const all = chains.all()
    const begun = Map.groupBy(all, ({ node }) => node)
    return {
      entries: placed.size,
      nodes: begun.size,
      chains: all.length,
      forked: [...begun].filter(([, list]) => list.length > 1).map(([node]) => node),
      fault,
      missing: fault ? [] : tips.filter((id) => !placed.has(id)),
      headers,
    }
  }

  for await (const page of pages) {
    tips = page.tips
    for (const { entry, fault } of await verify(page.entries)) {
      signal?.throwIfAborted()
      if (fault) return finding({ id: fault.id, reason: `${fault.reason}: ${fault.detail}` })
      const { id, header } = entry
      const place = placeEntry(entry, known)
      if (place.fault) return finding({ id, reason: `${place.fault.reason}: ${place.fault.detail}` })
      if (place.missing)
        return finding({ id, reason: `missing_parents: it follows ${place.missing[0]}, which is not there` })
      placed.set(id, place.placed)
      headers.set(id, header)
      chains.add(place.placed)
    }
    onProgress?.(placed.size)
  }
  return finding(placed.size === 0 ? { id: undefined, reason: 'there is no entry in it' } : undefined)
}

/** An entry as the daemon lists it. */
export interface Listed {
  id: string
  type: string
  author: { did: string }
  seq: number
  lamport: number
  at: string
  facts: Record<string, unknown>
}

/** Whether what is listed is what was signed. */
export const isAsSigned = (listed: Listed, header: EntryHeader, hash: (text: string) => string): boolean =>
  header.type === listed.type &&
  header.author === listed.author.did &&
  header.seq === listed.seq &&
  header.lamport === listed.lamport &&
  Date.parse(header.at) === Date.parse(listed.at) &&
  header.body_hash === hash(canonicalJson(listed.facts))
