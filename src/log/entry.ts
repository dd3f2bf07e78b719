import { hash } from 'node:crypto'
import { canonicalJson, canonicalMembers, inOrder, joinMembers } from '../base/canonical.ts'
import { rfc3339 } from '../base/clock.ts'
import { AgoraError } from '../base/errors.ts'
import { randomBytes } from '../base/ids.ts'
import { ENTRY_PREFIX, ENTRY_VERSION, type EntryHeader, FACTS_MAX, TEXTS_MAX, type Texts } from '../contract/entry.ts'
import { type NodeKey, verifySignature } from '../identity/signing.ts'
import { isCanonical } from './canonical.ts'
import type { CheckedEntry } from './checked.ts'
import { type Checked, hashText, type Sha256, verifyEntry } from './verify.ts'

export const sha256: Sha256 = (text) => hash('sha256', text, 'buffer')

/** Everything of an entry that its author says. Of the first entry of a space: no space, no prev, seq 0, no heads, lamport 1. */
export interface EntryParts {
  space?: string | undefined
  /** The DID of the key's node, or of an agent of it. */
  author: string
  seq: number
  prev: string | undefined
  /** In any order. */
  heads: readonly string[]
  lamport: number
  /** In ms since the epoch. */
  at: number
  type: string
  facts: Record<string, unknown>
  /** Without the salt. Those that are undefined are left out, and none at all are no texts. */
  texts?: Record<string, string | undefined> | undefined
}

/**
 * Signs an entry with the node's key.
 * @throws AgoraError `too_large`, `malformed` for facts or texts that have no canonical form, or numbers that are not whole.
 */
export function makeEntry(key: NodeKey, parts: EntryParts): CheckedEntry {
  const texts = Object.fromEntries(Object.entries(parts.texts ?? {}).filter(([, text]) => text !== undefined)) as Texts
  const hasTexts = Object.keys(texts).length > 0
  const textsText = hasTexts
    ? canonical({ ...texts, salt: Buffer.from(randomBytes()).toString('base64url') }, TEXTS_MAX, 'texts')
    : undefined
  const facts = textsText === undefined ? parts.facts : { ...parts.facts, texts_hash: hashText(sha256, textsText) }
  const factsText = canonical(facts, FACTS_MAX, 'facts')
  const unsigned = {
    v: ENTRY_VERSION,
    ...(parts.space === undefined ? {} : { space: parts.space }),
    author: parts.author,
    seq: parts.seq,
    ...(parts.prev === undefined ? {} : { prev: parts.prev }),
    heads: [...parts.heads].sort(),
    lamport: parts.lamport,
    at: rfc3339(parts.at),
    type: parts.type,
    body_hash: hashText(sha256, factsText),
  } as const
  const members = canonicalMembers(unsigned)
  const signedText = ENTRY_PREFIX + joinMembers(members)
  const id = hashText(sha256, signedText)
  const signature = key.sign(signedText)
  const headerText = joinMembers(inOrder([...members, ['signature', `"signature":${canonicalJson(signature)}`]]))
  return {
    id,
    space: parts.space ?? id,
    header: { ...unsigned, signature } satisfies EntryHeader,
    // As everybody else will read it: without what JSON leaves out.
    body: JSON.parse(factsText),
    texts: hasTexts ? texts : undefined,
    signed:
      textsText === undefined
        ? { header: headerText, facts: factsText }
        : { header: headerText, facts: factsText, texts: textsText },
  }
}

function canonical(value: Record<string, unknown>, max: number, field: string): string {
  let text: string
  try {
    text = canonicalJson(value)
  } catch (cause) {
    throw new AgoraError('malformed', `${field}: these have no canonical form.`, { field, cause })
  }
  if (Buffer.byteLength(text) > max) {
    throw new AgoraError('too_large', `${field}: more than ${max} bytes.`, { field })
  }
  if (!isCanonical(text, JSON.parse(text))) {
    throw new AgoraError('malformed', `${field}: numbers must be whole.`, { field })
  }
  return text
}

/** Checks an entry as it came from elsewhere, its signature on another thread. Many at once are checked side by side. */
export const checkEntry = (value: unknown): Promise<Checked> => verifyEntry(value, { sha256, verify: verifySignature })
