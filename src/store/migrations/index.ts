import type Sqlite from 'better-sqlite3'
import { AgoraError } from '../../base/errors.ts'
import { up as up001 } from './001-ground.ts'
import { up as up002 } from './002-friends.ts'
import { up as up003 } from './003-approvals.ts'
import { up as up004 } from './004-wake.ts'
import { up as up005 } from './005-owner.ts'
import { up as up007 } from './007-friends.ts'
import { up as up008 } from './008-log.ts'
import { up as up009 } from './009-projects.ts'
import { up as up010 } from './010-keeper.ts'
import { up as up011 } from './011-spoken.ts'
import { up as up012 } from './012-sessions.ts'
import { up as up013 } from './013-authors.ts'
import { up as up014 } from './014-alerts.ts'
import { up as up015 } from './015-activity.ts'
import { up as up016 } from './016-restored.ts'
import { up as up017 } from './017-senders.ts'

/** Run in order, each once; the number of those run is the file's `user_version`. What was released is never edited. */
const migrations = [
  up001,
  up002,
  up003,
  up004,
  up005,
  up007,
  up008,
  up009,
  up010,
  up011,
  up012,
  up013,
  up014,
  up015,
  up016,
  up017,
]

/** Of the databases that this version makes. */
export const SCHEMA_VERSION = migrations.length

export function migrate(sqlite: Sqlite.Database): void {
  const version = Number(sqlite.pragma('user_version', { simple: true }))
  if (version > migrations.length) {
    throw new AgoraError('storage_failed', `The database is of a newer Agora (schema ${version}).`, {
      hint: 'Install that version or a newer one.',
    })
  }
  for (let index = version; index < migrations.length; index++) {
    sqlite.transaction(() => {
      sqlite.exec(migrations[index] as string)
      sqlite.pragma(`user_version = ${index + 1}`)
    })()
  }
}
