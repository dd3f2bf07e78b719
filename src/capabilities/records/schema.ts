import { z } from 'zod'
import { Time } from '../../contract/common.ts'
import { EntryId, SpaceId } from '../../contract/entry.ts'
import { Author } from '../../contract/space.ts'

const recorded = {
  id: z.uuid(),
  entry: EntryId,
  title: z.string(),
  /** Left out when it was taken away. */
  text: z.string().optional(),
  by: Author,
  at: Time,
}

export const Decision = z.object({ ...recorded, reasons: z.string().optional() }).meta({ id: 'Decision' })
export type Decision = z.output<typeof Decision>

export const Report = z
  .object({
    ...recorded,
    /** The private thread whose outcome it is; only its participants can look into it. */
    thread_id: SpaceId.optional(),
  })
  .meta({ id: 'Report' })
export type Report = z.output<typeof Report>
