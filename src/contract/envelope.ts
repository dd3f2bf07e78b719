import { z } from 'zod'
import { canonicalJson } from '../base/canonical.ts'
import { isDid } from '../base/did.ts'
import { isId } from '../base/ids.ts'

export const ENVELOPE_VERSION = 1
export const SIGNING_PREFIX = 'agora-envelope-1\n'
/** Bytes of one frame, and of a message's text; see CONCEPT "Limits". */
export const FRAME_MAX = 1 << 20
export const BODY_MAX = 256 << 10
/** An envelope from further ahead than this is `clock_skew`; older than its time to live is `expired`. In ms. */
export const CLOCK_AHEAD_MAX = 10 * 60_000
export const TIME_TO_LIVE = 7 * 24 * 3_600_000

export const Did = z.string().refine(isDid, 'is not an Agora DID (did:agora:z6Mk…, or did:agora:z6Mk…#agent)')
export const MessageId = z.string().refine(isId, 'is not a UUIDv7')
export const Timestamp = z.iso.datetime({ precision: 3 })

/** Where a chain of messages began, and how many agents have carried it on since. */
export const Trace = z.looseObject({ id: MessageId, hops: z.int().min(0).max(1_000_000) })
export type Trace = z.output<typeof Trace>

/** What one node sends another. Loose: fields of newer minor versions are kept, covered by the signature, and ignored. */
export const Envelope = z.looseObject({
  v: z.literal(ENVELOPE_VERSION),
  id: MessageId,
  type: z.string().min(1).max(64),
  from: Did,
  to: Did,
  sent_at: Timestamp,
  conversation_id: MessageId.optional(),
  reply_to: MessageId.optional(),
  trace: Trace.optional(),
  body: z.looseObject({}),
  signature: z.string().max(128),
})
export type Envelope = z.output<typeof Envelope>

/** The text a signature covers: the prefix and the canonical JSON of everything but the signature. */
export const signingText = ({ signature: _, ...rest }: Record<string, unknown>): string =>
  SIGNING_PREFIX + canonicalJson(rest)

/** What became of an envelope, in the order in which it can only move forward; `failed` and `expired` end it. */
export const stages = ['queued', 'sent', 'stored', 'shown', 'acknowledged'] as const
export const Stage = z.enum([...stages, 'failed', 'expired'])
export type Stage = z.output<typeof Stage>

/** Why an envelope came to nothing. Stable: programs compare them. */
export const FailureReason = z.enum([
  'unknown_agent',
  'requests_full',
  'not_permitted',
  'clock_skew',
  'expired',
  'too_large',
  'too_soon',
  'malformed',
  'unsupported_type',
  'too_soon',
  'blocked',
])
export type FailureReason = z.output<typeof FailureReason>
