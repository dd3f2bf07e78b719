import { z } from 'zod'
import { Time } from '../../contract/common.ts'
import { EntryId } from '../../contract/entry.ts'
import { Author, Who } from '../../contract/space.ts'

/** The room that every project has from the beginning. Its id is its name; others have UUIDs. */
export const MAIN = 'main'

/** Without the `#` it is written with. */
export const ROOM_NAME_MAX = 64

export const Room = z
  .object({
    /** `main`, or a UUID. */
    id: z.string(),
    name: z.string(),
    topic: z.string().optional(),
    messages: z.int(),
    last_at: Time.optional(),
    created_by: Who.optional(),
    created_at: Time.optional(),
  })
  .meta({ id: 'Room' })
export type Room = z.output<typeof Room>

export const RoomMessage = z
  .object({
    id: EntryId,
    room: z.object({ id: z.string(), name: z.string() }),
    from: Author,
    /** Empty when its text was taken away. */
    body: z.string(),
    redacted: z.boolean(),
    reply_to: EntryId.optional(),
    /** Whom it names: somebody, or everybody of a role. */
    mentions: z.array(z.union([Who, z.object({ role: z.string() })])),
    sent_at: Time,
  })
  .meta({ id: 'RoomMessage' })
export type RoomMessage = z.output<typeof RoomMessage>
