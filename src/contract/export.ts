import { z } from 'zod'
import { EntryId, SpaceId } from './entry.ts'
import { Timestamp } from './envelope.ts'

/** Version of the format below. */
export const EXPORT_VERSION = 1

/**
 * The first line of an exported log. It is not signed: what can be relied on are the entries, and that they are complete up to `tips` (those that no
 * other entry names as a parent) as the exporting node knew them.
 */
export const ExportHead = z.looseObject({
  agora_log: z.literal(EXPORT_VERSION),
  space: SpaceId,
  kind: z.enum(['project', 'thread']),
  exported_at: Timestamp,
  tips: z.array(EntryId),
  /** What the exporting node folded, to compare with. */
  state_hash: z.string().max(64).optional(),
})
export type ExportHead = z.output<typeof ExportHead>
