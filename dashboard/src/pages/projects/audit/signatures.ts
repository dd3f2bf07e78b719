import { hashes, verify } from '@noble/ed25519'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { parseDid } from '../../../../../src/base/did.ts'
import type { SignedEntry } from '../../../../../src/contract/entry.ts'
import { hashText, verifyEntry } from '../../../../../src/log/verify.ts'
import type { Verified } from './check-log.ts'

/** Ed25519 and SHA-256 in JavaScript of its own: the daemon's word is not taken for what it shows. */

hashes.sha512 = sha512
const utf8 = new TextEncoder()
const sha = (text: string): Uint8Array => sha256(utf8.encode(text))

export const hashOf = (text: string): string => hashText(sha, text)

export async function verifySigned(entries: SignedEntry[]): Promise<Verified[]> {
  const results: Verified[] = []
  for (const entry of entries) {
    results.push((await verifyEntry(entry, { sha256: sha, verify: isSignedBy })) as Verified)
  }
  return results
}

function isSignedBy(did: string, text: string, signature: string): boolean {
  const { publicKey } = parseDid(did)
  try {
    return verify(fromBase64Url(signature), utf8.encode(text), publicKey, { zip215: false })
  } catch {
    // Not even the form of a signature or a key.
    return false
  }
}

const fromBase64Url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
