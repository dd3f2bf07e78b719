import { CompiledQuery } from 'kysely'
import { messageOf } from '../base/errors.ts'
import type { Database } from './database.ts'

/** Pages of a full-text index that are merged within one write: some ms. */
const MERGED_AT_ONCE = 500

const raw = <Row>(text: string) => ({ compile: () => CompiledQuery.raw(text) as CompiledQuery<Row> })
const changes = raw<{ count: number }>('SELECT total_changes() AS count')
const emptyLog = raw<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)')

export interface Wiping {
  /** Something was deleted that must not stay in the files. */
  soon(): void
  /** Once more, if it could not be done. */
  retry(): void
}

/**
 * What is deleted is overwritten at once where it stood (`secure_delete`). Its words stay in a full-text index until the parts of that are merged, and its
 * pages in the write-ahead log until that is emptied: both is done here, a little at a time, after the deletion.
 */
export function createWiping(parts: {
  database: Database
  /** Full-text tables. */
  indexes: readonly string[]
  log: { warn(fields: object, message: string): void }
}): Wiping {
  const { database, indexes, log } = parts
  let isWanted = false
  let running = false

  /** Whether nothing is left to merge. A negative count has all parts merged into one, however few they are; what was begun is gone on with. */
  function mergeSome(index: string, isFirst: boolean): boolean {
    const before = database.first(changes)?.count ?? 0
    const pages = isFirst ? -MERGED_AT_ONCE : MERGED_AT_ONCE
    database.run(raw(`INSERT INTO ${index} (${index}, rank) VALUES ('merge', ${pages})`))
    return (database.first(changes)?.count ?? 0) - before < 2
  }

  /** Whether it is done: the log cannot be emptied while a copy of the database is read. */
  async function wipe(): Promise<boolean> {
    for (const index of indexes) {
      for (let isFirst = true; ; isFirst = false) if (await database.write(() => mergeSome(index, isFirst))) break
    }
    return database.first(emptyLog)?.busy === 0
  }

  async function run(): Promise<void> {
    running = true
    try {
      let isDone = true
      while (isWanted && isDone) {
        isWanted = false
        isDone = await wipe()
      }
      isWanted ||= !isDone
    } catch (error) {
      isWanted = true
      log.warn({ error: messageOf(error) }, 'what was redacted is not wiped from the files yet')
    }
    running = false
  }

  const retry = () => {
    if (isWanted && !running) void run()
  }
  return {
    soon() {
      isWanted = true
      retry()
    },
    retry,
  }
}
