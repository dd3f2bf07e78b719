import { createHash } from 'node:crypto'
import { hashes, verifyAsync } from '@noble/ed25519'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import test from 'ava'
import { canonicalJson } from '../../src/base/canonical.ts'
import { agentDid, parseDid } from '../../src/base/did.ts'
import { ENTRY_PREFIX, type SignedEntry } from '../../src/contract/entry.ts'
import { keyFromSeed } from '../../src/identity/signing.ts'
import { isCanonical } from '../../src/log/canonical.ts'
import { checkEntry, type EntryParts, makeEntry } from '../../src/log/entry.ts'
import { hashText, verifyEntry } from '../../src/log/verify.ts'
import { fc } from '../helpers/fast-check.ts'

hashes.sha512 = (bytes) => new Uint8Array(createHash('sha512').update(bytes).digest())

const key = keyFromSeed(new Uint8Array(32).fill(1))
const other = keyFromSeed(new Uint8Array(32).fill(2))
const parts: EntryParts = {
  author: agentDid(key.did, 'claude-1'),
  seq: 0,
  prev: undefined,
  heads: [],
  lamport: 1,
  at: Date.UTC(2026, 10, 24),
  type: 'project.create',
  facts: { name: 'näh 🙂', limits: { b: 1, a: [true, null] } },
  texts: { description: 'Two\nlines', note: undefined },
}
const space = makeEntry(key, parts).id

/** As a browser checks. */
const browser = {
  sha256: (text: string) => nobleSha256(new TextEncoder().encode(text)),
  verify: (did: string, text: string, signature: string) =>
    verifyAsync(
      new Uint8Array(Buffer.from(signature, 'base64url')),
      new TextEncoder().encode(text),
      parseDid(did).publicKey,
      {
        zip215: false,
      },
    ),
}

const both = async (value: unknown) => {
  const mine = await checkEntry(value)
  return { mine, theirs: await verifyEntry(value, browser) }
}

test('what is signed here is right, here and by another implementation', async (t) => {
  const made = makeEntry(key, parts)
  const { mine, theirs } = await both(made.signed)
  t.deepEqual(mine.entry, made)
  t.deepEqual(theirs.entry, made)
  t.deepEqual(made.texts, { description: 'Two\nlines' })
  t.is(made.space, made.id)
  const { signature: _, ...rest } = JSON.parse(made.signed.header)
  t.is(made.id, hashText(browser.sha256, ENTRY_PREFIX + canonicalJson(rest)))
})

test('without its texts an entry still verifies; with others it does not', async (t) => {
  const made = makeEntry(key, parts)
  const { texts: _, ...redacted } = made.signed
  t.is((await checkEntry(redacted)).entry?.id, made.id)
  t.is((await checkEntry(redacted)).entry?.texts, undefined)
  const swapped = { ...made.signed, texts: makeEntry(key, { ...parts, texts: { description: 'Other' } }).signed.texts }
  t.is((await checkEntry(swapped)).fault?.reason, 'wrong_hash')
})

const changed = (signed: SignedEntry, change: (header: Record<string, unknown>) => void): SignedEntry => {
  const header = JSON.parse(signed.header)
  change(header)
  return { ...signed, header: canonicalJson(header) }
}

test('whatever is changed shows', async (t) => {
  const { signed } = makeEntry(key, { ...parts, space, seq: 1, prev: space, lamport: 2, heads: [] })
  const cases: [unknown, string][] = [
    [undefined, 'malformed'],
    [{ header: signed.header }, 'malformed'],
    [{ ...signed, facts: '[]' }, 'malformed'],
    [{ ...signed, facts: `{"name":"${'x'.repeat(70_000)}"}` }, 'too_large'],
    [{ ...signed, facts: `{"name":"${'é'.repeat(40_000)}"}` }, 'too_large'],
    [{ ...signed, facts: signed.facts.replace('näh', 'bob') }, 'wrong_hash'],
    [{ ...signed, facts: ` ${signed.facts}` }, 'not_canonical'],
    [{ ...signed, header: `${signed.header} ` }, 'not_canonical'],
    [{ ...signed, header: signed.header.replace('{', '{"v":1,') }, 'not_canonical'],
    [changed(signed, (header) => Object.assign(header, { author: other.did })), 'bad_signature'],
    [changed(signed, (header) => Object.assign(header, { at: '2026-11-24T00:00:00.001Z' })), 'bad_signature'],
    [changed(signed, (header) => Object.assign(header, { extra: 1 })), 'bad_signature'],
    [changed(signed, (header) => Object.assign(header, { extra: 1.5 })), 'not_canonical'],
    [changed(signed, (header) => Object.assign(header, { lamport: 0 })), 'malformed'],
    [changed(signed, (header) => Object.assign(header, { author: 'did:agora:z6Mkx' })), 'malformed'],
    [changed(signed, (header) => delete header['space']), 'wrong_space'],
    [changed(signed, (header) => Object.assign(header, { signature: `${'A'.repeat(86)}` })), 'bad_signature'],
  ]
  for (const [value, reason] of cases) {
    const { mine, theirs } = await both(value)
    t.is(mine.fault?.reason, reason as never)
    t.deepEqual(theirs, mine)
  }
})

test('a header of a newer version that holds the signature’s words elsewhere is read like any other', async (t) => {
  const made = makeEntry(key, parts)
  const nested = { z: { a: 1, signature: made.header.signature } }
  const { signature: _, ...header } = { ...JSON.parse(made.signed.header), ...nested }
  const text = ENTRY_PREFIX + canonicalJson(header)
  // Signed anew it could only hold the older signature; so that both stand there the same, it is forged, and known as what it is.
  const forged = { ...made.signed, header: canonicalJson({ ...header, signature: made.header.signature }) }
  t.deepEqual((await checkEntry(forged)).fault?.id, hashText(browser.sha256, text))
})

test('numbers that are not whole, and halves of characters, are not signed', (t) => {
  t.throws(() => makeEntry(key, { ...parts, facts: { share: 0.5 } }), { message: /whole/ })
  t.throws(() => makeEntry(key, { ...parts, facts: { name: '\ud800' } }), { message: /canonical/ })
  t.throws(() => makeEntry(key, { ...parts, facts: { name: 'x'.repeat(70_000) } }), { message: /bytes/ })
})

test('the quick look at canonical form agrees with writing it', (t) => {
  const keys = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('9', '10', '__proto__', 'é', '\ud83d\ude00', '\uffff'),
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.integer(),
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.constant(null),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
  }))
  fc.assert(
    fc.property(value, (any) => {
      const plain = JSON.stringify(any)
      const canonical = canonicalJson(JSON.parse(plain))
      t.true(isCanonical(canonical, JSON.parse(canonical)))
      t.is(isCanonical(plain, JSON.parse(plain)), plain === canonical)
    }),
  )
})
