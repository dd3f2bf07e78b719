import type { FencingToken } from '../../contract/keeper-message.ts'
import { type Database, sqlBuilder } from '../../store/database.ts'

export interface Lease {
  space: string
  kind: string
  key: string
  token: FencingToken
  /** Ms since the epoch. */
  until: number
}

interface LeaseRow extends Omit<Lease, 'token'> {
  epoch: number
  counter: number
}
interface EpochRow {
  space: string
  epoch: number
  counter: number
}

const sql = sqlBuilder<{ keeper_leases: LeaseRow; keeper_epochs: EpochRow }>()
const fromRow = ({ epoch, counter, ...row }: LeaseRow): Lease => ({ ...row, token: [epoch, counter] })

/** What a keeper must not forget. What writes runs within a write. */
export const keeperBook = (database: Database) => ({
  epoch: (space: string): EpochRow | undefined =>
    database.first(sql.selectFrom('keeper_epochs').selectAll().where('space', '=', space)),
  setEpoch({ space, ...values }: EpochRow): void {
    database.run(
      sql
        .insertInto('keeper_epochs')
        .values({ space, ...values })
        .onConflict((conflict) => conflict.column('space').doUpdateSet(values)),
    )
  },
  lease(space: string, kind: string, key: string): Lease | undefined {
    const row = database.first(
      sql
        .selectFrom('keeper_leases')
        .selectAll()
        .where('space', '=', space)
        .where('kind', '=', kind)
        .where('key', '=', key),
    )
    return row && fromRow(row)
  },
  put({ space, kind, key, token: [epoch, counter], until }: Lease): void {
    const values = { epoch, counter, until }
    database.run(
      sql
        .insertInto('keeper_leases')
        .values({ space, kind, key, ...values })
        .onConflict((conflict) => conflict.columns(['space', 'kind', 'key']).doUpdateSet(values)),
    )
  },
  remove({ space, kind, key }: Lease): void {
    database.run(
      sql.deleteFrom('keeper_leases').where('space', '=', space).where('kind', '=', kind).where('key', '=', key),
    )
  },
  /** Of all spaces what runs out until then, first what ran out first. */
  due: (until: number, limit: number): Lease[] =>
    database
      .all(sql.selectFrom('keeper_leases').selectAll().where('until', '<=', until).orderBy('until').limit(limit))
      .map(fromRow),
  /** When the next lease runs out. */
  next: (): number | undefined =>
    database.first(sql.selectFrom('keeper_leases').select('until').orderBy('until').limit(1))?.until,
  /** None runs out before `until`. */
  spare(until: number): void {
    database.run(sql.updateTable('keeper_leases').set({ until }).where('until', '<', until))
  },
})
