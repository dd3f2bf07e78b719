import { nodeOf } from '../base/did.ts'
import type { EntryQuery, EntryStore, LoggedEntry, NewEntry, StoredSnapshot } from './entry-store.ts'
import { comparePlaces, type Place } from './types.ts'

type Row = NewEntry & { arrival: number }

const SNAPSHOTS_KEPT = 4

/** The entries of one space in memory alone: for checking a file, and for tests. */
export function memoryStore(): EntryStore {
  const rows = new Map<string, Row>()
  const chains: Row[][] = []
  /** By place. */
  const ordered: Row[] = []
  let snapshots: StoredSnapshot[] = []

  /** The first index whose row stands behind a place, or at it. */
  function indexOf(place: Place, isBehind: boolean): number {
    let [low, high] = [0, ordered.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const order = comparePlaces((ordered[middle] as Row).entry, place)
      if (order < 0 || (isBehind && order === 0)) low = middle + 1
      else high = middle
    }
    return low
  }
  const from = (after: Place | undefined): number => (after ? indexOf(after, true) : 0)
  const existing = (id: string): Row => {
    const row = rows.get(id)
    if (!row) throw new Error(`no entry ${id}`)
    return row
  }

  function found(query: EntryQuery, isWanted: (row: Row) => boolean): LoggedEntry[] {
    const { order = 'newest', after, limit } = query
    const fits = (row: Row) => matches(row, query) && isWanted(row)
    if (order === 'oldest') return ordered.slice(from(after)).filter(fits).slice(0, limit).map(logged)
    const before = after ? ordered.slice(0, indexOf(after, false)) : ordered
    return before.toReversed().filter(fits).slice(0, limit).map(logged)
  }

  return {
    insert(entry) {
      const row = { ...entry, arrival: rows.size + 1 }
      rows.set(entry.entry.id, row)
      const { chain, position } = entry.entry
      const ofChain = chains[chain] ?? []
      ofChain[position] = row
      chains[chain] = ofChain
      ordered.splice(indexOf(entry.entry, false), 0, row)
    },
    setVerdict(id, verdict) {
      existing(id).verdict = verdict
    },
    dropTexts(id) {
      const row = rows.get(id)
      if (!row) return
      row.texts = undefined
      row.signed = { header: row.signed.header, facts: row.signed.facts }
    },
    fillTexts(id, signed, texts) {
      const row = existing(id)
      row.texts = texts
      row.signed = { ...row.signed, texts: signed }
    },

    count: () => rows.size,
    counting: (after, limit) =>
      ordered
        .slice(from(after))
        .filter(({ verdict }) => verdict.state === 'counts')
        .slice(0, limit)
        .map(({ entry: { lamport, id } }) => ({ lamport, id })),
    placed: (id) => rows.get(id)?.entry,
    verdict: (id) => rows.get(id)?.verdict,
    signed: (id) => rows.get(id)?.signed,
    logged: (id) => {
      const row = rows.get(id)
      return row && logged(row)
    },
    at: (chain, position) => chains[chain]?.[position]?.entry,
    chainEnds: () => chains.map((chain) => (chain.at(-1) as Row).entry),
    page(after, limit) {
      const first = from(after)
      return ordered.slice(first, first + limit).map(({ entry, verdict }) => ({ entry, verdict }))
    },
    ofTypes: (wanted) => ordered.filter(({ entry }) => wanted(entry.type)).map(({ entry }) => entry),
    placeAt: (chain, position) => chains[chain]?.[position]?.entry,
    signedOf: (chain, position, limit) =>
      (chains[chain] ?? [])
        .slice(position, position + limit)
        .map(({ entry, signed }) => ({ lamport: entry.lamport, id: entry.id, signed })),

    query: (query) => found(query, () => true),
    withPrefix: (prefix, limit) =>
      [...rows.keys()]
        .filter((id) => id.startsWith(prefix))
        .sort()
        .slice(0, limit),
    search(words, query) {
      const wanted = wordsOf(words)
      if (wanted.length === 0) return []
      return found(query, ({ searched, texts, verdict }) => {
        const has = new Set(wordsOf(Object.values(texts ?? {}).join('\n')))
        return searched && verdict.state === 'counts' && wanted.every((word) => has.has(word))
      })
    },

    saveSnapshot(snapshot) {
      const others = snapshots.filter(({ place }) => comparePlaces(place, snapshot.place) !== 0)
      snapshots = [...others, snapshot].sort((a, b) => comparePlaces(a.place, b.place)).slice(-SNAPSHOTS_KEPT)
    },
    snapshotBefore: (place) => snapshots.findLast((snapshot) => !place || comparePlaces(snapshot.place, place) < 0),
    dropSnapshots(place) {
      snapshots = place ? snapshots.filter((snapshot) => comparePlaces(snapshot.place, place) < 0) : []
    },
  }
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

function matches({ entry, subject, verdict }: Row, query: EntryQuery): boolean {
  const { author, types, states, since, until } = query
  if (author !== undefined && (author === nodeOf(author) ? entry.node : entry.author) !== author) return false
  if (types && !types.includes(entry.type)) return false
  if (query.subject !== undefined && subject !== query.subject) return false
  if (states && !states.includes(verdict.state)) return false
  return (since === undefined || entry.at >= since) && (until === undefined || entry.at < until)
}

const logged = ({ entry, texts, verdict, subject, receivedAt, arrival }: Row): LoggedEntry => ({
  ...entry,
  texts,
  redacted: texts === undefined && entry.body['texts_hash'] !== undefined,
  verdict,
  subject,
  receivedAt,
  arrival,
})
