import { createHash } from 'node:crypto'
import { hashes, verifyAsync } from '@noble/ed25519'
import { sha256 } from '@noble/hashes/sha2.js'
import test from 'ava'
import { base58btc } from 'multiformats/bases/base58'
import { canonicalJson } from '../../src/base/canonical.ts'
import { nodeOf, parseDid } from '../../src/base/did.ts'
import { keyFromSeed } from '../../src/identity/signing.ts'
import { checkEntry } from '../../src/log/entry.ts'
import vectors from '../vectors.json' with { type: 'json' }

hashes.sha512 = (bytes) => new Uint8Array(createHash('sha512').update(bytes).digest())

const utf8 = (text: string) => new TextEncoder().encode(text)
const hash = (text: string) => base58btc.encode(sha256(utf8(text))).slice(1)

for (const { name, author, id, space, signing_text, signature, ...signed } of vectors.entries) {
  test(`entry: ${name}`, async (t) => {
    const { entry, fault } = await checkEntry(signed)
    if (!entry) return t.fail(`${fault.reason}: ${fault.detail}`)
    const { seed, did } = vectors.identities[author as 'alice' | 'bob']
    t.is(entry.id, id)
    t.is(entry.space, space)
    t.is(entry.header.signature, signature)
    t.is(nodeOf(entry.header.author), did)
    t.is(keyFromSeed(new Uint8Array(Buffer.from(seed, 'hex'))).sign(signing_text), signature)
  })

  test(`entry by other means: ${name}`, async (t) => {
    const { signature: _, ...unsigned } = JSON.parse(signed.header)
    t.is(signing_text, `agora-entry-1\n${canonicalJson(unsigned)}`)
    t.is(id, hash(signing_text))
    t.is(unsigned.body_hash, hash(signed.facts))
    if ('texts' in signed) t.is(JSON.parse(signed.facts).texts_hash, hash(signed.texts))
    const { publicKey } = parseDid(unsigned.author)
    t.true(await verifyAsync(new Uint8Array(Buffer.from(signature, 'base64url')), utf8(signing_text), publicKey))
  })
}

for (const { name, reason, ...signed } of vectors.entries_refused) {
  test(`no entry: ${name}`, async (t) => {
    t.is((await checkEntry(signed)).fault?.reason, reason as never)
  })
}
