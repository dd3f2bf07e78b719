import { randomBytes, type ScryptOptions, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'

const derive = promisify(scrypt) as (
  passphrase: string,
  salt: Buffer,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer>

/** So many bytes as base64url, in the one form there is. */
export const bytesText = (count: number) =>
  z.string().refine((text) => {
    const read = Buffer.from(text, 'base64url')
    return read.length === count && read.toString('base64url') === text
  }, `is not ${count} bytes in base64url`)

/** How a key is made of a passphrase; stands in the open beside what the key encrypts. */
export const Kdf = z.object({
  name: z.literal('scrypt'),
  // Bounded: a file from elsewhere must not make this machine compute for an hour.
  n: z.literal([1 << 15, 1 << 16, 1 << 17, 1 << 18, 1 << 19, 1 << 20]),
  r: z.literal(8),
  p: z.literal(1),
  salt: bytesText(16),
})
export type Kdf = z.output<typeof Kdf>

/** 128 MiB and about half a second for each guess. */
const STRENGTH = 1 << 17

/** @param n how often; tests take less. */
export const newKdf = (n: Kdf['n'] = STRENGTH): Kdf => ({
  name: 'scrypt',
  n,
  r: 8,
  p: 1,
  salt: randomBytes(16).toString('base64url'),
})

/** 32 bytes. The same passphrase typed on two systems may come in two Unicode forms. */
export function stretch(passphrase: string, { n, r, p, salt }: Kdf): Promise<Buffer> {
  const options = { N: n, r, p, maxmem: 128 * n * r * p + (1 << 20) }
  return derive(passphrase.normalize('NFKC'), Buffer.from(salt, 'base64url'), 32, options)
}
