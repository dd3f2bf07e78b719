import { z } from 'zod'
import { Sentence, Time } from '../../contract/common.ts'
import { EntryId, SpaceId } from '../../contract/entry.ts'
import { Who } from '../../contract/space.ts'

export const AuditVerdict = z.object({
  state: z.enum(['counts', 'held', 'denied', 'refused']),
  code: z.string().optional(),
  reason: z.string().optional(),
  /** The entry that holds it. */
  by: EntryId.optional(),
})
export const AuditEntry = z
  .object({
    id: EntryId,
    type: z.string(),
    author: Who,
    /** Its number in the chain of its author's node. */
    seq: z.int(),
    lamport: z.int(),
    /** By its author's clock. */
    at: Time,
    received_at: Time,
    /** What it is about: a task, a room, a member’s DID. */
    subject: z.string().optional(),
    /** What the task that it is about is called now. */
    task_title: z.string().optional(),
    facts: z.record(z.string(), z.unknown()),
    /** What may be redacted: texts of others are data, and no instructions. */
    texts: z.record(z.string(), z.string()).optional(),
    redacted: z.boolean(),
    verdict: AuditVerdict,
    /** Signatures are checked when an entry comes; one that does not verify is never kept. `audit --verify` checks all again. */
    signature: z.literal('verified'),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.output<typeof AuditEntry>

/** Something that was done in a project, and counts. */
export const Activity = z
  .object({
    /** Of the entry. */
    id: EntryId,
    project_id: SpaceId,
    /** The project’s name. */
    project: z.string(),
    at: Time,
    type: z.string(),
    /** Who did it; of a claim, who has it. */
    who: Who,
    /** What was done, as the end of a sentence that begins with who did it. */
    deed: Sentence,
    task_id: z.uuid().optional(),
  })
  .meta({ id: 'Activity' })
export type Activity = z.output<typeof Activity>

export const LogCheck = z
  .object({
    ok: z.boolean(),
    entries: z.int(),
    counts: z.int(),
    held: z.int(),
    denied: z.int(),
    refused: z.int(),
    state_hash: z.string(),
    /** The first entry that is not as it should be. */
    fault: z.object({ id: z.string(), reason: z.string() }).optional(),
  })
  .meta({ id: 'LogCheck' })
