import type { Database } from '../../store/database.ts'
import { sqlBuilder } from '../../store/database.ts'

/** What was told to a peer and heard from it. */
export interface LinkRow {
  did: string
  /** Of the last word told, and of the last that is known to have arrived. */
  revision: number
  confirmed: number
  /** Of the peer's last word. */
  seen: number
  /** Of the last word that asked. */
  asked: number
  /** The envelope of the last word told. */
  told_id: string | null
  barred_until: number
  bar_reason: string | null
}

export interface RequestRow {
  id: string
  did: string
  direction: 'in' | 'out'
  trust_level: number
  given: number
  message: string | null
  status: 'pending' | 'accepted' | 'rejected'
  reason: string | null
  created_at: number
  decided_at: number | null
}

/** So many requests that were answered are remembered. */
const DECIDED_MAX = 1000
const sql = sqlBuilder<{ friend_links: LinkRow; friend_requests: RequestRow }>()

export const friendTables = (database: Database) => {
  const link = database.statement<{ did: string }, LinkRow>((value) =>
    sql.selectFrom('friend_links').selectAll().where('did', '=', value('did')),
  )
  const pending = database.statement<{ did: string }, RequestRow>((value) =>
    sql.selectFrom('friend_requests').selectAll().where('did', '=', value('did')).where('status', '=', 'pending'),
  )
  const pendingOf = (did: string, direction: 'in' | 'out') =>
    pending.all({ did }).find((row) => row.direction === direction)

  return {
    link: (did: string) => link.first({ did }),
    putLink({ did, ...values }: LinkRow) {
      database.run(
        sql
          .insertInto('friend_links')
          .values({ did, ...values })
          .onConflict((conflict) => conflict.column('did').doUpdateSet(values)),
      )
    },
    removeLink: (did: string) => database.run(sql.deleteFrom('friend_links').where('did', '=', did)),

    request: (id: string): RequestRow | undefined =>
      database.first(sql.selectFrom('friend_requests').selectAll().where('id', '=', id)),
    pendingOf,
    pendingCount: (direction: 'in' | 'out') =>
      Number(
        database.first(
          sql
            .selectFrom('friend_requests')
            .select((e) => e.fn.countAll().as('count'))
            .where('status', '=', 'pending')
            .where('direction', '=', direction),
        )?.count ?? 0,
      ),
    /** Latest first. */
    requests({ status, direction }: { status?: RequestRow['status']; direction?: RequestRow['direction'] }) {
      const query = sql
        .selectFrom('friend_requests')
        .selectAll()
        .orderBy('id', 'desc')
        .limit(2 * DECIDED_MAX)
      const some = status === undefined ? query : query.where('status', '=', status)
      return database.all(direction === undefined ? some : some.where('direction', '=', direction))
    },
    putRequest({ id, ...values }: RequestRow) {
      database.run(
        sql
          .insertInto('friend_requests')
          .values({ id, ...values })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(values)),
      )
    },
    removeRequest: (id: string) => database.run(sql.deleteFrom('friend_requests').where('id', '=', id)),
    decide(id: string, status: 'accepted' | 'rejected', reason: string | null, at: number) {
      database.run(sql.updateTable('friend_requests').set({ status, reason, decided_at: at }).where('id', '=', id))
      const old = sql
        .selectFrom('friend_requests')
        .select('id')
        .where('status', '!=', 'pending')
        .orderBy('decided_at', 'desc')
        .orderBy('id', 'desc')
        .limit(-1)
        .offset(DECIDED_MAX)
      database.run(sql.deleteFrom('friend_requests').where('id', 'in', old))
    },
  }
}
export type FriendTables = ReturnType<typeof friendTables>
