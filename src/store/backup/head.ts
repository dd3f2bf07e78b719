import { closeSync, openSync, readSync } from 'node:fs'
import { z } from 'zod'
import { AgoraError, messageOf } from '../../base/errors.ts'
import { HEAD_MAX, SealedHead } from '../../identity/sealed.ts'
import { SCHEMA_VERSION } from '../migrations/index.ts'

export const BACKUP_TYPE = 'agora-backup-1'
export const BACKUP_ABOUT =
  'A node of Agora, encrypted. With its passphrase: agora restore <this file>. Whoever has both is this node: keep them apart, and safe.'

/** What stands in the open at the beginning of a backup. */
export const BackupHead = z.looseObject({
  type: z.literal(BACKUP_TYPE),
  /** The DID of the node. */
  node: z.string().max(256),
  name: z.string().max(256),
  created_at: z.iso.datetime(),
  /** The version of Agora that made it, and of its database. */
  version: z.string().max(64),
  schema: z.int().min(1),
})
export type BackupHead = z.output<typeof BackupHead>

/** @throws AgoraError `malformed` when it is no backup, `upgrade_needed` when only a newer version can read it. */
export function readBackupHead(head: SealedHead): BackupHead {
  const { data } = BackupHead.safeParse(head)
  if (data && data.schema <= SCHEMA_VERSION) return data
  if (data) throw newer(data.version)
  if (/^agora-backup-\d+$/.test(head.type)) throw newer(String(head['version'] ?? ''))
  throw new AgoraError('malformed', 'This file is no backup of Agora.')
}

export const newer = (version: string): AgoraError =>
  new AgoraError(
    'upgrade_needed',
    `This backup was made by a newer Agora${/^[\w.+-]{1,64}$/.test(version) ? ` (${version})` : ''}.`,
    {
      hint: 'Install that version or a newer one, then restore.',
    },
  )

/** What a file says of itself, without its passphrase. @throws AgoraError as `readBackupHead` does; `invalid_input` when it cannot be read. */
export function readHead(path: string): BackupHead {
  let line: string
  try {
    line = firstLine(path)
  } catch (cause) {
    throw new AgoraError('invalid_input', `${path} cannot be read: ${messageOf(cause)}.`, { field: 'file', cause })
  }
  const { data } = SealedHead.safeParse(parsed(line))
  if (data) return readBackupHead(data)
  throw new AgoraError('malformed', 'This file is no backup of Agora.', { field: 'file' })
}

function firstLine(path: string): string {
  const handle = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(HEAD_MAX)
    return bytes.toString('utf8', 0, readSync(handle, bytes)).split('\n', 1)[0] ?? ''
  } finally {
    closeSync(handle)
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // No JSON, so no head.
    return undefined
  }
}
