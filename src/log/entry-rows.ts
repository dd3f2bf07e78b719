import { nodeOf } from '../base/did.ts'
import type { Texts } from '../contract/entry.ts'
import { COUNTS, type Verdict } from '../contract/verdict.ts'
import { sqlBuilder } from '../store/database.ts'
import type { LoggedEntry, NewEntry } from './entry-store.ts'
import type { Placed } from './types.ts'
import { withoutSalt } from './verify.ts'

export interface VerdictColumns {
  verdict: Verdict['state']
  verdict_by: string | null
  verdict_code: string | null
  verdict_reason: string | null
}

export interface PlacedColumns {
  id: string
  lamport: number
  author: string
  seq: number
  prev: string | null
  /** With spaces between them. */
  heads: string
  at: number
  type: string
  chain: number
  position: number
  clock: Uint8Array
  facts: string
}

export interface EntryRow extends PlacedColumns, VerdictColumns {
  arrival: number
  log: number
  subject: string | null
  searched: number
  received_at: number
  header: string
  texts: string | null
}

export interface SnapshotRow {
  number: number
  log: number
  lamport: number
  id: string
  version: number
  folded: number
  state: string
}

export interface LogTables {
  logs: { number: number; space: string }
  entries: EntryRow
  snapshots: SnapshotRow
  entry_text: { rowid: number; text: string; entry_text: string }
}

export const sql = sqlBuilder<LogTables>()

export const placedColumns = [
  'id',
  'lamport',
  'author',
  'seq',
  'prev',
  'heads',
  'at',
  'type',
  'chain',
  'position',
  'clock',
  'facts',
] as const
export const verdictColumns = ['verdict', 'verdict_by', 'verdict_code', 'verdict_reason'] as const

export function placedOf(row: PlacedColumns): Placed {
  const { id, author, lamport, at, type, seq, prev, heads, chain, position, facts } = row
  // A copy: numbers of four bytes must begin at a multiple of four.
  const clock = new Uint32Array(row.clock.byteLength / 4)
  new Uint8Array(clock.buffer).set(row.clock)
  return {
    id,
    author,
    node: nodeOf(author),
    lamport,
    at,
    type,
    body: JSON.parse(facts),
    seq,
    prev: prev ?? undefined,
    heads: heads === '' ? [] : heads.split(' '),
    chain,
    position,
    clock,
  }
}

export function verdictOf(row: VerdictColumns): Verdict {
  const { verdict, verdict_by: by, verdict_code: code, verdict_reason: reason } = row
  if (verdict === 'counts') return COUNTS
  return verdict === 'held'
    ? { state: 'held', by: by ?? '' }
    : { state: verdict, code: code ?? '', reason: reason ?? '' }
}

export const verdictRow = (verdict: Verdict): VerdictColumns => ({
  verdict: verdict.state,
  verdict_by: verdict.state === 'held' ? verdict.by : null,
  verdict_code: verdict.state === 'denied' || verdict.state === 'refused' ? verdict.code : null,
  verdict_reason: verdict.state === 'denied' || verdict.state === 'refused' ? verdict.reason : null,
})

const textsOf = (texts: string | null): Texts | undefined =>
  texts === null ? undefined : withoutSalt(JSON.parse(texts))

export function loggedOf(row: EntryRow): LoggedEntry {
  const entry = placedOf(row)
  return {
    ...entry,
    texts: textsOf(row.texts),
    redacted: row.texts === null && entry.body['texts_hash'] !== undefined,
    verdict: verdictOf(row),
    subject: row.subject ?? undefined,
    receivedAt: row.received_at,
    arrival: row.arrival,
  }
}

export const newRow = (log: number, { entry, signed, subject, verdict, searched, receivedAt }: NewEntry) => ({
  log,
  id: entry.id,
  lamport: entry.lamport,
  author: entry.author,
  seq: entry.seq,
  prev: entry.prev ?? null,
  heads: entry.heads.join(' '),
  at: entry.at,
  type: entry.type,
  subject: subject ?? null,
  chain: entry.chain,
  position: entry.position,
  clock: new Uint8Array(entry.clock.buffer, entry.clock.byteOffset, entry.clock.byteLength),
  ...verdictRow(verdict),
  searched: searched ? 1 : 0,
  received_at: receivedAt,
  facts: signed.facts,
  header: signed.header,
  texts: signed.texts ?? null,
})
export type NewRow = ReturnType<typeof newRow>

/** An FTS5 query for all words of a text; undefined when there is none. */
export const matchOf = (words: string): string | undefined =>
  words
    .match(/[\p{L}\p{N}]+/gu)
    ?.map((word) => `"${word}"`)
    .join(' ')
