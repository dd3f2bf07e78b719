import { sql as literal } from 'kysely'
import { nodeOf } from '../base/did.ts'
import type { Database } from '../store/database.ts'
import { type EntryQueries, entryQueries } from './entry-queries.ts'
import {
  type EntryRow,
  loggedOf,
  matchOf,
  newRow,
  type PlacedColumns,
  placedOf,
  sql,
  verdictOf,
  verdictRow,
} from './entry-rows.ts'
import type { EntryQuery, EntryStore, LoggedEntry } from './entry-store.ts'
import { comparePlaces, type Place } from './types.ts'
import { createWritten } from './written.ts'

const SNAPSHOTS_KEPT = 4
/** Before every place there can be. */
const START: Place = { lamport: 0, id: '' }
/** Behind every character of an id. */
const END = '~'

export interface EntryTables {
  /** The entries of one space as they are on disk now. To be asked for anew with the replica, when a write that changed it came to nothing. */
  of(space: string): EntryStore
  /** What somebody wrote in these spaces, and what keepers wrote of what they hold: the latest first, each once. */
  by(query: ByAuthor): { space: string; entry: LoggedEntry }[]
  /** What counts in these spaces, by the moment at which it was written: the latest first. */
  latest(query: Latest): { space: string; entry: LoggedEntry }[]
  /** By what it is about: when the first entry of a type was written that counts, by its author’s clock; ms since the epoch. */
  firstOf(space: string, type: string): Map<string, number>
  /** When somebody wrote last in these spaces, by its own clock; ms since the epoch. */
  lastBy(author: string, spaces: readonly string[]): number | undefined
}

/** When an entry was written, as far as its author is to be believed: not later than it came here. Ms since the epoch. */
export const momentOf = ({ at, receivedAt }: LoggedEntry): number => Math.min(at, receivedAt)

export interface Latest {
  spaces: readonly string[]
  /** Goes on behind this moment, and the number of arrival there. */
  before?: { moment: number; arrival: number } | undefined
  limit: number
}

export interface ByAuthor {
  /** The DID of an agent, or of a node for what its operator wrote. */
  author: string
  spaces: readonly string[]
  /** Goes on behind what was written then (ms, by its author’s clock) under this id. */
  before?: { at: number; id: string } | undefined
  limit: number
}

/** The logs of all spaces in the database; each query is prepared once. */
/** @param onDropped called within whatever takes texts away. */
export function entryTables(database: Database, onDropped: () => void = () => undefined): EntryTables {
  const queries = entryQueries(database)
  return {
    of: (space) => storeOf(database, queries, space, onDropped),
    by: (query) => byAuthor(database, query),
    firstOf: (space, type) => firstOf(database, space, type),
    latest: (query) => latestOf(database, query),
    lastBy(author, spaces) {
      if (spaces.length === 0) return undefined
      const ofThese = sql.selectFrom('logs').select('number').where('space', 'in', spaces)
      const last = sql.selectFrom('entries').select('at').where('author', '=', author).where('log', 'in', ofThese)
      return database.first(last.orderBy('at', 'desc').limit(1))?.at
    },
  }
}

function firstOf(database: Database, space: string, type: string): Map<string, number> {
  const rows = database.all(
    sql
      .selectFrom('entries')
      .select(['subject', (e) => e.fn.min('at').as('at')])
      .where('log', '=', sql.selectFrom('logs').select('number').where('space', '=', space))
      .where('type', '=', type)
      .where('verdict', '=', 'counts')
      .groupBy('subject'),
  )
  return new Map(rows.map(({ subject, at }) => [subject ?? '', at]))
}

function latestOf(database: Database, { spaces, before, limit }: Latest) {
  if (spaces.length === 0) return []
  const logs = database.all(sql.selectFrom('logs').selectAll().where('space', 'in', spaces))
  const names = new Map(logs.map(({ number, space }) => [number, space]))
  const numbers = literal.join([...names.keys()])
  const { moment, arrival } = before ?? { moment: Number.MAX_SAFE_INTEGER, arrival: 0 }
  // Word for word as the index has it, or it would not be used; the plus keeps the others from being.
  const rows = database.all(
    sql
      .selectFrom('entries')
      .selectAll()
      .where(literal<boolean>`min(at, received_at) <= ${moment}`)
      .where(literal<boolean>`(min(at, received_at), arrival) < (${moment}, ${arrival})`)
      .where(literal<boolean>`+log IN (${numbers})`)
      .where(literal<boolean>`+verdict = 'counts'`)
      .orderBy(literal`min(at, received_at)`, 'desc')
      .orderBy('arrival', 'desc')
      .limit(limit),
  )
  return rows.map((row) => ({ space: names.get(row.log) ?? '', entry: loggedOf(row) }))
}

function byAuthor(database: Database, { author, spaces, before, limit }: ByAuthor) {
  const latest = () => {
    const all = sql
      .selectFrom('entries')
      .innerJoin('logs', 'logs.number', 'entries.log')
      .selectAll('entries')
      .select('logs.space')
      .where('logs.space', 'in', spaces)
      .orderBy('entries.at', 'desc')
      .orderBy('entries.id', 'desc')
      .limit(limit)
    return before
      ? all.where((e) => e(e.refTuple('entries.at', 'entries.id'), '<', e.tuple(before.at, before.id)))
      : all
  }
  if (spaces.length === 0) return []
  const rows = [
    ...database.all(latest().where('entries.author', '=', author)),
    // Word for word as the index over them has it, or it would not be used.
    ...database.all(
      latest()
        .where(literal<boolean>`entries.type IN ('task.claim', 'task.release')`)
        .where(literal<string>`json_extract(entries.facts, '$.holder')`, '=', author),
    ),
  ]
  const found = new Map(rows.map((row) => [row.id, { space: row.space, entry: loggedOf(row) }]))
  return [...found.values()].sort(({ entry: a }, { entry: b }) => b.at - a.at || (a.id < b.id ? 1 : -1)).slice(0, limit)
}

function storeOf(database: Database, queries: EntryQueries, space: string, onDropped: () => void): EntryStore {
  // Nothing has the number 0: as long as nothing of the space is here, nothing is found.
  let log = queries.number.first({ space })?.number ?? 0
  let count = queries.count.first({ log })?.count ?? 0
  const written = createWritten()

  const signedRow = ({ header, facts, texts }: Pick<EntryRow, 'header' | 'facts' | 'texts'>) =>
    texts === null ? { header, facts } : { header, facts, texts }

  function selected({ author, types, states, since, until, order, after, limit }: EntryQuery) {
    let query = sql.selectFrom('entries').selectAll().where('log', '=', log)
    if (author !== undefined && author !== nodeOf(author)) query = query.where('author', '=', author)
    else if (author !== undefined) {
      query = query.where((e) =>
        e.or([e('author', '=', author), e.and([e('author', '>', `${author}#`), e('author', '<', `${author}$`)])]),
      )
    }
    if (types) query = query.where('type', 'in', types)
    if (states) query = query.where('verdict', 'in', states)
    if (since !== undefined) query = query.where('at', '>=', since)
    if (until !== undefined) query = query.where('at', '<', until)
    const isOldest = order === 'oldest'
    if (after) {
      query = query.where((e) => e(e.refTuple('lamport', 'id'), isOldest ? '>' : '<', e.tuple(after.lamport, after.id)))
    }
    const way = isOldest ? 'asc' : 'desc'
    return query.orderBy('lamport', way).orderBy('id', way).limit(limit)
  }

  return {
    insert(entry) {
      if (log === 0) log = queries.addLog.run({ space }).lastId
      const { lastId } = queries.insert.run(newRow(log, entry))
      count++
      written.judged(entry.entry.id, entry.verdict)
      written.keep(entry.entry.id, entry.signed)
      if (entry.searched && entry.texts)
        queries.index.run({ rowid: lastId, text: Object.values(entry.texts).join('\n') })
    },
    setVerdict(id, verdict) {
      queries.setVerdict.run({ id, ...verdictRow(verdict) })
      written.judged(id, verdict)
    },
    dropTexts(id) {
      const row = queries.arrival.first({ log, id })
      if (!row) return
      written.changed(id)
      queries.setTexts.run({ id, texts: null })
      onDropped()
      if (row.searched) queries.unindex.run({ rowid: row.arrival })
    },
    fillTexts(id, signed, texts, searched) {
      const row = queries.arrival.first({ log, id })
      if (!row) return
      written.changed(id)
      queries.setTexts.run({ id, texts: signed })
      if (searched) queries.index.run({ rowid: row.arrival, text: Object.values(texts).join('\n') })
    },

    count: () => count,
    counting: (after = START, limit) => queries.counting.all({ log, lamport: after.lamport, id: after.id, limit }),
    placed(id) {
      const row = queries.placed.first({ log, id })
      return row && placedOf(row)
    },
    verdict(id) {
      const known = written.verdict(id)
      if (known) return known
      const row = queries.verdict.first({ log, id })
      return row && verdictOf(row)
    },
    signed(id) {
      const known = written.signed(id)
      if (known) return known
      const row = queries.signed.first({ log, id })
      return row && signedRow(row)
    },
    logged(id) {
      const row = queries.logged.first({ log, id })
      return row && loggedOf(row)
    },
    at(chain, position) {
      const row = queries.at.first({ log, chain, position })
      return row && placedOf(row)
    },
    chainEnds() {
      const ends = []
      for (
        let row = queries.endOf.first({ log, chain: 0 });
        row;
        row = queries.endOf.first({ log, chain: ends.length })
      ) {
        ends.push(placedOf(row))
      }
      return ends
    },
    page: (after = START, limit) =>
      queries.page
        .all({ log, lamport: after.lamport, id: after.id, limit })
        .map((row) => ({ entry: placedOf(row), verdict: verdictOf(row) })),
    ofTypes(wanted) {
      const found: PlacedColumns[] = []
      for (let type = queries.nextType.first({ log, type: '' })?.type; type !== undefined; ) {
        if (wanted(type)) found.push(...queries.ofType.all({ log, type }))
        type = queries.nextType.first({ log, type })?.type
      }
      return found.map(placedOf).sort(comparePlaces)
    },
    placeAt: (chain, position) => queries.placeAt.first({ log, chain, position }),
    signedOf: (chain, position, limit) =>
      queries.signedOf
        .all({ log, chain, position, limit })
        .map((row) => ({ lamport: row.lamport, id: row.id, signed: signedRow(row) })),

    query(query): LoggedEntry[] {
      const { subject } = query
      // Without a hint SQLite goes through the whole log in its order, rather than through what is about one thing.
      const all = selected(query)
      const some = subject === undefined ? all : all.where(literal<boolean>`unlikely(subject = ${subject})`)
      return database.all(some).map(loggedOf)
    },
    withPrefix: (prefix, limit) =>
      queries.withPrefix.all({ log, low: prefix, high: prefix + END, limit }).map(({ id }) => id),
    search(words, query) {
      const match = matchOf(words)
      if (match === undefined) return []
      const texts = sql.selectFrom('entry_text').select('rowid').where('entry_text', '=', match)
      const found = selected(query).where('verdict', '=', 'counts').where('arrival', 'in', texts)
      const { subject } = query
      return database.all(subject === undefined ? found : found.where('subject', '=', subject)).map(loggedOf)
    },

    saveSnapshot({ place, ...snapshot }) {
      queries.saveSnapshot.run({ log, ...place, ...snapshot })
      queries.pruneSnapshots.run({ log, keep: SNAPSHOTS_KEPT })
    },
    snapshotBefore(place) {
      const { lamport, id } = place ?? { lamport: Number.MAX_SAFE_INTEGER, id: '' }
      const row = queries.snapshotBefore.first({ log, lamport, id })
      if (!row) return undefined
      const { version, folded, state } = row
      return { place: { lamport: row.lamport, id: row.id }, version, folded, state }
    },
    dropSnapshots: ({ lamport, id } = START) => void queries.dropSnapshots.run({ log, lamport, id }),
  }
}
