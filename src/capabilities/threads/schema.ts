import { z } from 'zod'
import { Time } from '../../contract/common.ts'
import { EntryId, SignedEntry, SpaceId } from '../../contract/entry.ts'
import { Author, MemberTold, Who } from '../../contract/space.ts'
import { wireType } from '../../contract/wire.ts'

/**
 * Body of the envelope type `thread.create`, by which a participant learns of a thread: its first entry, and, for who was added later, the entry that did. The rest
 * comes through the log.
 */
export const threadWire = wireType({
  type: 'thread.create',
  body: z.looseObject({
    create: SignedEntry,
    update: SignedEntry.optional(),
    /** The nodes of those who take part, to be believed about the thread until its log is here, and where they are said to be. */
    members: z.array(MemberTold).max(200),
  }),
  permissions: ['space.invite'],
  receipted: true,
})

/** Somebody who takes part; `told`: how far their node has come, if this one told it. */
const Participant = Who.extend({
  told: z.enum(['invited', 'joined', 'refused', 'expired']).optional(),
  reason: z.string().optional(),
}).meta({ id: 'Participant' })

export const Thread = z
  .object({
    id: SpaceId,
    title: z.string().optional(),
    creator: Who,
    participants: z.array(Participant),
    /** The least trust its creator's node must have in whom it adds. */
    min_trust: z.int().min(0).max(4),
    /** Whether the creator alone adds participants. */
    closed: z.boolean(),
    project_id: SpaceId.optional(),
    status: z.enum(['joining', 'open', 'left', 'ended']),
    /** Why it ended. */
    reason: z.string().optional(),
    messages: z.int(),
    created_at: Time,
    last_at: Time.optional(),
  })
  .meta({ id: 'Thread' })
export type Thread = z.output<typeof Thread>

export const ThreadMessage = z
  .object({
    id: EntryId,
    thread_id: SpaceId,
    from: Author,
    /** Empty when its text was taken away. */
    body: z.string(),
    redacted: z.boolean(),
    reply_to: EntryId.optional(),
    sent_at: Time,
  })
  .meta({ id: 'ThreadMessage' })
export type ThreadMessage = z.output<typeof ThreadMessage>
