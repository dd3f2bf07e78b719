import { rmSync } from 'node:fs'
import { type Clock, rfc3339 } from '../../base/clock.ts'
import { AgoraError } from '../../base/errors.ts'
import type { Directory } from '../../core/directory.ts'
import type { Handlers } from '../../core/dispatch.ts'
import { type Events, OPERATOR_INBOX } from '../../core/events.ts'
import type { Network } from '../../core/network.ts'
import type { RestoredSpaces } from '../../core/restored.ts'
import type { Spaces } from '../../core/spaces.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { type BackupFile, listBackups, writeBackup } from '../../store/backup/write.ts'
import type { Database } from '../../store/database.ts'
import type { Home } from '../../store/home.ts'
import type { Backup, WaitingSpace } from './schema.ts'

export interface BackupParts {
  clock: Clock
  key: { did: string }
  home: Home
  database: Database
  events: Events
  directory: Pick<Directory, 'nameOf'>
  network: Pick<Network, 'peer'>
  spaces: Spaces
  restored: RestoredSpaces
  telemetry: Telemetry
}

type Names = 'backups.list' | 'backups.create' | 'backups.remove' | 'backups.waiting' | 'backups.resume'

export interface Backups {
  handlers: Pick<Handlers, Names>
  /** Where a backup lies. @throws AgoraError `not_found` */
  file(id: string): { path: string; bytes: number }
}

/** In which of these a node writes at all. */
const WRITES = new Set(['member', 'joining'])

export function createBackups(parts: BackupParts): Backups {
  const { clock, key, home, database, events, directory, network, spaces, restored, telemetry } = parts
  /** One at a time: each takes memory for its key, and room for the copy. */
  let last: Promise<unknown> = Promise.resolve()

  const view = ({ id, path, bytes, createdAt, head }: BackupFile): Backup => ({
    ...{ id, file: path, bytes, created_at: rfc3339(createdAt) },
    ...(head ? { node: head.node, version: head.version } : {}),
  })

  // Compared with what is there, so that no id leads out of the folder.
  function found(id: string): BackupFile {
    const file = listBackups(home).find((one) => one.id === id)
    if (file) return file
    throw new AgoraError('not_found', `id: there is no backup ${JSON.stringify(id)}.`, { field: 'id' })
  }

  const waitingRows = () =>
    restored.list().flatMap((row) => {
      const info = spaces.info(row.space)
      return row.settled_at === null && info && WRITES.has(info.status) ? [{ ...row, info }] : []
    })

  const waiting = (): WaitingSpace[] =>
    waitingRows().map(({ space, as_of, restored_at, info }) => ({
      ...{ id: space, kind: info.kind, title: info.title },
      as_of: rfc3339(as_of),
      restored_at: rfc3339(restored_at),
      members: [...new Set([...spaces.members(space), ...(info.status === 'joining' ? info.via : [])])]
        .filter((did) => did !== key.did)
        .map((did) => ({ did, name: directory.nameOf(did), online: network.peer(did) !== undefined })),
    }))

  restored.onSettled((space) => {
    telemetry.log.info({ space }, 'what was written here after the backup is known; this node writes on')
    database
      .write(() => events.emit('backup.caught_up', OPERATOR_INBOX, { space, title: spaces.info(space)?.title ?? '' }))
      .catch((error) => telemetry.log.error({ space, error: String(error) }, 'an event could not be kept'))
  })

  return {
    file(id) {
      const { path, bytes } = found(id)
      return { path, bytes }
    },
    handlers: {
      'backups.list': () => ({ items: listBackups(home).map(view) }),
      'backups.create': async ({ passphrase }) => {
        const work = last.then(() => writeBackup(home, { did: key.did, database, passphrase, now: clock.now() }))
        last = work.catch(() => undefined)
        return view(await work)
      },
      'backups.remove': ({ id }) => {
        rmSync(found(id).path)
        return { removed: id }
      },
      'backups.waiting': () => ({ items: waiting() }),
      'backups.resume': async ({ space }) => {
        const those = space === undefined ? waitingRows().map((row) => row.space) : [spaces.resolve(space, 'space')]
        const resumed = await database.write(() => those.filter(restored.settle))
        if (space !== undefined && resumed.length === 0) {
          throw new AgoraError('not_found', 'space: this node does write there.', { field: 'space' })
        }
        return { resumed }
      },
    },
  }
}
