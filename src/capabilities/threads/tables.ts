import { type Database, sqlBuilder } from '../../store/database.ts'

/** A node that was told of a thread. */
export interface TellingRow {
  space: string
  node: string
  envelope: string
  stage: 'invited' | 'joined' | 'refused' | 'expired'
  reason: string | null
}

const sql = sqlBuilder<{ thread_tellings: TellingRow }>()

export const threadTables = (database: Database) => ({
  put: (row: TellingRow) =>
    database.run(
      sql
        .insertInto('thread_tellings')
        .values(row)
        .onConflict((conflict) =>
          conflict
            .columns(['space', 'node'])
            .doUpdateSet({ envelope: row.envelope, stage: row.stage, reason: row.reason }),
        ),
    ),
  ofEnvelope: (envelope: string) =>
    database.first(sql.selectFrom('thread_tellings').selectAll().where('envelope', '=', envelope)),
  ofSpace: (space: string) => database.all(sql.selectFrom('thread_tellings').selectAll().where('space', '=', space)),
})
export type ThreadTables = ReturnType<typeof threadTables>
