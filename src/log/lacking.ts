import type { SignedEntry } from '../contract/entry.ts'
import { type Chains, mergeClock } from './chains.ts'
import type { EntryStore, StoredSigned } from './entry-store.ts'
import type { Branch, LackingOptions } from './replica.ts'
import { comparePlaces, type Place, type Placed } from './types.ts'

const PAGE = 24

interface Parts {
  store: EntryStore
  chains: Chains
  get(id: string): Placed | undefined
}

/** How much of each chain somebody has who told these branches: all that is in the past of those that are known here. */
function known({ chains, get }: Parts, branches: readonly Branch[]): Uint32Array {
  const have = new Uint32Array(chains.ends().length)
  for (const { node, seq, id } of branches) {
    const entry = get(id)
    if (entry) mergeClock(have, entry.clock)
    else {
      // Who is further on a chain has what is before; unless it is another branch, which `isForked` finds on one of the two sides.
      const [end, ...others] = chains.of(node)
      if (end && others.length === 0 && end.seq < seq) have[end.chain] = end.position + 1
    }
  }
  return have
}

export const isForked = ({ chains, get }: Parts, branches: readonly Branch[]): boolean =>
  branches.some(({ node, seq, id }) => !get(id) && chains.of(node).some((end) => end.seq >= seq))

/** See `Replica.lacking`. In order of place, in which parents come before their children. */
export function lacking(
  parts: Parts,
  branches: readonly Branch[],
  { bytes, until, after }: LackingOptions,
): { entries: SignedEntry[]; after: Place | undefined } {
  const { store, chains, get } = parts
  const last = until === undefined ? undefined : get(until)
  if (until !== undefined && !last) return { entries: [], after: undefined }
  const have = known(parts, branches)

  /** What is to come of each chain, a page at a time. */
  const sources = chains.ends().flatMap((end) => {
    const to = last ? (last.clock[end.chain] ?? 0) : end.position + 1
    const from = after ? behind(store, end.chain, have[end.chain] ?? 0, to, after) : (have[end.chain] ?? 0)
    return from < to ? [{ chain: end.chain, from, to, page: [] as StoredSigned[], index: 0 }] : []
  })
  const next = (source: (typeof sources)[number]): StoredSigned | undefined => {
    if (source.index === source.page.length && source.from < source.to) {
      source.page = store.signedOf(source.chain, source.from, Math.min(PAGE, source.to - source.from))
      source.index = 0
      source.from += source.page.length
    }
    return source.page[source.index]
  }

  const entries: SignedEntry[] = []
  let size = 0
  let place: Place | undefined
  for (;;) {
    let first: { source: (typeof sources)[number]; entry: StoredSigned } | undefined
    for (const source of sources) {
      const entry = next(source)
      if (entry && (!first || comparePlaces(entry, first.entry) < 0)) first = { source, entry }
    }
    if (!first) return { entries, after: undefined }
    const { header, facts, texts = '' } = first.entry.signed
    size += header.length + facts.length + texts.length
    if (entries.length > 0 && size > bytes) return { entries, after: place }
    first.source.index++
    entries.push(first.entry.signed)
    place = { lamport: first.entry.lamport, id: first.entry.id }
  }
}

/** The first position of a chain from `low` on whose entry stands behind a place; `high` when there is none below it. Places grow along a chain. */
function behind(store: EntryStore, chain: number, low: number, high: number, place: Place): number {
  let [from, to] = [low, high]
  while (from < to) {
    const middle = (from + to) >> 1
    const entry = store.placeAt(chain, middle)
    if (entry && comparePlaces(entry, place) > 0) to = middle
    else from = middle + 1
  }
  return from
}
