import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { AgoraError, messageOf } from '../base/errors.ts'
import { keyFromSeed, type NodeKey } from './signing.ts'

/**
 * The key file: JSON, mode 0600. The DID is in it so that damage to the seed is noticed, and so that a person can tell whose key it is.
 */
interface KeyFile {
  type: 'agora-node-key-1'
  did: string
  /** 32 bytes, base64url. */
  seed: string
}

/**
 * Reads the node's key, or makes it at the very first start.
 *
 * @param isNew whether this home holds nothing of an earlier identity; only then is a missing key made.
 * @throws AgoraError `key_missing`, `key_damaged`, `key_exposed`; a key is never made silently in place of another.
 */
export function openKey(path: string, isNew: boolean): NodeKey {
  if (!existsSync(path)) {
    if (isNew) return makeKey(path)
    throw new AgoraError('key_missing', `The key of this node is gone: ${path} does not exist.`, {
      hint: 'Put it back from a backup. To begin as somebody else, unknown to all peers, use another --name or move this home away.',
    })
  }
  const mode = statSync(path).mode & 0o777
  if (process.platform !== 'win32' && mode & 0o077) {
    throw new AgoraError('key_exposed', `Others on this machine can read the key ${path} (mode ${mode.toString(8)}).`, {
      hint: `If nobody has used that, run: chmod 600 ${path}`,
    })
  }
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as Partial<KeyFile>
    const seed = Buffer.from(String(file.seed), 'base64url')
    if (file.type !== 'agora-node-key-1' || seed.length !== 32) throw new Error('it is not an Agora key file')
    const key = keyFromSeed(new Uint8Array(seed))
    if (key.did !== file.did) throw new Error('its seed and its DID do not belong together')
    return key
  } catch (cause) {
    throw new AgoraError('key_damaged', `The key ${path} cannot be used: ${messageOf(cause)}.`, {
      hint: 'Put it back from a backup. To begin as somebody else, unknown to all peers, use another --name or move this home away.',
      cause,
    })
  }
}

function makeKey(path: string): NodeKey {
  const key = keyFromSeed(new Uint8Array(randomBytes(32)))
  const file: KeyFile = { type: 'agora-node-key-1', did: key.did, seed: Buffer.from(key.seed).toString('base64url') }
  // Synced, because all else depends on it, and linked to its name only when it is whole: a link never replaces a file, and
  // a crash in between leaves no half of a key behind.
  const draft = `${path}.${process.pid}`
  const handle = openSync(draft, 'w', 0o600)
  try {
    writeSync(handle, `${JSON.stringify(file, null, 2)}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  try {
    linkSync(draft, path)
  } finally {
    rmSync(draft)
  }
  return key
}
