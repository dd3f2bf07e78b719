import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { rfc3339 } from '../../base/clock.ts'
import { AgoraError, messageOf } from '../../base/errors.ts'
import { openKey } from '../../identity/key-file.ts'
import { openSealed } from '../../identity/sealed.ts'
import { checkDatabase, schemaOf } from '../check-database.ts'
import { type Home, homeAt, prepareHome } from '../home.ts'
import { lockHome } from '../home-lock.ts'
import { SCHEMA_VERSION } from '../migrations/index.ts'
import { commitRestore, finishLocked } from './apply.ts'
import { type BackupHead, newer, readBackupHead } from './head.ts'
import { type MarkedCounts, markRestored } from './mark.ts'
import { PACKED, unpack } from './pack.ts'

export interface RestoreOptions {
  home: Home
  file: string
  /** Asked for once the file is known to be a backup that this version can read. */
  passphrase(head: BackupHead): Promise<string>
  /** Whether it may take the place of a node that is here; that is kept in a folder of its own. */
  replace: boolean
  /** Ms since the epoch. */
  now: number
}

export interface Restored extends MarkedCounts {
  head: BackupHead
  /** Where lies what was here before. */
  keptAs?: string
}

/** Of a home what a restored one has instead, and what is of no use beside it. */
const REPLACED = /^(?:token|agents|sessions|wake|agora\.db-(?:wal|shm)|daemon\.json)$/

/**
 * Puts a backup into a home whose daemon does not run. The file is read to its end and all of it is checked before anything in the home changes, and then all
 * changes at once: a process that is killed leaves the home as it was, or as it is to be.
 * @throws AgoraError `home_in_use`, `already_exists`, `wrong_passphrase`, `malformed`, `backup_damaged`, `upgrade_needed`.
 */
export async function restoreBackup({ home, file, passphrase, replace, now }: RestoreOptions): Promise<Restored> {
  const existed = existsSync(home.dir)
  prepareHome(home)
  const unlock = lockHome(home)
  let isDone = false
  try {
    finishLocked(home)
    const present = readdirSync(home.dir).filter((name) => PACKED.test(name) || REPLACED.test(name))
    const isNew = !present.some((name) => PACKED.test(name) || name === 'token')
    if (!isNew && !replace) throw occupied(home)
    mkdirSync(home.restoring, { mode: 0o700 })
    const { head, names } = await take(home, file, passphrase)
    const staged = homeAt(home.dir, 'restoring')
    check(staged, head)
    const marked = await markRestored(staged, { asOf: Date.parse(head.created_at), now })
    const old = isNew ? [] : present
    const aside = isNew ? undefined : asideName(home, now)
    commitRestore(home, { ...(aside === undefined ? {} : { aside }), old, fresh: [...names, 'agents'] })
    isDone = true
    return { head, ...marked, ...(aside === undefined ? {} : { keptAs: join(home.dir, aside) }) }
  } finally {
    finishLocked(home)
    unlock()
    // What came to nothing leaves no empty node behind.
    if (!existed && !isDone) rmSync(home.dir, { recursive: true, force: true })
  }
}

async function take(home: Home, file: string, passphrase: RestoreOptions['passphrase']) {
  const first = createReadStream(file)
  try {
    let head: BackupHead | undefined
    const sealed = await openSealed(first, (found) => {
      head = readBackupHead(found)
      return passphrase(head)
    })
    if (!head) throw new AgoraError('internal', 'The head of the backup was not read.')
    return { head, names: await unpack(sealed.content, home.restoring) }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') {
      throw new AgoraError('invalid_input', `${file} cannot be read: ${messageOf(cause)}.`, { field: 'file', cause })
    }
    if (code === 'ENOSPC') throw new AgoraError('disk_full', 'There is not enough room on the disk.', { cause })
    throw cause
  } finally {
    first.destroy()
  }
}

/** Whether what was in it is a node. It was sealed by whoever had the passphrase, and may still be what no version can use. */
function check(staged: Home, { node, version }: BackupHead): void {
  const unusable = (why: string, cause?: unknown) =>
    new AgoraError('backup_damaged', `This backup cannot be used: ${why}.`, { hint: 'Use another one.', cause })
  for (const path of [staged.key, staged.database]) {
    if (!existsSync(path)) throw unusable(`${path.slice(staged.dir.length + 1)} is not in it`)
  }
  if (openKey(staged.key, false).did !== node) throw unusable('its key is not that of the node it names')
  let found: string
  try {
    found = checkDatabase(staged.database)
  } catch (cause) {
    throw unusable(`its database cannot be read (${messageOf(cause)})`, cause)
  }
  if (schemaOf(staged.database) > SCHEMA_VERSION) throw newer(version)
  if (found !== 'ok') throw unusable(`its database is damaged (${found})`)
  if (!existsSync(staged.config)) return
  try {
    JSON.parse(readFileSync(staged.config, 'utf8'))
  } catch (cause) {
    throw unusable('its config.json is not JSON', cause)
  }
}

function asideName(home: Home, now: number): string {
  const stem = `before-restore-${rfc3339(now).replace(/[-:]|\.\d+/g, '')}`
  for (let count = 1; ; count++) {
    const name = count === 1 ? stem : `${stem}-${count}`
    if (!existsSync(join(home.dir, name))) return name
  }
}

const occupied = (home: Home): AgoraError =>
  new AgoraError('already_exists', `There is a node here already: ${home.dir}.`, {
    hint: 'Restore under another --name, or say --replace: then what is here is kept in a folder of its own, and the backup takes its place.',
  })
