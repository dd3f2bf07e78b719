import { AgoraError } from '../../base/errors.ts'
import type { CheckedEntry } from '../../log/checked.ts'
import { sha256 } from '../../log/entry.ts'
import { readEntry } from '../../log/verify.ts'
import { type Database, sqlBuilder } from '../../store/database.ts'
import type { InvitationStatus } from './schema.ts'

/** An invitation that this node was sent by another. */
export interface InvitationRow {
  space: string
  /** As it is called here: the id that its inviter chose, unless that was taken. */
  id: string
  name: string
  description: string | null
  from_did: string
  to_did: string
  role: string
  message: string | null
  status: InvitationStatus
  reason: string | null
  created_at: number
  expires_at: number
  decided_at: number | null
  /** Signed entries as JSON: the project's first, the one that invites, and the answer. */
  project: string
  invite: string
  accept: string | null
  /** The nodes its sender named as members, and where they are said to be: JSON of `{ did, addresses }[]`. */
  members: string
}

/** An entry that was checked when it came. */
export function storedEntry(text: string): CheckedEntry {
  const read = readEntry(JSON.parse(text), sha256)
  if ('entry' in read) return read.entry
  throw new AgoraError('internal', `A stored entry cannot be read: ${read.fault.detail}.`)
}

/** The entry that invited. Its facts name the invitation to others; the row's own id is told to no other node. */
export const inviteOf = ({ invite }: Pick<InvitationRow, 'invite'>): CheckedEntry => storedEntry(invite)

/** So many that were answered are remembered. */
const DECIDED_MAX = 1000
const sql = sqlBuilder<{ project_invitations: InvitationRow }>()
const all = () => sql.selectFrom('project_invitations').selectAll()

export function invitationTables(database: Database) {
  // Asked with every entry of every project.
  const accepted = database.statement<{ space: string }, InvitationRow>((value) =>
    all().where('space', '=', value('space')).where('status', '!=', 'joined').where('accept', 'is not', null),
  )
  return {
    get: (space: string, id: string): InvitationRow | undefined =>
      database.first(all().where('space', '=', space).where('id', '=', id)),
    in: (space: string): InvitationRow[] => database.all(all().where('space', '=', space)),
    /** Latest first. */
    list: (): InvitationRow[] => database.all(all().orderBy('created_at', 'desc').orderBy('id')),
    /** Those of a project whose answer is under way, or whose log is. */
    accepted: (space: string): InvitationRow[] => accepted.all({ space }),
    /** @param from a node: of it and all its agents. */
    pendingCount: (from?: string): number => {
      const query = sql
        .selectFrom('project_invitations')
        .select((e) => e.fn.countAll().as('count'))
        .where('status', '=', 'pending')
      return Number(
        database.first(
          from === undefined
            ? query
            : query.where((e) => e.or([e('from_did', '=', from), e('from_did', 'like', `${from}#%`)])),
        )?.count ?? 0,
      )
    },
    overdue: (now: number): InvitationRow[] =>
      database.all(all().where('status', '=', 'pending').where('expires_at', '<=', now)),
    insert: (row: InvitationRow) => database.run(sql.insertInto('project_invitations').values(row)),
    change({ space, id }: Pick<InvitationRow, 'space' | 'id'>, values: Partial<InvitationRow>) {
      database.run(sql.updateTable('project_invitations').set(values).where('space', '=', space).where('id', '=', id))
    },
    /** Forgets the oldest of those that came to an end. */
    trim() {
      const old = database.all(
        all()
          .where('status', 'in', ['joined', 'declined', 'withdrawn', 'expired'])
          .orderBy('created_at', 'desc')
          .orderBy('id')
          .limit(100)
          .offset(DECIDED_MAX),
      )
      for (const { space, id } of old) {
        database.run(sql.deleteFrom('project_invitations').where('space', '=', space).where('id', '=', id))
      }
    },
  }
}
export type InvitationTables = ReturnType<typeof invitationTables>
