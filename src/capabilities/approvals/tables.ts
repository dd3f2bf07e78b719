import type { Database } from '../../store/database.ts'
import { sqlBuilder } from '../../store/database.ts'
import type { ApprovalStatus } from './schema.ts'

export interface ApprovalRow {
  id: string
  agent: string
  operation: string
  /** JSON, canonical, so that the same can be found again. */
  input: string
  summary: string
  why: string | null
  status: ApprovalStatus
  reason: string | null
  /** What the owner signed when it was granted, as JSON. */
  proof: string | null
  created_at: number
  expires_at: number
  decided_at: number | null
}

const sql = sqlBuilder<{ approvals: ApprovalRow }>()
const all = () => sql.selectFrom('approvals').selectAll()

export const approvalTables = (database: Database) => ({
  insert: (row: ApprovalRow) => database.run(sql.insertInto('approvals').values(row)),
  /** At most two: one is meant, more are too many. */
  like: (id: string): ApprovalRow[] =>
    database.all(
      all()
        .where((e) => e.or([e('id', 'like', `${id}%`), e('id', 'like', `%${id}`)]))
        .limit(2),
    ),
  pendingOf: (agent: string) =>
    database.all(all().where('agent', '=', agent).where('status', '=', 'pending').orderBy('id')),
  /** Latest first, before an id. */
  list({ agent, status, before, limit }: { agent?: string; status?: ApprovalStatus; before?: string; limit: number }) {
    let query = all().orderBy('id', 'desc').limit(limit)
    if (agent !== undefined) query = query.where('agent', '=', agent)
    if (status !== undefined) query = query.where('status', '=', status)
    if (before !== undefined) query = query.where('id', '<', before)
    return database.all(query)
  },
  pendingCount: () =>
    Number(
      database.first(
        sql
          .selectFrom('approvals')
          .select((e) => e.fn.countAll().as('count'))
          .where('status', '=', 'pending'),
      )?.count ?? 0,
    ),
  overdue: (now: number) => database.all(all().where('status', '=', 'pending').where('expires_at', '<=', now)),
  decide: (id: string, values: Pick<ApprovalRow, 'status' | 'decided_at'> & Partial<ApprovalRow>) =>
    database.run(sql.updateTable('approvals').set(values).where('id', '=', id).where('status', '=', 'pending')),
})
