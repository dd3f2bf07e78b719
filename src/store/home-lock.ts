import { existsSync, truncateSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { AgoraError } from '../base/errors.ts'
import { readDaemonInfo } from './daemon-file.ts'
import type { Home } from './home.ts'

/** Ms to wait for somebody who only looks whether the lock is held. */
const PATIENCE = 300

/**
 * Takes a home for this process until the returned function is called or the process ends, however it ends: the lock is the kernel's,
 * on a SQLite file that stays empty, so nothing stale can be left behind.
 *
 * @throws AgoraError `home_in_use`, with the process that has it when that is known.
 */
export function lockHome(home: Home): () => void {
  const release = tryLock(home.lock)
  if (!release) throw homeInUse(home)
  return release
}

/** The same for any file; undefined when another process has it. */
export function tryLock(path: string): (() => void) | undefined {
  const sqlite = open(path)
  try {
    begin(sqlite, path)
  } catch (cause) {
    sqlite.close()
    if (!isBusy(cause)) throw cause
    return undefined
  }
  // Held by the process and not only by the caller: a connection that nobody refers to is closed with the next garbage.
  const release = () => sqlite.close()
  process.on('exit', release)
  return () => {
    process.off('exit', release)
    release()
  }
}

/** Whether some process has the home now. */
export function isLocked(home: Home): boolean {
  if (!existsSync(home.lock)) return false
  const sqlite = open(home.lock, 0)
  try {
    sqlite.prepare('SELECT count(*) FROM sqlite_schema').get()
    return false
  } catch (error) {
    return isBusy(error)
  } finally {
    sqlite.close()
  }
}

export function homeInUse(home: Home): AgoraError {
  const daemon = readDaemonInfo(home)
  const holder = daemon ? `process ${daemon.pid}, API ${daemon.api_url}` : 'another process'
  return new AgoraError('home_in_use', `${JSON.stringify(home.name)} is already running (${holder}).`, {
    hint: `Stop it with \`agora --name ${home.name} stop\`, or start another node with another --name.`,
  })
}

const open = (path: string, timeout = PATIENCE): Sqlite.Database => new Sqlite(path, { timeout })

function begin(sqlite: Sqlite.Database, path: string): void {
  try {
    sqlite.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    // Garbage can only be read while nobody has the lock. The file holds nothing, so it is simply made empty again.
    if (!(error instanceof Sqlite.SqliteError) || error.code !== 'SQLITE_NOTADB') throw error
    truncateSync(path)
    sqlite.exec('BEGIN EXCLUSIVE')
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Sqlite.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code)
