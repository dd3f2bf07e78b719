import type { Database } from '../../store/database.ts'
import { sqlBuilder } from '../../store/database.ts'

export interface SessionRow {
  id: string
  /** SHA-256 of the token. */
  token_hash: string
  /** SHA-256 of the operator's token under which it was opened. */
  operator_hash: string
  label: string | null
  created_at: number
  last_used: number
}

const sql = sqlBuilder<{ sessions: SessionRow }>()

export const sessionTables = (database: Database) => ({
  all: () => database.all(sql.selectFrom('sessions').selectAll()),
  insert: (row: SessionRow) => database.run(sql.insertInto('sessions').values(row)),
  used: (id: string, at: number) =>
    database.run(sql.updateTable('sessions').set({ last_used: at }).where('id', '=', id)),
  remove: (id: string) => database.run(sql.deleteFrom('sessions').where('id', '=', id)),
})
