import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import { AgoraError } from '../base/errors.ts'
import { OwnerDid, type OwnerKey, ownerKeyFromSeed } from './owner.ts'

const derive = promisify(scrypt) as (
  passphrase: string,
  salt: Buffer,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer>

const TYPE = 'agora-owner-key-1'
const ABOUT =
  'The private key of an Agora owner, encrypted. With its passphrase: agora owner import <this file>. Keep it secret, and a copy in a safe place.'

const bytes = (count: number) =>
  z.string().refine((text) => {
    const read = Buffer.from(text, 'base64url')
    return read.length === count && read.toString('base64url') === text
  }, `is not ${count} bytes in base64url`)

/**
 * An owner's key as it is kept and carried about: the seed, encrypted by AES-256-GCM with a key that scrypt makes of the passphrase. The DID is authenticated
 * with it, so that no other can be put beside the seed.
 */
export const OwnerKeyFile = z.object({
  type: z.literal(TYPE),
  about: z.string().max(1000).optional(),
  did: OwnerDid,
  kdf: z.object({
    name: z.literal('scrypt'),
    // Bounded: a file from elsewhere must not make this machine compute for an hour.
    n: z.literal([1 << 15, 1 << 16, 1 << 17, 1 << 18, 1 << 19, 1 << 20]),
    r: z.literal(8),
    p: z.literal(1),
    salt: bytes(16),
  }),
  cipher: z.object({ name: z.literal('aes-256-gcm'), nonce: bytes(12), tag: bytes(16) }),
  seed: bytes(32),
})
export type OwnerKeyFile = z.output<typeof OwnerKeyFile>

/** 128 MiB and about half a second for each guess. */
const STRENGTH = 1 << 17

export const newOwnerKey = (): OwnerKey => ownerKeyFromSeed(new Uint8Array(randomBytes(32)))

export async function sealOwnerKey({ did, seed }: OwnerKey, passphrase: string): Promise<OwnerKeyFile> {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)]
  const kdf = { name: 'scrypt', n: STRENGTH, r: 8, p: 1, salt: salt.toString('base64url') } as const
  const cipher = createCipheriv('aes-256-gcm', await stretch(passphrase, kdf), nonce)
  cipher.setAAD(associated(did))
  const sealed = Buffer.concat([cipher.update(seed), cipher.final()])
  return {
    type: TYPE,
    about: ABOUT,
    did,
    kdf,
    cipher: {
      name: 'aes-256-gcm',
      nonce: nonce.toString('base64url'),
      tag: cipher.getAuthTag().toString('base64url'),
    },
    seed: sealed.toString('base64url'),
  }
}

/** @throws AgoraError `wrong_passphrase`, which a changed file looks like too; `key_damaged` when DID and seed do not fit. */
export async function openOwnerKey(file: OwnerKeyFile, passphrase: string): Promise<OwnerKey> {
  const key = await stretch(passphrase, file.kdf)
  const read = (text: string) => Buffer.from(text, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, read(file.cipher.nonce), { authTagLength: 16 })
  decipher.setAAD(associated(file.did))
  decipher.setAuthTag(read(file.cipher.tag))
  let seed: Uint8Array
  try {
    seed = new Uint8Array(Buffer.concat([decipher.update(read(file.seed)), decipher.final()]))
  } catch (cause) {
    throw new AgoraError('wrong_passphrase', 'The passphrase does not open this owner key.', {
      field: 'passphrase',
      hint: 'Either the passphrase is another, or the file was changed.',
      cause,
    })
  }
  const opened = ownerKeyFromSeed(seed)
  if (opened.did !== file.did) throw new AgoraError('key_damaged', 'The owner key and its DID do not belong together.')
  return opened
}

const associated = (did: string): Buffer => Buffer.from(`${TYPE}\n${did}`)

/** The same passphrase typed on two systems may come in two Unicode forms. */
function stretch(passphrase: string, { n, r, p, salt }: OwnerKeyFile['kdf']): Promise<Buffer> {
  const options = { N: n, r, p, maxmem: 128 * n * r * p + (1 << 20) }
  return derive(passphrase.normalize('NFKC'), Buffer.from(salt, 'base64url'), 32, options)
}
