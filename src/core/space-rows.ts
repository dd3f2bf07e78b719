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
  const everything = database.statement<Record<string, never>, Row>(() =>
    sql.selectFrom('spaces').selectAll().orderBy('created_at').orderBy('id'),
  )
  /** Several times with every entry it is asked how this node stands to its space. */
  const known = new Map<string, SpaceInfo>()
  const forget = (id: string) => {
    known.delete(id)
    // What is read within a write that comes to nothing was never so.
    database.afterRollback(() => known.delete(id))
  }
  return {
    get(id: string): SpaceInfo | undefined {
      const info = known.get(id)
      if (info) return info
      const row = byId.first({ id })
      if (!row) return undefined
      const read = fromRow(row)
      known.set(id, read)
      return read
    },
    list: (kind?: SpaceKind) =>
      everything
        .all({})
        .filter((row) => kind === undefined || row.kind === kind)
        .map(fromRow),
    /** Within a write. */
    add(space: SpaceInfo): void {
      forget(space.id)
      database.run(sql.insertInto('spaces').values({ ...space, via: JSON.stringify(space.via) }))
    },
    /** Within a write. */
    change(id: string, { via, ...changes }: Partial<Pick<SpaceInfo, 'status' | 'title' | 'via'>>): void {
      forget(id)
      const set = { ...changes, ...(via ? { via: JSON.stringify(via) } : {}) }
      database.run(sql.updateTable('spaces').set(set).where('id', '=', id))
    },
  }
}
