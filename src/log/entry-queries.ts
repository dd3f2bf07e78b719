import type { Database } from '../store/database.ts'
import {
  type EntryRow,
  type NewRow,
  type PlacedColumns,
  placedColumns,
  type SnapshotRow,
  sql,
  type VerdictColumns,
  verdictColumns,
} from './entry-rows.ts'

type Log = { log: number }
type At = { lamport: number; id: string }
export type EntryQueries = ReturnType<typeof entryQueries>

/** Everything a log asks of the database, each query prepared once, for all logs. Places are compared as pairs, which their index is sorted by. */
export function entryQueries(database: Database) {
  const entries = () => sql.selectFrom('entries')
  return {
    number: database.statement<{ space: string }, { number: number }>((value) =>
      sql.selectFrom('logs').select('number').where('space', '=', value('space')),
    ),
    addLog: database.statement<{ space: string }>((value) =>
      sql.insertInto('logs').values({ space: value('space') } as never),
    ),
    count: database.statement<Log, { count: number }>((value) =>
      entries()
        .select((e) => e.fn.countAll<number>().as('count'))
        .where('log', '=', value('log')),
    ),
    insert: database.statement<NewRow>((value) =>
      sql.insertInto('entries').values({
        log: value('log'),
        id: value('id'),
        lamport: value('lamport'),
        author: value('author'),
        seq: value('seq'),
        prev: value('prev'),
        heads: value('heads'),
        at: value('at'),
        type: value('type'),
        subject: value('subject'),
        chain: value('chain'),
        position: value('position'),
        clock: value('clock'),
        verdict: value('verdict'),
        verdict_by: value('verdict_by'),
        verdict_code: value('verdict_code'),
        verdict_reason: value('verdict_reason'),
        searched: value('searched'),
        received_at: value('received_at'),
        facts: value('facts'),
        header: value('header'),
        texts: value('texts'),
      } as never),
    ),
    setVerdict: database.statement<Pick<EntryRow, keyof VerdictColumns | 'id'>>((value) =>
      sql
        .updateTable('entries')
        .set({
          verdict: value('verdict'),
          verdict_by: value('verdict_by'),
          verdict_code: value('verdict_code'),
          verdict_reason: value('verdict_reason'),
        })
        .where('id', '=', value('id')),
    ),
    setTexts: database.statement<{ id: string; texts: string | null }>((value) =>
      sql
        .updateTable('entries')
        .set({ texts: value('texts') })
        .where('id', '=', value('id')),
    ),
    arrival: database.statement<Log & { id: string }, { arrival: number; searched: number }>((value) =>
      entries().select(['arrival', 'searched']).where('id', '=', value('id')).where('log', '=', value('log')),
    ),
    index: database.statement<{ rowid: number; text: string }>((value) =>
      sql.insertInto('entry_text').values({ rowid: value('rowid'), text: value('text') } as never),
    ),
    unindex: database.statement<{ rowid: number }>((value) =>
      sql.deleteFrom('entry_text').where('rowid', '=', value('rowid')),
    ),

    placed: database.statement<Log & { id: string }, PlacedColumns>((value) =>
      entries().select(placedColumns).where('id', '=', value('id')).where('log', '=', value('log')),
    ),
    verdict: database.statement<Log & { id: string }, VerdictColumns>((value) =>
      entries().select(verdictColumns).where('id', '=', value('id')).where('log', '=', value('log')),
    ),
    signed: database.statement<Log & { id: string }, Pick<EntryRow, 'header' | 'facts' | 'texts'>>((value) =>
      entries().select(['header', 'facts', 'texts']).where('id', '=', value('id')).where('log', '=', value('log')),
    ),
    logged: database.statement<Log & { id: string }, EntryRow>((value) =>
      entries().selectAll().where('id', '=', value('id')).where('log', '=', value('log')),
    ),
    at: database.statement<Log & { chain: number; position: number }, PlacedColumns>((value) =>
      entries()
        .select(placedColumns)
        .where('log', '=', value('log'))
        .where('chain', '=', value('chain'))
        .where('position', '=', value('position')),
    ),
    endOf: database.statement<Log & { chain: number }, PlacedColumns>((value) =>
      entries()
        .select(placedColumns)
        .where('log', '=', value('log'))
        .where('chain', '=', value('chain'))
        .orderBy('position', 'desc')
        .limit(1),
    ),
    page: database.statement<Log & At & { limit: number }, PlacedColumns & VerdictColumns>((value) =>
      entries()
        .select([...placedColumns, ...verdictColumns])
        .where('log', '=', value('log'))
        .where((e) => e(e.refTuple('lamport', 'id'), '>', e.tuple(value('lamport'), value('id'))))
        .orderBy('lamport')
        .orderBy('id')
        .limit(value('limit')),
    ),
    counting: database.statement<Log & At & { limit: number }, At>((value) =>
      entries()
        .select(['lamport', 'id'])
        .where('log', '=', value('log'))
        .where((e) => e(e.refTuple('lamport', 'id'), '>', e.tuple(value('lamport'), value('id'))))
        .where('verdict', '=', 'counts')
        .orderBy('lamport')
        .orderBy('id')
        .limit(value('limit')),
    ),
    nextType: database.statement<Log & { type: string }, { type: string }>((value) =>
      entries()
        .select('type')
        .where('log', '=', value('log'))
        .where('type', '>', value('type'))
        .orderBy('type')
        .limit(1),
    ),
    ofType: database.statement<Log & { type: string }, PlacedColumns>((value) =>
      entries().select(placedColumns).where('log', '=', value('log')).where('type', '=', value('type')),
    ),
    placeAt: database.statement<Log & { chain: number; position: number }, At>((value) =>
      entries()
        .select(['lamport', 'id'])
        .where('log', '=', value('log'))
        .where('chain', '=', value('chain'))
        .where('position', '=', value('position')),
    ),
    signedOf: database.statement<
      Log & { chain: number; position: number; limit: number },
      Pick<EntryRow, 'lamport' | 'id' | 'header' | 'facts' | 'texts'>
    >((value) =>
      entries()
        .select(['lamport', 'id', 'header', 'facts', 'texts'])
        .where('log', '=', value('log'))
        .where('chain', '=', value('chain'))
        .where('position', '>=', value('position'))
        .orderBy('position')
        .limit(value('limit')),
    ),
    withPrefix: database.statement<Log & { low: string; high: string; limit: number }, { id: string }>((value) =>
      entries()
        .select('id')
        .where('log', '=', value('log'))
        .where('id', '>=', value('low') as never)
        .where('id', '<', value('high') as never)
        .orderBy('id')
        .limit(value('limit')),
    ),

    saveSnapshot: database.statement<Omit<SnapshotRow, 'number'>>((value) =>
      sql.replaceInto('snapshots').values({
        log: value('log'),
        lamport: value('lamport'),
        id: value('id'),
        version: value('version'),
        folded: value('folded'),
        state: value('state'),
      } as never),
    ),
    pruneSnapshots: database.statement<Log & { keep: number }>((value) =>
      sql
        .deleteFrom('snapshots')
        .where('log', '=', value('log'))
        .where(
          'number',
          'not in',
          sql
            .selectFrom('snapshots')
            .select('number')
            .where('log', '=', value('log'))
            .orderBy('lamport', 'desc')
            .orderBy('id', 'desc')
            .limit(value('keep')),
        ),
    ),
    snapshotBefore: database.statement<Log & At, SnapshotRow>((value) =>
      sql
        .selectFrom('snapshots')
        .selectAll()
        .where('log', '=', value('log'))
        .where((e) => e(e.refTuple('lamport', 'id'), '<', e.tuple(value('lamport'), value('id'))))
        .orderBy('lamport', 'desc')
        .orderBy('id', 'desc')
        .limit(1),
    ),
    dropSnapshots: database.statement<Log & At>((value) =>
      sql
        .deleteFrom('snapshots')
        .where('log', '=', value('log'))
        .where((e) => e(e.refTuple('lamport', 'id'), '>=', e.tuple(value('lamport'), value('id')))),
    ),
  }
}
