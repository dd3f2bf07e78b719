import type { Database } from '../../store/database.ts'
import { sqlBuilder } from '../../store/database.ts'

export interface HookRow {
  inbox: string
  /** JSON: the program, absolute, and its arguments. */
  command: string
  cwd: string
  /** JSON of `Policy`. */
  policy: string
  set_at: number
}

export interface CallRow {
  position: number
  inbox: string
  kind: 'message' | 'request'
  envelope_id: string
  from_did: string
  /** Position of the message. */
  message: number | null
  reason: string | null
  at: number
  /** What the sender was told last, and when. */
  note: string | null
  noted_at: number
  /** The wake it was part of; null while it waits. */
  run: string | null
}

export interface RunRow {
  id: string
  inbox: string
  command: string
  calls: number
  started_at: number
  ended_at: number | null
  outcome: 'done' | 'failed' | 'timed_out' | 'stopped' | 'interrupted' | null
  code: number | null
  signal: string | null
  error: string | null
  output: string | null
  pid: number | null
  mark: string | null
}

export interface AskedRow {
  id: string
  from_did: string
  to_did: string
  reason: string
  stage: string
  note: string | null
  failure: string | null
  /** JSON: the time (ms) of each stage, and of the note. */
  times: string
}

interface Tables {
  wake_hooks: HookRow
  wake_calls: CallRow
  wake_runs: RunRow
  wake_asked: AskedRow
}

const sql = sqlBuilder<Tables>()
const fresh = (row: object) => row as never
const calls = () => sql.selectFrom('wake_calls').selectAll().orderBy('position')
/** A range, so that no pattern is needed: `$` follows `#`, which follows the DID of a node in that of its agent. */
const waitingFrom = (node: string) =>
  sql
    .selectFrom('wake_calls')
    .select((e) => e.fn.countAll().as('count'))
    .where('run', 'is', null)
    .where('from_did', '>=', node)
    .where('from_did', '<', `${node}$`)
const number = (value: unknown): number => Number(value ?? 0)

/** Calls looked at in one step; those that are left take the next. */
const CALLS_AT_ONCE = 10_000
/** Runs, and requests sent, that are kept to be looked at. */
const KEPT = 1000

export const wakeTables = (database: Database) => ({
  hooks: () => database.all(sql.selectFrom('wake_hooks').selectAll().orderBy('inbox')),
  putHook: ({ inbox, ...values }: HookRow) =>
    database.run(
      sql
        .insertInto('wake_hooks')
        .values({ inbox, ...values })
        .onConflict((conflict) => conflict.column('inbox').doUpdateSet(values)),
    ),
  removeHook: (inbox: string) => database.run(sql.deleteFrom('wake_hooks').where('inbox', '=', inbox)),

  insertCall: (row: Omit<CallRow, 'position'>) => database.run(sql.insertInto('wake_calls').values(fresh(row))),
  waiting: (inbox: string) =>
    database.all(calls().where('inbox', '=', inbox).where('run', 'is', null).limit(CALLS_AT_ONCE)),
  waitingInboxes: () =>
    database
      .all(sql.selectFrom('wake_calls').select('inbox').distinct().where('run', 'is', null))
      .map((row) => row.inbox),
  /** What of a node and its agents waits in an inbox. */
  waitingOf: (inbox: string, node: string) =>
    number(database.first(waitingFrom(node).where('inbox', '=', inbox).where('kind', '=', 'message'))?.count),
  requestsWaiting: (node: string) => number(database.first(waitingFrom(node).where('kind', '=', 'request'))?.count),
  callsOf: (run: string) => database.all(calls().where('run', '=', run)),
  changeCalls: (positions: number[], values: Partial<Pick<CallRow, 'run' | 'note' | 'noted_at'>>) =>
    database.run(sql.updateTable('wake_calls').set(values).where('position', 'in', positions)),
  removeCalls: (positions: number[]) => database.run(sql.deleteFrom('wake_calls').where('position', 'in', positions)),
  dropWaiting: (inbox: string) =>
    database.run(sql.deleteFrom('wake_calls').where('inbox', '=', inbox).where('run', 'is', null)),

  insertRun: (row: Pick<RunRow, 'id' | 'inbox' | 'command' | 'calls' | 'started_at'>) =>
    database.run(sql.insertInto('wake_runs').values(fresh(row))),
  changeRun: (id: string, values: Partial<RunRow>) =>
    database.run(sql.updateTable('wake_runs').set(values).where('id', '=', id)),
  run: (id: string) => database.first(sql.selectFrom('wake_runs').selectAll().where('id', '=', id)),
  running: () => database.all(sql.selectFrom('wake_runs').selectAll().where('ended_at', 'is', null)),
  /** Latest first, before an id. */
  runs({ inbox, before, limit }: { inbox?: string | undefined; before?: string | undefined; limit: number }) {
    let query = sql.selectFrom('wake_runs').selectAll().orderBy('id', 'desc').limit(limit)
    if (inbox !== undefined) query = query.where('inbox', '=', inbox)
    if (before !== undefined) query = query.where('id', '<', before)
    return database.all(query)
  },
  /** Those of one inbox, latest first, that started before a moment, or at it under a lower id. */
  runsBefore(inbox: string, before: { at: number; id: string } | undefined, limit: number) {
    const all = sql.selectFrom('wake_runs').selectAll().where('inbox', '=', inbox)
    const query = before ? all.where((e) => e(e.refTuple('started_at', 'id'), '<', e.tuple(before.at, before.id))) : all
    return database.all(query.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit))
  },
  lastEnd: (inbox: string) =>
    database.first(
      sql
        .selectFrom('wake_runs')
        .select((e) => e.fn.max('ended_at').as('ended_at'))
        .where('inbox', '=', inbox),
    )?.ended_at ?? undefined,
  /** The senders of all that woke since then, each as often as it had a part in a wake. */
  wokenSince: (inbox: string, since: number) =>
    database.all(
      sql
        .selectFrom('wake_calls')
        .innerJoin('wake_runs', 'wake_runs.id', 'wake_calls.run')
        .select(['wake_calls.run', 'wake_calls.from_did'])
        .distinct()
        .where('wake_runs.inbox', '=', inbox)
        .where('wake_runs.started_at', '>=', since),
    ),

  insertAsked: (row: AskedRow) => database.run(sql.insertInto('wake_asked').values(row)),
  asked: (id: string) => database.first(sql.selectFrom('wake_asked').selectAll().where('id', '=', id)),
  changeAsked: (id: string, values: Partial<AskedRow>) =>
    database.run(sql.updateTable('wake_asked').set(values).where('id', '=', id)),
  listAsked({ from, before, limit }: { from?: string | undefined; before?: string | undefined; limit: number }) {
    let query = sql.selectFrom('wake_asked').selectAll().orderBy('id', 'desc').limit(limit)
    if (from !== undefined) query = query.where('from_did', '=', from)
    if (before !== undefined) query = query.where('id', '<', before)
    return database.all(query)
  },

  /** Drops the oldest of what is too much, but nothing that counts for a limit of today. */
  trim(before: number) {
    const nth = (table: 'wake_runs' | 'wake_asked') =>
      sql.selectFrom(table).select('id').orderBy('id', 'desc').offset(KEPT).limit(1)
    const old = sql
      .selectFrom('wake_runs')
      .select('id')
      .where('ended_at', '<', before)
      .where('id', '<=', nth('wake_runs'))
    database.run(sql.deleteFrom('wake_calls').where('run', 'in', old))
    database.run(sql.deleteFrom('wake_runs').where('id', 'in', old))
    database.run(sql.deleteFrom('wake_asked').where('id', '<=', nth('wake_asked')))
  },
})
export type WakeTables = ReturnType<typeof wakeTables>
