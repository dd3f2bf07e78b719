import { z } from 'zod'
import { EntryId, SpaceId } from './entry.ts'
import { Did } from './envelope.ts'
import { readMessage } from './read-message.ts'

/** Bytes of entries in one frame, about: by the length of their three texts. One entry more than that travels alone. */
export const ENTRIES_MAX = 256 << 10
/** Spaces told of in one frame, chains of each, and entries asked for in one. */
export const HAVE_SPACES_MAX = 1024
export const HAVE_BRANCHES_MAX = 4096
export const WANT_MAX = 256

/** The last entry of a chain: whose node, which number, which entry. */
const BranchTold = z.tuple([Did, z.int().min(0), EntryId])

/**
 * The last entries of all chains that the sender has of spaces; for the receiver to send what is not in the past of these. `ask`: the receiver is to tell
 * the same of its own. `again`: whatever it believed of the sender until now may be wrong.
 */
export const LogHave = z.looseObject({
  type: z.literal('log.have'),
  spaces: z
    .array(z.looseObject({ space: SpaceId, branches: z.array(BranchTold).max(HAVE_BRANCHES_MAX) }))
    .max(HAVE_SPACES_MAX),
  ask: z.boolean().optional(),
  again: z.boolean().optional(),
})
export type LogHave = z.output<typeof LogHave>

/** Entries of a space, parents first. Each is read and checked by itself, when its signature is: here they may be anything. */
export const LogEntries = z.looseObject({
  type: z.literal('log.entries'),
  space: SpaceId,
  entries: z.array(z.unknown()),
})
export type LogEntries = z.output<typeof LogEntries>

/** Entries that the sender lacks and others name as their parents. */
export const LogWant = z.looseObject({
  type: z.literal('log.want'),
  space: SpaceId,
  ids: z.array(EntryId).max(WANT_MAX),
})
export type LogWant = z.output<typeof LogWant>

/** What members of a space tell each other about its log. */
export type LogMessage = LogHave | LogEntries | LogWant

const messages = { 'log.have': LogHave, 'log.entries': LogEntries, 'log.want': LogWant } as const

/** See `readMessage`. */
export const readLogMessage = (value: unknown): LogMessage | { fault: string } | undefined =>
  readMessage(messages, value)
