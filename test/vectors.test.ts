import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { getPublicKeyAsync, signAsync, verifyAsync } from '@noble/ed25519'
import { scrypt } from '@noble/hashes/scrypt.js'
import test from 'ava'
import { canonicalJson } from '../src/base/canonical.ts'
import { agentDid, didKey, didOfPeerId, isDid, nodeOf, ownerPublicKey, parseDid, peerIdOf } from '../src/base/did.ts'
import { Envelope, FRAME_MAX, SIGNING_PREFIX, signingText } from '../src/contract/envelope.ts'
import { open, seal } from '../src/core/envelopes.ts'
import {
  attest,
  checkAttestation,
  checkGrant,
  checkRevocation,
  ownerKeyFromSeed,
  revoke,
} from '../src/identity/owner.ts'
import { OwnerKeyFile, openOwnerKey } from '../src/identity/owner-key.ts'
import { keyFromSeed, verifySignature } from '../src/identity/signing.ts'
import { verifyCode } from '../src/identity/verify-code.ts'
import { createFrameDecoder, encodeFrames } from '../src/p2p/frames.ts'
import vectors from './vectors.json' with { type: 'json' }

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex')
const utf8 = (text: string) => new Uint8Array(Buffer.from(text))
const now = Date.parse(vectors.now)
const { alice, bob } = vectors.identities
const identityOf = (name: string) => (name === 'alice' ? alice : bob)
const between = (remote: { did: string }, self: { did: string }) => ({ remote: remote.did, self: self.did, now })

test('verification code: the same on both sides, by another implementation of scrypt too', async (t) => {
  t.is(await verifyCode(alice.did, bob.did), vectors.verify_code)
  t.is(await verifyCode(agentDid(bob.did, 'claude-1'), alice.did), vectors.verify_code)
  const prefix = utf8('agora-verify-1\n')
  const [low, high] = [alice.did, bob.did].sort()
  const derived = scrypt(utf8(`agora-verify-1\n${low}\n${high}`), prefix, { N: 32_768, r: 8, p: 1, dkLen: 30 })
  const groups = Array.from({ length: 6 }, (_, n) => derived.slice(5 * n, 5 * n + 5))
  const digits = groups.map((group) => Number(BigInt(`0x${hex(group)}`) % 100_000n))
  t.is(digits.map((number) => String(number).padStart(5, '0')).join(' '), vectors.verify_code)
})

for (const [name, identity] of Object.entries(vectors.identities)) {
  test(`identity of ${name}`, async (t) => {
    const key = keyFromSeed(bytes(identity.seed))
    t.is(hex(key.publicKey), identity.public_key)
    t.is(key.did, identity.did)
    t.is(key.peerId, identity.peer_id)
    t.is(didKey(key.did), identity.did_key)
    t.is(peerIdOf(identity.did), identity.peer_id)
    t.is(didOfPeerId(identity.peer_id), identity.did)
    t.is(hex(parseDid(identity.did).publicKey), identity.public_key)

    t.is(hex(await getPublicKeyAsync(bytes(identity.seed))), identity.public_key)
    const libp2pKey = await generateKeyPairFromSeed('Ed25519', bytes(identity.seed))
    t.is(peerIdFromPrivateKey(libp2pKey).toString(), identity.peer_id)
    t.is(hex(peerIdFromString(identity.peer_id).publicKey?.raw ?? new Uint8Array()), identity.public_key)
  })
}

for (const { name, sender, recipient, signing_text, signature, wire, frame } of vectors.envelopes) {
  const from = identityOf(sender)
  const to = identityOf(recipient)

  test(`envelope: ${name}`, async (t) => {
    const opened = await open(utf8(wire), between(from, to))
    if (opened.offence !== undefined) return t.fail(`${opened.offence}: ${opened.detail}`)
    t.is(opened.fault, undefined)
    t.is(opened.text, wire)
    t.is(opened.envelope.signature, signature)
    t.is(signingText(opened.envelope), signing_text)
    t.true(signing_text.startsWith(SIGNING_PREFIX))
    t.is(nodeOf(opened.envelope.from), from.did)
    t.true(await verifySignature(from.did, signing_text, signature))
  })

  test(`envelope by other means: ${name}`, async (t) => {
    const raw = new Uint8Array(Buffer.from(signature, 'base64url'))
    t.true(await verifyAsync(raw, utf8(signing_text), bytes(from.public_key)))
    t.is(Buffer.from(await signAsync(utf8(signing_text), bytes(from.seed))).toString('base64url'), signature)
    const libp2pKey = await generateKeyPairFromSeed('Ed25519', bytes(from.seed))
    t.is(Buffer.from(await libp2pKey.sign(utf8(signing_text))).toString('base64url'), signature)
    // The two texts differ by the prefix and the signature alone.
    const unsigned = signing_text.slice(SIGNING_PREFIX.length)
    t.is(wire.replace(`"signature":"${signature}",`, ''), unsigned)
  })

  test(`envelope as a frame: ${name}`, (t) => {
    t.is(hex(encodeFrames([utf8(wire)], FRAME_MAX)), frame)
    const decoder = createFrameDecoder(FRAME_MAX)
    decoder.push(bytes(frame))
    t.deepEqual(
      decoder.take().map((taken) => Buffer.from(taken).toString()),
      [wire],
    )
  })
}

test('the first envelope is what this version writes itself', (t) => {
  const wire = vectors.envelopes[0]?.wire ?? ''
  const { v: _, sent_at, signature: __, ...parts } = Envelope.parse(JSON.parse(wire))
  const clock = { now: () => Date.parse(sent_at), after: () => () => undefined }
  t.is(seal({ key: keyFromSeed(bytes(alice.seed)), clock }, parts).text, wire)
})

for (const { name, wire, refusal } of vectors.refused) {
  test(`refused: ${name}`, async (t) => {
    const opened = await open(utf8(wire), between(alice, bob))
    const told: string | undefined = opened.offence ?? opened.fault
    t.is(told, refusal)
  })
}

const { owner } = vectors
const checks = {
  attestation: (value: unknown) => checkAttestation(value, alice.did, now),
  revocation: checkRevocation,
  grant: (value: unknown) => checkGrant(value, alice.did),
}

test('owner: identity and key file', async (t) => {
  t.is(hex(await getPublicKeyAsync(bytes(owner.identity.seed))), owner.identity.public_key)
  t.is(ownerKeyFromSeed(bytes(owner.identity.seed)).did, owner.identity.did)
  t.is(hex(ownerPublicKey(owner.identity.did) ?? new Uint8Array()), owner.identity.public_key)
  t.false(isDid(owner.identity.did), 'it is no DID of a node')
  const { passphrase, file } = owner.key_file
  t.is(hex((await openOwnerKey(OwnerKeyFile.parse(file), passphrase)).seed), owner.identity.seed)
})

for (const { name, signing_text, signature, statement } of owner.statements) {
  test(`owner: ${name}`, async (t) => {
    const value = JSON.parse(statement)
    t.is(checks[name as keyof typeof checks](value).fault, undefined)
    const raw = new Uint8Array(Buffer.from(signature, 'base64url'))
    t.true(await verifyAsync(raw, utf8(signing_text), bytes(owner.identity.public_key)))
    const { signature: shown, ...rest } = value
    t.is(shown, signature)
    t.is(signing_text.slice(signing_text.indexOf('\n') + 1), canonicalJson(rest))
    t.is(canonicalJson(value), statement)
    // Signed for one thing, it says no other.
    for (const [other, check] of Object.entries(checks)) if (other !== name) t.not(check(value).fault, undefined, other)
  })
}

test('owner: the statements are what this version signs itself', (t) => {
  const key = ownerKeyFromSeed(bytes(owner.identity.seed))
  const [attested, revoked] = owner.statements.map(({ statement }) => JSON.parse(statement))
  t.deepEqual(attest(key, alice.did, Date.parse(attested.issued_at)), attested)
  t.deepEqual(revoke(key, alice.did, Date.parse(revoked.revoked_at)), revoked)
})

for (const { name, statement, refusal } of owner.refused) {
  test(`owner, counts as none: ${name}`, (t) => {
    t.is(checks.attestation(JSON.parse(statement)).fault, refusal as never)
  })
}

for (const { name, bytes: sent, frames, refusal } of vectors.frames) {
  test(`frames: ${name}`, (t) => {
    const decoder = createFrameDecoder(FRAME_MAX)
    decoder.push(bytes(sent))
    if (refusal !== null) {
      t.throws(() => decoder.take(), { code: refusal } as object)
      return
    }
    t.deepEqual(
      decoder.take().map((taken) => Buffer.from(taken).toString()),
      frames,
    )
  })
}
