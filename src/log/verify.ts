import { base58 } from '../base/base58.ts'
import { canonicalJson } from '../base/canonical.ts'
import {
  ENTRY_PREFIX,
  EntryHeader,
  FACTS_MAX,
  HEADER_MAX,
  type SignedEntry,
  TEXTS_MAX,
  type Texts,
} from '../contract/entry.ts'
import { isCanonical } from './canonical.ts'
import type { CheckedEntry, EntryFault, FaultReason } from './checked.ts'

/** SHA-256 over the UTF-8 of a text: 32 bytes. */
export type Sha256 = (text: string) => Uint8Array
/** Whether `signature` (base64url) is that of the node of `did` over the UTF-8 of `text`. */
export type Verify = (did: string, text: string, signature: string) => boolean | Promise<boolean>

export type Read = { entry: CheckedEntry; signedText: string; fault?: never } | { fault: EntryFault }
export type Checked = { entry: CheckedEntry; fault?: never } | { entry?: never; fault: EntryFault }

/** As ids and hashes are written: base58btc without a multibase prefix. */
export const hashText = (sha256: Sha256, text: string): string => base58(sha256(text))

/**
 * Everything of an entry's check but the signature, which is one of the header's author over `signedText`. Pure, so that a browser can do it too; what the
 * entry claims of other entries (space, prev, heads, lamport) is checked with its log.
 */
export function readEntry(value: unknown, sha256: Sha256): Read {
  let id: string | undefined
  const fault = (reason: FaultReason, detail: string): Read => ({ fault: { id, reason, detail } })

  const { header: headerText, facts: factsText, texts: textsText } = (value ?? {}) as Partial<SignedEntry>
  if (typeof headerText !== 'string' || typeof factsText !== 'string')
    return fault('malformed', 'no header or no facts')
  if (textsText !== undefined && typeof textsText !== 'string') return fault('malformed', 'texts are no text')
  if (isLonger(headerText, HEADER_MAX)) return fault('too_large', `header: more than ${HEADER_MAX} bytes`)
  if (isLonger(factsText, FACTS_MAX)) return fault('too_large', `facts: more than ${FACTS_MAX} bytes`)
  if (textsText !== undefined && isLonger(textsText, TEXTS_MAX))
    return fault('too_large', `texts: more than ${TEXTS_MAX} bytes`)

  const headerValue = parseObject(headerText)
  const body = parseObject(factsText)
  if (!headerValue || !body) return fault('malformed', 'header or facts are no JSON object')
  const parsed = EntryHeader.safeParse(headerValue)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return fault('malformed', `header.${issue?.path.join('.')}: ${issue?.message}`.slice(0, 200))
  }
  if (!isCanonical(headerText, headerValue)) return fault('not_canonical', 'header')
  // What was read itself and not zod's copy, which leaves out a key called `__proto__`: checked and used must be the same.
  const header = headerValue as EntryHeader
  const signedText = ENTRY_PREFIX + withoutSignature(headerText, header)
  id = hashText(sha256, signedText)
  if (!isCanonical(factsText, body)) return fault('not_canonical', 'facts')
  if (hashText(sha256, factsText) !== header.body_hash)
    return fault('wrong_hash', 'the facts are not those that were signed')
  if ((header.space === undefined) !== (header.seq === 0 && header.prev === undefined && header.lamport === 1)) {
    return fault('wrong_space', 'only the first entry has no space, and it has no entry before it')
  }

  let texts: Texts | undefined
  if (textsText !== undefined) {
    const read = parseObject(textsText)
    if (!read || !isTexts(read)) return fault('malformed', 'texts are not texts with a salt')
    if (!isCanonical(textsText, read)) return fault('not_canonical', 'texts')
    if (hashText(sha256, textsText) !== body['texts_hash'])
      return fault('wrong_hash', 'the texts are not those that were signed')
    texts = withoutSalt(read)
  }
  const signed: SignedEntry =
    textsText === undefined
      ? { header: headerText, facts: factsText }
      : { header: headerText, facts: factsText, texts: textsText }
  return { entry: { id, space: header.space ?? id, header, body, texts, signed }, signedText }
}

/** The whole check. `verify` is asked once, and only when all else is right. */
export async function verifyEntry(
  value: unknown,
  { sha256, verify }: { sha256: Sha256; verify: Verify },
): Promise<Checked> {
  const read = readEntry(value, sha256)
  if (read.fault) return read
  const { entry, signedText } = read
  if (await verify(entry.header.author, signedText, entry.header.signature)) return { entry }
  return {
    fault: { id: entry.id, reason: 'bad_signature', detail: `not signed by the node of ${entry.header.author}` },
  }
}

/** The canonical header without its signature: cut out of it, unless the same words stand in it twice. Other members always come before it. */
function withoutSignature(text: string, header: EntryHeader): string {
  const member = `,"signature":${JSON.stringify(header.signature)}`
  const at = text.indexOf(member)
  if (at === text.lastIndexOf(member)) return text.slice(0, at) + text.slice(at + member.length)
  const { signature: _, ...rest } = header
  return canonicalJson(rest)
}

const utf8 = new TextEncoder()
const isLonger = (text: string, max: number): boolean =>
  text.length > max || (text.length * 3 > max && utf8.encode(text).length > max)

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    // Not JSON: the caller says so.
    return undefined
  }
}

const isTexts = (value: Record<string, unknown>): value is Texts =>
  typeof value['salt'] === 'string' && Object.values(value).every((text) => typeof text === 'string')

/** Texts as they are signed are `{ salt, … }`; the salt keeps a hash from being guessed at once they are gone. */
export function withoutSalt({ salt: _, ...texts }: Texts): Texts {
  return texts
}
