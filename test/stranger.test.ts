/**
 * A node written from CONCEPT.md alone: nothing here comes from src/, so that whatever the page forgets to say makes this fail. It speaks
 * Noise, because Agora's own nodes choose TLS among themselves.
 */
import { randomBytes } from 'node:crypto'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { getPublicKeyAsync, signAsync, verifyAsync } from '@noble/ed25519'
import test from 'ava'
import { createLibp2p } from 'libp2p'
import { base58btc } from 'multiformats/bases/base58'
import { network } from './helpers/network.ts'
import { rawFrames } from './helpers/raw-frames.ts'

type Json = Record<string, unknown>

/** Enough of RFC 8785 for strings, integers, lists and objects. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`
}
const signed = (envelope: Json): Uint8Array => Buffer.from(`agora-envelope-1\n${canonical(envelope)}`)

function frame(message: Json): Uint8Array {
  const bytes = Buffer.from(canonical(message))
  const length: number[] = []
  for (let rest = bytes.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest)
    if (rest <= 127) return Buffer.concat([Buffer.from(length), bytes])
  }
}

function uuid7(now: number): string {
  const hex = now.toString(16).padStart(12, '0') + randomBytes(10).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const next = async (from: AsyncGenerator<Json>, fits: (message: Json) => boolean = () => true): Promise<Json> => {
  for (;;) {
    const { value, done } = await from.next()
    if (done) throw new Error('the stream has ended')
    if (fits(value)) return value
  }
}

test('whoever follows CONCEPT.md can join', async (t) => {
  await using net = await network(['bob'])
  const { bob } = net.node
  const seed = new Uint8Array(randomBytes(32))
  const did = `did:agora:${base58btc.encode(Uint8Array.of(0xed, 0x01, ...(await getPublicKeyAsync(seed))))}`
  const time = () => new Date(net.clock.now()).toISOString()

  const incoming = Promise.withResolvers<Stream>()
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', seed),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
  })
  t.teardown(async () => node.stop())
  await node.handle('/agora/direct/1.0.0', (stream) => incoming.resolve(stream))
  const connection = await node.dial(multiaddr(bob.daemon.addresses[0] ?? ''))
  t.is(connection.encryption, '/noise')

  const session = await connection.newStream(['/agora/session/1.0.0'])
  const state = { presence: 'online', sent_at: time() }
  session.send(
    frame({ type: 'hello', v: 1, protocols: ['1.0'], name: 'carol', version: 'by hand', agents: [], ...state }),
  )
  const heard = rawFrames(session)
  t.like(await next(heard), { type: 'hello', v: 1, name: 'bob' })
  t.like(await next(heard), { type: 'heartbeat', presence: 'online' })

  const id = uuid7(net.clock.now())
  const message = {
    v: 1,
    id,
    type: 'message',
    from: did,
    to: bob.did,
    sent_at: time(),
    body: { text: 'Let me in, please.' },
  }
  const signature = Buffer.from(await signAsync(signed(message), seed)).toString('base64url')
  const direct = await connection.newStream(['/agora/direct/1.0.0'])
  direct.send(frame({ ...message, signature }))
  t.deepEqual(await next(rawFrames(direct)), { ack: 1 })

  const mail = await incoming.promise
  const letters = rawFrames(mail)
  const { signature: theirs, ...receipt } = await next(letters)
  t.like(receipt, { type: 'receipt', from: bob.did, to: did })
  t.like((receipt['body'] as { receipts: Json[] }).receipts, [{ id, stage: 'stored', note: 'request' }])
  const theirKey = base58btc.decode(bob.did.slice('did:agora:'.length)).slice(2)
  t.true(await verifyAsync(Buffer.from(String(theirs), 'base64url'), signed(receipt), theirKey))
  mail.send(frame({ ack: 1 }))

  const { items } = await bob.call('requests.list', {})
  t.like(items[0], { did, count: 1 })
  t.is(items[0]?.messages[0]?.body, 'Let me in, please.')
  await bob.call('requests.accept', { peer: did })
  const admitted = await next(letters)
  t.deepEqual(
    (admitted['body'] as { receipts: Json[] }).receipts.map((told) => [told['id'], told['stage'], told['note']]),
    [[id, 'stored', undefined]],
  )
  await bob.call('messages.send', { body: 'Come in.', to: did })
  t.like(await next(letters), { type: 'message', from: bob.did, to: did, body: { text: 'Come in.' } })
})
