import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { nodeDid, ownerPublicKey, parseDid, peerIdOf } from '../base/did.ts'

/** A node's Ed25519 key pair. The seed never leaves this object but to libp2p, which proves it to peers. */
export interface NodeKey {
  did: string
  peerId: string
  publicKey: Uint8Array
  /** The 32-byte private seed (RFC 8032). */
  seed: Uint8Array
  /** Signs UTF-8 text; the signature as base64url without padding, 86 characters. */
  sign(text: string): string
}

// DER wrappings of raw Ed25519 keys (RFC 8410): node:crypto takes no bare bytes.
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

export function keyFromSeed(seed: Uint8Array): NodeKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = new Uint8Array(
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI.length),
  )
  const did = nodeDid(publicKey)
  return {
    did,
    peerId: peerIdOf(did),
    publicKey,
    seed,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  }
}

const publicKeys = new Map<string, KeyObject>()

function publicKeyOf(did: string): KeyObject {
  const { node, publicKey } = parseDid(did)
  let key = publicKeys.get(node)
  if (!key) {
    key = keyObject(publicKey)
    if (publicKeys.size >= 4096) publicKeys.clear()
    publicKeys.set(node, key)
  }
  return key
}

const keyObject = (publicKey: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' })

const verifyAside = promisify(verify) as (
  algorithm: null,
  data: Buffer,
  key: KeyObject,
  signature: Buffer,
) => Promise<boolean>

// The last character's low four bits belong to no byte and are zero: one signature, one spelling.
const SIGNATURE = /^[A-Za-z0-9_-]{85}[AQgw]$/

/** Whether `signature` (base64url) is that of the node of `did` over the UTF-8 of `text`. Computed on another thread. */
export async function verifySignature(did: string, text: string, signature: string): Promise<boolean> {
  if (!SIGNATURE.test(signature)) return false
  return verifyAside(null, Buffer.from(text), publicKeyOf(did), Buffer.from(signature, 'base64url'))
}

/** The same for the DID of an owner. At once: owners sign seldom. */
export function verifyOwner(did: string, text: string, signature: string): boolean {
  const publicKey = ownerPublicKey(did)
  if (!publicKey || !SIGNATURE.test(signature)) return false
  return verify(null, Buffer.from(text), keyObject(publicKey), Buffer.from(signature, 'base64url'))
}
