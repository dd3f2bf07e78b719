import type { EntryHeader, SignedEntry, Texts } from '../contract/entry.ts'

/** An entry of which everything was checked that can be without its log: form, size, canonical bytes, hashes and signature. */
export interface CheckedEntry {
  id: string
  /** The id of the first entry, also in the first entry. */
  space: string
  header: EntryHeader
  /** The facts. */
  body: Record<string, unknown>
  /** Undefined when there were none, or they were redacted. Without the salt. */
  texts: Texts | undefined
  /** As it came, without fields beside the three texts. */
  signed: SignedEntry
}

/** Why an entry is none, or can be none of its log. An offence of whoever sent it, for nobody honest keeps one. */
export type FaultReason =
  | 'malformed'
  | 'too_large'
  /** Its bytes are not the one canonical form, or hold a number that is not a whole one. */
  | 'not_canonical'
  /** Facts or texts are not those that were signed. */
  | 'wrong_hash'
  | 'bad_signature'
  | 'wrong_space'
  /** prev is not its node's entry before it, or seq not one more. */
  | 'wrong_prev'
  /** Not sorted, one twice, or prev among them. */
  | 'wrong_heads'
  | 'wrong_lamport'
  /** It has no prev, and nothing in its past lets its node write here. */
  | 'may_not_begin'

export interface EntryFault {
  /** Undefined when it could not even be read. */
  id: string | undefined
  reason: FaultReason
  /** A sentence for the log. */
  detail: string
}
