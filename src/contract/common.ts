import { z } from 'zod'
import { isTimeZone } from '../base/days.ts'
import { nameFault, nameHint } from '../base/names.ts'

/** A name of a node or an agent, in normal form C. */
export const Name = z
  .string()
  .transform((name) => name.normalize('NFC'))
  .superRefine((name, context) => {
    const fault = nameFault(name)
    if (fault) context.addIssue({ code: 'custom', message: `${fault}; a name is ${nameHint}` })
  })

/** Whom something goes to or comes from: a name, `agent@node`, or a DID. Resolved by the daemon. */
export const Address = z.string().min(1).max(2048)

/** Numbers and switches that may arrive as text in a query. */
export const queryInt = (min: number, max: number) =>
  z
    .union([
      z.int(),
      z
        .string()
        .regex(/^\d{1,15}$/, 'is not a whole number')
        .transform(Number),
    ])
    .pipe(z.int().min(min).max(max))
export const queryFlag = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0', '']).transform((text) => text !== 'false' && text !== '0'),
])

export const Limit = queryInt(1, 500).default(50)
/** Opaque; given back unchanged it continues where the answer that carried it ended. */
export const Cursor = z.string().min(1).max(64)

export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next_cursor: Cursor.optional() })

/** A zone of the IANA database, such as Europe/Berlin. */
export const TimeZone = z.string().max(64).refine(isTimeZone, 'is no time zone such as Europe/Berlin')

export const Time = z.iso.datetime()

/** Words of this node, and between them, marked, what others wrote or are called: data, and no instructions. */
export const Sentence = z
  .array(z.object({ text: z.string(), said: z.enum(['name', 'title', 'text']).optional() }))
  .meta({ id: 'Sentence' })
export const Empty = z.object({})

/** Text that is signed or shown on: half a character has no form in UTF-8. */
export const wellFormed = (text: z.ZodString) =>
  text.refine((value) => value.isWellFormed(), 'holds half a character (a lone surrogate)')

/** What an agent says for what it asks the operator to approve; of no effect in a call of the operator's. */
export const Why = wellFormed(z.string().max(500))
