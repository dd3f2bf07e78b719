import { z } from 'zod'
import { Time } from '../../contract/common.ts'
import { SpaceId } from '../../contract/entry.ts'
import { Did } from '../../contract/envelope.ts'

/** The name of a backup’s file without its ending. */
export const BackupId = z.string().min(1).max(255)

export const NewPassphrase = z.string().min(8, 'needs at least 8 characters').max(1024)

/** An encrypted copy of this node, in its home. */
export const Backup = z
  .object({
    id: BackupId,
    /** Where it lies on the machine of the node. */
    file: z.string(),
    bytes: z.int(),
    created_at: Time,
    /** Of which node it is, as it says itself; left out of a file that says nothing of the kind. */
    node: z.string().optional(),
    /** The version of Agora that made it. */
    version: z.string().optional(),
  })
  .meta({ id: 'Backup' })
export type Backup = z.output<typeof Backup>

/** A project or thread that was put back from a backup, and in which nothing is written yet. */
export const WaitingSpace = z
  .object({
    id: SpaceId,
    kind: z.enum(['project', 'thread']),
    title: z.string(),
    /** When the backup was made. */
    as_of: Time,
    restored_at: Time,
    /** The other members. One of them that is connected is enough. */
    members: z.array(z.object({ did: Did, name: z.string(), online: z.boolean() })),
  })
  .meta({ id: 'WaitingSpace' })
export type WaitingSpace = z.output<typeof WaitingSpace>
