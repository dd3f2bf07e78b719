import Sqlite from 'better-sqlite3'
import { AgoraError } from '../base/errors.ts'

/** `SQLITE_FULL` and the like; empty for what SQLite did not throw. */
export const sqliteCode = (error: unknown): string => (error instanceof Sqlite.SqliteError ? error.code : '')

/** Whether the disk or the file is at fault, and not what was asked. */
export const isStorage = (error: unknown): boolean =>
  /^SQLITE_(FULL|IOERR|CORRUPT|NOTADB|READONLY|CANTOPEN|BUSY|LOCKED)/.test(sqliteCode(error))

export function storageError(error: unknown): AgoraError {
  const code = sqliteCode(error)
  if (code === 'SQLITE_FULL') {
    return new AgoraError('disk_full', 'The disk is full: nothing new can be kept.', {
      hint: 'Free some space; reading still works and writing resumes by itself.',
      cause: error,
    })
  }
  return new AgoraError('storage_failed', `The database could not be written (${code}).`, {
    hint: 'See `agora doctor` and the log.',
    cause: error,
  })
}
