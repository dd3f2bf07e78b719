import { z } from 'zod'
import { byteLength } from '../base/text.ts'
import { wellFormed } from './common.ts'
import { BODY_MAX, Did } from './envelope.ts'

/** What calls about spaces have in common: how a space and those in it are named, and how long what is written may be. */

/** The id of a space or of something in one, or its beginning; at least four characters of it. */
export const IdOrPrefix = z
  .string()
  .min(4, 'is too short; give at least four characters')
  .max(64)
  .regex(/^[0-9A-Za-z-]+$/, 'is not an id')
/** A project's id, or its beginning. */
export const ProjectRef = IdOrPrefix

/** The node of a member as an invitation tells it, and where it is said to be. */
export const MemberTold = z.looseObject({ did: Did, addresses: z.array(z.string().max(300)).max(20) })

/** Somebody, as this node would type them. */
export const Who = z.object({ did: Did, name: z.string() }).meta({ id: 'Who' })

/** Who wrote something, as the signature proves it, with what this node thinks of them. */
export const Author = z
  .object({
    did: Did,
    /** As it would be typed: `claude-1`, `bob`, `claude-1@bob`. */
    name: z.string(),
    trust_level: z.int().min(0).max(4).optional(),
    local: z.boolean(),
    human: z.boolean(),
    /** In the project in which it was said; nobody has one elsewhere. */
    role: z.string().optional(),
  })
  .meta({ id: 'Author' })
export type Author = z.output<typeof Author>
export type Who = z.output<typeof Who>

/** One line: what things are called. */
export const Title = wellFormed(z.string().trim().min(1).max(500)).refine(
  (text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text),
  'holds a control character',
)

const bytes = (max: number) =>
  [(text: string) => byteLength(text) <= max, `is longer than ${max} bytes`] as [(text: string) => boolean, string]
/** What somebody says. */
export const Spoken = wellFormed(z.string().min(1)).refine(...bytes(BODY_MAX))
/** What describes something at length. */
export const Prose = wellFormed(z.string()).refine(...bytes(64 << 10))
