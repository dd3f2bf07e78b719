import { z } from 'zod'
import { wellFormed } from './common.ts'
import type { Refusal } from './state.ts'

/** What the facts of entries have in common. They decide whether an entry is valid, so all of this is protocol; what callers may give is in space.ts. */

/** The id of something inside a space: a task, a room, an invitation. */
export const ThingId = z.uuidv4('is not a UUIDv4')
/** What a space or something in it is called, or a line about it; in UTF-16 code units. */
export const ThingTitle = wellFormed(z.string().min(1).max(500))

/** Why facts that are not of the form of their type come to nothing. */
export function malformed(error: z.ZodError | undefined): Refusal {
  const [issue] = error?.issues ?? []
  const field = issue?.path.join('.') ?? ''
  const reason = `${field || 'The entry'}: ${issue?.message ?? 'is not valid'}`
  return { code: 'malformed', reason, ...(field === '' ? {} : { field }) }
}
