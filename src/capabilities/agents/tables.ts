import type { Database } from '../../store/database.ts'
import { sqlBuilder } from '../../store/database.ts'

export interface AgentRow {
  name: string
  kind: string | null
  model: string | null
  /** JSON of `Capabilities`. */
  capabilities: string
  token_hash: string
  is_default: number
  /** What the agent said of itself last; null when it said nothing. */
  presence: string | null
  /** JSON: the trace of the message it was shown last. */
  trace: string | null
  registered_at: number
  last_seen: number | null
}

const sql = sqlBuilder<{ agents: AgentRow }>()

export const agentTables = (database: Database) => ({
  all: () => database.all(sql.selectFrom('agents').selectAll().orderBy('name')),
  has: (name: string) => database.first(sql.selectFrom('agents').select('name').where('name', '=', name)) !== undefined,
  insert: (row: AgentRow) => database.run(sql.insertInto('agents').values(row)),
  update: (name: string, values: Partial<AgentRow>) =>
    database.run(sql.updateTable('agents').set(values).where('name', '=', name)),
  clearDefault: () => database.run(sql.updateTable('agents').set({ is_default: 0 })),
  remove: (name: string) => database.run(sql.deleteFrom('agents').where('name', '=', name)),
})
