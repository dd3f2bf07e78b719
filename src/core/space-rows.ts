import type { Database } from '../store/database.ts'
import { sqlBuilder } from '../store/database.ts'

export type SpaceKind = 'project' | 'thread'

/**
 * How this node stands to a space: `joining` until it has the log that makes it a member, `left` by its own word, `removed` by somebody else's, `closed` when
 * nothing more can be written there.
 */
export type SpaceStatus = 'joining' | 'member' | 'left' | 'removed' | 'closed'

export interface SpaceInfo {
  id: string
  kind: SpaceKind
  status: SpaceStatus
  /** Ms since the epoch, by this node's clock: when the space came to be here. */
  created_at: number
  title: string
  /** While joining: the nodes that are members as the invitation says. */
  via: string[]
}

type Row = Omit<SpaceInfo, 'via'> & { via: string }

const sql = sqlBuilder<{ spaces: Row }>()
const fromRow = (row: Row): SpaceInfo => ({ ...row, via: JSON.parse(row.via) })

/** The spaces of this node, on disk. */
export function spaceRows(database: Database) {
  const byId = database.statement<{ id: string }, Row>((value) =>
    sql.selectFrom('spaces').selectAll().where('id', '=', value('id')),
  )
  return {
    get(id: string): SpaceInfo | undefined {
      const row = byId.first({ id })
      return row && fromRow(row)
    },
    list: (kind?: SpaceKind) =>
      database
        .all(sql.selectFrom('spaces').selectAll().orderBy('created_at').orderBy('id'))
        .filter((row) => kind === undefined || row.kind === kind)
        .map(fromRow),
    /** Within a write. */
    add(space: SpaceInfo): void {
      database.run(sql.insertInto('spaces').values({ ...space, via: JSON.stringify(space.via) }))
    },
    /** Within a write. */
    change(id: string, { via, ...changes }: Partial<Pick<SpaceInfo, 'status' | 'title' | 'via'>>): void {
      const set = { ...changes, ...(via ? { via: JSON.stringify(via) } : {}) }
      database.run(sql.updateTable('spaces').set(set).where('id', '=', id))
    },
  }
}
