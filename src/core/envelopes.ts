import { canonicalJson, canonicalMembers, inOrder, joinMembers, type Members } from '../base/canonical.ts'
import { type Clock, rfc3339 } from '../base/clock.ts'
import { nodeOf } from '../base/did.ts'
import { newId } from '../base/ids.ts'
import {
  CLOCK_AHEAD_MAX,
  ENVELOPE_VERSION,
  Envelope,
  SIGNING_PREFIX,
  TIME_TO_LIVE,
  type Trace,
} from '../contract/envelope.ts'
import { type NodeKey, verifySignature } from '../identity/signing.ts'

export interface Sealed {
  envelope: Envelope
  /** The canonical JSON that was signed, with the signature: what is stored and sent, byte for byte. */
  text: string
}

export interface EnvelopeParts {
  id?: string
  type: string
  from: string
  to: string
  conversation_id?: string | undefined
  reply_to?: string | undefined
  trace?: Trace | undefined
  body: Record<string, unknown>
}

/** Signs an envelope with the node's key. */
export function seal({ key, clock }: { key: NodeKey; clock: Clock }, parts: EnvelopeParts): Sealed {
  const now = clock.now()
  const { id = newId(now), conversation_id, reply_to, trace, ...rest } = parts
  const unsigned = {
    v: ENVELOPE_VERSION,
    id,
    ...rest,
    sent_at: rfc3339(now),
    ...(conversation_id ? { conversation_id } : {}),
    ...(reply_to ? { reply_to } : {}),
    ...(trace ? { trace } : {}),
  } as const
  const members = canonicalMembers(unsigned)
  const signature = key.sign(SIGNING_PREFIX + joinMembers(members))
  // What was signed and what is sent are one writing: neither can differ from the other.
  const all = inOrder([...members, ['signature', `"signature":${canonicalJson(signature)}`]])
  return { envelope: { ...unsigned, signature }, text: joinMembers(all) }
}

/** Why bytes are not an envelope that the node at the other end may send here. All of these are offences. */
export type Offence = 'malformed' | 'not_canonical' | 'foreign_sender' | 'wrong_recipient' | 'bad_signature'

export type Opened =
  | { offence: Offence; detail: string }
  | { offence?: never; envelope: Envelope; text: string; fault: 'clock_skew' | 'expired' | undefined }

/** Half a surrogate pair and a number that no double holds can be written as JSON, but have no canonical form. */
function membersOf(value: Record<string, unknown>): Members | undefined {
  try {
    return canonicalMembers(value)
  } catch {
    // It has none.
    return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads and checks one frame of `/agora/direct`: form, sender, recipient, signature, then time.
 *
 * The bytes must be the canonical JSON themselves: then there is one reading of them, and a parser that takes the last of
 * two equal keys, or rounds a number, cannot see another envelope than the one that was signed.
 */
export async function open(
  frame: Uint8Array,
  { remote, self, now }: { remote: string; self: string; now: number },
): Promise<Opened> {
  let text: string
  let value: unknown
  try {
    text = utf8.decode(frame)
    value = JSON.parse(text)
  } catch {
    return { offence: 'malformed', detail: 'not UTF-8 JSON' }
  }
  const parsed = Envelope.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { offence: 'malformed', detail: `${issue?.path.join('.')}: ${issue?.message}` }
  }
  // What was read itself and not zod's copy, which leaves out a key called `__proto__`: checked and used must be the same.
  const envelope = value as Envelope
  if (nodeOf(envelope.from) !== remote) return { offence: 'foreign_sender', detail: envelope.from }
  if (nodeOf(envelope.to) !== self) return { offence: 'wrong_recipient', detail: envelope.to }
  const members = membersOf(envelope)
  if (!members || joinMembers(members) !== text) {
    return { offence: 'not_canonical', detail: 'not RFC 8785 canonical JSON' }
  }
  const signed = SIGNING_PREFIX + joinMembers(members.filter(([name]) => name !== 'signature'))
  if (!(await verifySignature(remote, signed, envelope.signature))) {
    return { offence: 'bad_signature', detail: envelope.id }
  }
  const age = now - Date.parse(envelope.sent_at)
  const fault = age < -CLOCK_AHEAD_MAX ? 'clock_skew' : age > TIME_TO_LIVE ? 'expired' : undefined
  return { envelope, text, fault }
}
