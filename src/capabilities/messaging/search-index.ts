import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../core/telemetry.ts'
import type { Database } from '../../store/database.ts'
import type { MessagingTables } from './tables.ts'

const PAUSE = 200
const BATCH = 200

export interface SearchIndex {
  /** Within a write: a message that was kept is to be found by its words soon. */
  add(position: number): void
  /** Resolves when all that was added can be found. */
  ready(): Promise<void>
}

/**
 * Full-text indexing a while after the messages themselves, many at a time: in their own transactions it would cost a sixth of all throughput.
 * What is still to be indexed is on disk, so nothing is forgotten in a crash, and a search waits for it.
 */
export function createSearchIndex(parts: {
  clock: Clock
  database: Database
  tables: MessagingTables
  log: Log
}): SearchIndex {
  const { clock, database, tables, log } = parts
  let scheduled = false

  /** Within a write: indexes one batch; answers whether there may be more. */
  function indexBatch(): boolean {
    const rows = tables.unindexed(BATCH)
    for (const { position, envelope } of rows) tables.indexText(position, JSON.parse(envelope).body.text)
    const last = rows.at(-1)
    if (last) tables.removeUnindexed(last.position)
    return rows.length === BATCH
  }

  function schedule() {
    if (scheduled) return
    scheduled = true
    clock.after(PAUSE, () => {
      scheduled = false
      database.write(indexBatch).then(
        (more) => more && schedule(),
        (error) => log.debug({ error: String(error) }, 'indexing waits for the next message'),
      )
    })
  }

  // What the last run left.
  if (tables.unindexed(1).length > 0) schedule()
  return {
    add(position) {
      tables.insertUnindexed(position)
      schedule()
    },
    async ready() {
      while (tables.unindexed(1).length > 0) await database.write(indexBatch)
    },
  }
}
