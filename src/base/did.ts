import { base58btc } from 'multiformats/bases/base58'
import { AgoraError } from './errors.ts'
import { nameFault } from './names.ts'

/**
 * The formats of identity. All of them hold the same 32-byte Ed25519 public key, so each is computed from the other:
 * `did:agora:z6Mk…` and `did:key:z6Mk…` are multibase base58btc of 0xed01 + key; a libp2p peer ID is bare base58btc of
 * the identity multihash of the protobuf-encoded key (https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md).
 */
const KEY_PREFIX = Uint8Array.of(0xed, 0x01)
const PEER_PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)
const METHOD = 'did:agora:'
const OWNER_METHOD = 'did:agora:owner:'
/** Longer than the longest DID: 58 characters of a node, `#`, and 64 characters of a name at twelve each. */
const DID_MAX = 1024

const joined = (prefix: Uint8Array, key: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(prefix.length + key.length)
  bytes.set(prefix)
  bytes.set(key, prefix.length)
  return bytes
}

const keyAfter = (prefix: Uint8Array, bytes: Uint8Array): Uint8Array | undefined =>
  bytes.length === prefix.length + 32 && prefix.every((byte, index) => bytes[index] === byte)
    ? bytes.slice(prefix.length)
    : undefined

/** The multibase form `z6Mk…` of a 32-byte public key. */
export const multikey = (publicKey: Uint8Array): string => base58btc.encode(joined(KEY_PREFIX, publicKey))

export const nodeDid = (publicKey: Uint8Array): string => METHOD + multikey(publicKey)

export const ownerDid = (publicKey: Uint8Array): string => OWNER_METHOD + multikey(publicKey)

/** The 32-byte public key of an owner's DID, `did:agora:owner:z6Mk…`; undefined when it is none. */
export function ownerPublicKey(text: string): Uint8Array | undefined {
  if (!text.startsWith(OWNER_METHOD)) return undefined
  const node = METHOD + text.slice(OWNER_METHOD.length)
  return node.includes('#') ? undefined : readDid(node)?.publicKey
}

export const isOwnerDid = (text: string): boolean => ownerPublicKey(text) !== undefined

/** Whether it is the DID of a node itself, and not of one of its agents. */
export const isNodeDid = (text: string): boolean => !text.includes('#') && isDid(text)

export const didKey = (did: string): string => `did:key:${parseDid(did).node.slice(METHOD.length)}`

export const peerIdOf = (did: string): string => base58btc.encode(joined(PEER_PREFIX, parseDid(did).publicKey)).slice(1)

/** The node DID of a libp2p peer ID; undefined when it is not that of an Ed25519 key. */
export function didOfPeerId(peerId: string): string | undefined {
  try {
    const key = keyAfter(PEER_PREFIX, base58btc.decode(`z${peerId}`))
    return key && nodeDid(key)
  } catch {
    // Not base58: then it is no peer ID at all.
    return undefined
  }
}

export interface Did {
  /** The DID without fragment: the node, and its operator. */
  node: string
  /** The agent's name, when the DID is that of an agent. */
  agent: string | undefined
  publicKey: Uint8Array
}

const parsed = new Map<string, Did>()

/**
 * Reads `did:agora:z6Mk…` or `did:agora:z6Mk…#agent`.
 * @throws AgoraError `invalid_input` when it is neither.
 */
export function parseDid(text: string): Did {
  const result = cachedDid(text)
  if (!result) {
    throw new AgoraError('invalid_input', 'This is not an Agora DID.', {
      hint: 'A DID looks like did:agora:z6Mk… or, for an agent, did:agora:z6Mk…#name.',
    })
  }
  return result
}

export const isDid = (text: string): boolean => cachedDid(text) !== undefined

/** Decoding base58 costs more than all else on a message's way, and the same few DIDs come again and again. */
function cachedDid(text: string): Did | undefined {
  const known = parsed.get(text)
  if (known) return known
  const result = readDid(text)
  if (!result) return undefined
  if (parsed.size >= 4096) parsed.clear()
  parsed.set(text, result)
  return result
}

function readDid(text: string): Did | undefined {
  if (!text.startsWith(METHOD) || text.length > DID_MAX) return undefined
  const [node = '', fragment, ...rest] = text.split('#')
  if (rest.length > 0 || fragment === '') return undefined
  try {
    const publicKey = keyAfter(KEY_PREFIX, base58btc.decode(node.slice(METHOD.length)))
    if (!publicKey || nodeDid(publicKey) !== node) return undefined
    const agent = fragment === undefined ? undefined : decodeURIComponent(fragment)
    // One agent, one spelling: what encodes back to something else is refused, or names could be doubled. And no agent of a
    // peer has a name that could not be given here: it would be shown, and `a@b` would look like somebody else's agent.
    if (agent !== undefined && (encodeURIComponent(agent) !== fragment || nameFault(agent) !== undefined))
      return undefined
    return { node, agent, publicKey }
  } catch {
    // Undecodable base58 or percent-encoding: not a DID.
    return undefined
  }
}

export const agentDid = (node: string, agent: string): string => `${node}#${encodeURIComponent(agent)}`

/** The node's DID within an agent's or operator's DID. */
export const nodeOf = (did: string): string => {
  const hash = did.indexOf('#')
  return hash < 0 ? did : did.slice(0, hash)
}

/** `…` and the last six characters: enough to tell two holders of one name apart. */
export const didTail = (did: string): string => `…${nodeOf(did).slice(-6)}`
