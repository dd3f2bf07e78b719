import { z } from 'zod'
import { Time } from '../../contract/common.ts'
import { MessageId } from '../../contract/envelope.ts'

/** A page of the dashboard that is signed in, with the rights of the operator. */
export const Session = z
  .object({
    id: MessageId,
    /** What the page said of itself when it signed in, such as its browser. */
    label: z.string().optional(),
    created_at: Time,
    last_used_at: Time,
    /** When it ends unless it is used before, and at the latest. */
    expires_at: Time,
    /** Whether it is the one that asks. */
    current: z.boolean(),
  })
  .meta({ id: 'Session' })
export type Session = z.output<typeof Session>
