import { type Clock, rfc3339 } from '../base/clock.ts'
import { AgoraError } from '../base/errors.ts'
import { type Database, sqlBuilder } from '../store/database.ts'

export interface RestoredSpace {
  space: string
  /** Ms since the epoch: when the backup was made from which the space is as it is here, or was. */
  as_of: number
  restored_at: number
  /** When this node began to write there again; null as long as it does not. */
  settled_at: number | null
}

/**
 * Spaces that a backup brought. What this node wrote there after the backup was made others know, and it does not: were it to write on, two entries of its
 * chain would have the same number, and as keeper it might give out what it has given already. So it writes nothing there until it has heard its own last
 * words from the members that are there, or its operator says that there are none.
 */
export interface RestoredSpaces {
  list(): RestoredSpace[]
  isWaiting(space: string): boolean
  /** Whether it ever came from a backup: what others know of it may be news. */
  isRestored(space: string): boolean
  /** Why nothing is written in the space now. */
  refusal(space: string): AgoraError | undefined
  /** Within a write: from its commit on this node writes there again. Answers whether it did not before. */
  settle(space: string): boolean
  /** Called after that commit. */
  onSettled(listener: (space: string) => void): void
}

const sql = sqlBuilder<{ restored_spaces: RestoredSpace }>()

export function createRestoredSpaces({ clock, database }: { clock: Clock; database: Database }): RestoredSpaces {
  const rows = new Map(
    database.all(sql.selectFrom('restored_spaces').selectAll()).map((row) => [row.space, row] as const),
  )
  const listeners: ((space: string) => void)[] = []
  const isWaiting = (space: string): boolean => rows.get(space)?.settled_at === null

  return {
    list: () => [...rows.values()],
    isWaiting,
    isRestored: (space) => rows.has(space),
    refusal(space) {
      const row = rows.get(space)
      if (row?.settled_at !== null) return undefined
      return new AgoraError(
        'restored',
        `This node comes from a backup of ${rfc3339(row.as_of)} and may have written here since: it writes nothing until other members have told it.`,
        {
          hint: 'It goes on by itself once one of them is connected. `agora restored` says who is waited for; if nobody knows more, `agora restored resume`.',
        },
      )
    },
    settle(space) {
      const row = rows.get(space)
      if (row?.settled_at !== null) return false
      const settled_at = clock.now()
      database.run(sql.updateTable('restored_spaces').set({ settled_at }).where('space', '=', space))
      database.afterCommit(() => {
        if (!isWaiting(space)) return
        rows.set(space, { ...row, settled_at })
        for (const listener of listeners) listener(space)
      })
      return true
    },
    onSettled: (listener) => void listeners.push(listener),
  }
}
