import { z } from 'zod'
import { Did, Timestamp } from './envelope.ts'

export const ENTRY_VERSION = 1
export const ENTRY_PREFIX = 'agora-entry-1\n'

/** Bytes of UTF-8: what decides whether an entry is valid is protocol, and no setting. */
export const HEADER_MAX = 32 << 10
export const FACTS_MAX = 64 << 10
export const TEXTS_MAX = 320 << 10
/** Other tips one entry can name; a writer who knows of more names those with the highest place. */
export const HEADS_MAX = 256

/** base58btc of a SHA-256, without a multibase prefix. */
export const Hash = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{40,44}$/, 'is not the base58btc of a SHA-256')
export const EntryId = Hash
/** The id of the space's first entry. */
export const SpaceId = Hash

/**
 * What is signed of an entry in a space's log. Loose: fields of newer minor versions are kept and covered by the signature. Its id is the
 * SHA-256 of `agora-entry-1\n` and the canonical JSON without `signature`; the signature covers the same bytes.
 */
export const EntryHeader = z.looseObject({
  v: z.literal(ENTRY_VERSION),
  /** Left out in the first entry, whose id is the space's. */
  space: SpaceId.optional(),
  author: Did,
  /** Its number in the chain of its node in this space, from 0, and the entry before it there. */
  seq: z.int().min(0),
  prev: EntryId.optional(),
  /** All other tips its writer had received; sorted, none twice. */
  heads: z.array(EntryId).max(HEADS_MAX),
  /** 1 + the highest of prev and heads; 1 when there is none. */
  lamport: z.int().min(1),
  at: Timestamp,
  type: z.string().regex(/^[a-z_]{1,32}\.[a-z_]{1,32}$/, 'is not a type such as task.create'),
  /** Of the canonical JSON of the facts. */
  body_hash: Hash,
  signature: z.string().max(128),
})
export type EntryHeader = z.output<typeof EntryHeader>

/**
 * One entry as it travels and is kept: three canonical JSON texts, byte for byte as its author wrote them. `facts` is the body. What may be redacted
 * later (messages, comments, reports, descriptions) stands in `texts`, `{ salt, … }`, of which the facts hold only the hash as `texts_hash`: without its
 * texts every chain still verifies.
 */
export const SignedEntry = z.looseObject({
  header: z.string().max(HEADER_MAX),
  facts: z.string().max(FACTS_MAX),
  texts: z.string().max(TEXTS_MAX).optional(),
})
export type SignedEntry = z.output<typeof SignedEntry>

/** The texts of an entry by name, without the salt. */
export type Texts = Record<string, string>

/** Texts for a new entry: those that say something, and none at all where none does. */
export function saying(texts: Record<string, string | undefined>): { texts?: Texts } {
  const said = Object.entries(texts).filter((text): text is [string, string] => text[1] !== undefined && text[1] !== '')
  return said.length === 0 ? {} : { texts: Object.fromEntries(said) }
}
