import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { AgoraError } from '../base/errors.ts'
import { OwnerDid, type OwnerKey, ownerKeyFromSeed } from './owner.ts'
import { bytesText, Kdf, newKdf, stretch } from './stretch.ts'

const TYPE = 'agora-owner-key-1'
const ABOUT =
  'The private key of an Agora owner, encrypted. With its passphrase: agora owner import <this file>. Keep it secret, and a copy in a safe place.'

/**
 * An owner's key as it is kept and carried about: the seed, encrypted by AES-256-GCM with a key that scrypt makes of the passphrase. The DID is authenticated
 * with it, so that no other can be put beside the seed.
 */
export const OwnerKeyFile = z.object({
  type: z.literal(TYPE),
  about: z.string().max(1000).optional(),
  did: OwnerDid,
  kdf: Kdf,
  cipher: z.object({ name: z.literal('aes-256-gcm'), nonce: bytesText(12), tag: bytesText(16) }),
  seed: bytesText(32),
})
export type OwnerKeyFile = z.output<typeof OwnerKeyFile>

export const newOwnerKey = (): OwnerKey => ownerKeyFromSeed(new Uint8Array(randomBytes(32)))

export async function sealOwnerKey({ did, seed }: OwnerKey, passphrase: string): Promise<OwnerKeyFile> {
  const nonce = randomBytes(12)
  const kdf = newKdf()
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
