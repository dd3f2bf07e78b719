import { closeSync, existsSync, linkSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { rfc3339 } from '../../base/clock.ts'
import { seal } from '../../identity/sealed.ts'
import type { Kdf } from '../../identity/stretch.ts'
import type { Database } from '../database.ts'
import type { Home } from '../home.ts'
import { SCHEMA_VERSION } from '../migrations/index.ts'
import { syncFolder } from '../private-file.ts'
import { version } from '../version.ts'
import { BACKUP_ABOUT, BACKUP_TYPE, type BackupHead, readHead } from './head.ts'
import { PACKED, pack } from './pack.ts'

export interface BackupFile {
  /** The name of its file without `.backup`. */
  id: string
  path: string
  bytes: number
  /** Ms since the epoch. */
  createdAt: number
  /** What it says of itself, if it is one. */
  head: BackupHead | undefined
}

const SUFFIX = '.backup'
/** Half done, and worth nothing if nobody is at it. */
const DRAFT = '.draft'

/**
 * Writes a backup of a whole node into its home, for which its database is copied as of one moment while it is used. Not in it are tokens: whoever restores is
 * given new ones, for one that was withdrawn since must not come back; nor what belongs to a running process.
 */
export async function writeBackup(
  home: Home,
  {
    did,
    database,
    passphrase,
    now,
    strength,
  }: { did: string; database: Pick<Database, 'copy'>; passphrase: string; now: number; strength?: Kdf['n'] },
): Promise<BackupFile> {
  mkdirSync(home.backups, { recursive: true, mode: 0o700 })
  sweepDrafts(home)
  const copy = join(home.backups, `database${DRAFT}`)
  const draft = join(home.backups, `backup${DRAFT}`)
  try {
    // Nobody else may ever read it, whatever this user's umask is.
    closeSync(openSync(copy, 'wx', 0o600))
    await database.copy(copy)
    const others = readdirSync(home.dir).filter((name) => PACKED.test(name) && name !== 'agora.db')
    // The key first: whoever reads on can already tell whose it is.
    const files = [
      ...others.sort((a) => (a === 'node.key' ? -1 : 0)).map((name) => ({ name, path: join(home.dir, name) })),
      { name: 'agora.db', path: copy },
    ]
    const head: BackupHead & { about: string } = {
      type: BACKUP_TYPE,
      about: BACKUP_ABOUT,
      ...{ node: did, name: home.name, created_at: rfc3339(now), version, schema: SCHEMA_VERSION },
    }
    const handle = await open(draft, 'wx', 0o600)
    try {
      for await (const piece of seal(pack(files), passphrase, head, strength)) await handle.writeFile(piece)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return fileOf(home, settle(home, draft, now))
  } finally {
    sweepDrafts(home)
  }
}

/** Gives it its name, which is nobody else's. */
function settle(home: Home, draft: string, now: number): string {
  const time = rfc3339(now).replace(/[-:]|\.\d+/g, '')
  const stem = `agora-${encodeURIComponent(home.name)}`.slice(0, 200)
  for (let count = 1; ; count++) {
    const id = [stem, time, ...(count === 1 ? [] : [count])].join('-')
    const path = join(home.backups, id + SUFFIX)
    if (existsSync(path)) continue
    linkSync(draft, path)
    rmSync(draft)
    syncFolder(home.backups)
    return id
  }
}

function sweepDrafts({ backups }: Home): void {
  for (const name of readdirSync(backups)) if (name.includes(DRAFT)) rmSync(join(backups, name), { force: true })
}

function fileOf(home: Home, id: string): BackupFile {
  const path = join(home.backups, id + SUFFIX)
  const { size, mtimeMs } = statSync(path)
  const head = headOf(path)
  return { id, path, bytes: size, createdAt: head ? Date.parse(head.created_at) : Math.floor(mtimeMs), head }
}

/** What it says of itself; undefined of what somebody else put there, which is listed all the same. */
function headOf(path: string): BackupHead | undefined {
  try {
    return readHead(path)
  } catch {
    // No backup, or a newer version's.
    return undefined
  }
}

/** What lies in the home, newest first. */
export function listBackups(home: Home): BackupFile[] {
  if (!existsSync(home.backups)) return []
  return readdirSync(home.backups, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(SUFFIX))
    .map(({ name }) => fileOf(home, name.slice(0, -SUFFIX.length)))
    .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
}
