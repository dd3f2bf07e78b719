import { createHash } from 'node:crypto'
import { getPublicKey, hashes, sign, verify } from '@noble/ed25519'
import test from 'ava'
import { agentDid, parseDid } from '../../src/base/did.ts'
import { keyFromSeed, verifySignature } from '../../src/identity/signing.ts'
import { fc } from '../helpers/fast-check.ts'

hashes.sha512 = (bytes) => new Uint8Array(createHash('sha512').update(bytes).digest())

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text))
const key = keyFromSeed(new Uint8Array(32).fill(1))

test('keys and signatures are those of a second implementation', async (t) => {
  await fc.assert(
    fc.asyncProperty(seeds, fc.string({ unit: 'grapheme' }), async (seed, text) => {
      const mine = keyFromSeed(seed)
      const theirs = getPublicKey(seed)
      t.deepEqual([...mine.publicKey], [...theirs])
      t.deepEqual([...parseDid(mine.did).publicKey], [...theirs])
      const signature = mine.sign(text)
      t.is(signature, Buffer.from(sign(bytesOf(text), seed)).toString('base64url'))
      t.true(verify(new Uint8Array(Buffer.from(signature, 'base64url')), bytesOf(text), theirs))
      t.true(await verifySignature(mine.did, text, signature))
    }),
    { numRuns: 20 },
  )
})

test('the first vector of RFC 8032, 7.1', (t) => {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')
  const mine = keyFromSeed(new Uint8Array(seed))
  t.is(Buffer.from(mine.publicKey).toString('hex'), 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
  t.is(
    Buffer.from(mine.sign(''), 'base64url').toString('hex'),
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  )
})

test('an agent’s signature is its node’s', async (t) => {
  t.true(await verifySignature(agentDid(key.did, 'claude'), 'word', key.sign('word')))
})

test('another text, signature or key does not verify', async (t) => {
  const signature = key.sign('word')
  const other = keyFromSeed(new Uint8Array(32).fill(2))
  t.false(await verifySignature(key.did, 'words', signature))
  t.false(await verifySignature(other.did, 'word', signature))
  t.false(await verifySignature(key.did, 'word', other.sign('word')))
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 511 }), async (bit) => {
      const bytes = Buffer.from(signature, 'base64url')
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      t.false(await verifySignature(key.did, 'word', bytes.toString('base64url')))
    }),
  )
})

test('one signature has one spelling', async (t) => {
  const signature = key.sign('word')
  const spellings = [
    `${signature}=`,
    `${signature}==`,
    ` ${signature}`,
    `${signature}\n`,
    Buffer.from(signature, 'base64url').toString('base64'),
    Buffer.from(signature, 'base64url').toString('hex'),
    signature.slice(1),
    '',
  ]
  // The last of 86 characters has four bits more than 64 bytes need.
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (const last of alphabet) if (!signature.endsWith(last)) spellings.push(signature.slice(0, -1) + last)
  for (const text of spellings) t.false(await verifySignature(key.did, 'word', text), text)
})

test('adding the order of the group to a signature gives no second one (RFC 8032, 5.1.7)', async (t) => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const bytes = Buffer.from(key.sign('word'), 'base64url')
  const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order
  const shifted = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()
  t.false(await verifySignature(key.did, 'word', Buffer.concat([bytes.subarray(0, 32), shifted]).toString('base64url')))
})

test('any text as a signature is answered, never thrown about', async (t) => {
  await fc.assert(fc.asyncProperty(fc.string(), async (text) => t.false(await verifySignature(key.did, 'word', text))))
})
