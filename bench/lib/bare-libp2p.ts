import { createPublicKey, randomBytes, verify } from 'node:crypto'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Stream } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { keyFromSeed } from '../../src/identity/signing.ts'
import { serve } from './children.ts'

/**
 * libp2p between two processes, with Agora's TLS and yamux and nothing else: no HTTP, no schema, no disk. What is possible.
 * `bare-libp2p.ts` receives; `bare-libp2p.ts <multiaddr>` sends to it.
 *
 * A signed frame is four bytes of length, 64 of signature, and an envelope of Agora's fields with 512 bytes of text as JSON. The sender signs
 * each, the receiver verifies each and parses it, both by node:crypto.
 */
export interface FramesOrder {
  frames: number
  way: Way
}
/** `aside` verifies on other threads, as the daemon does; `signed` within the loop, on one processor; `plain` not at all. */
export type Way = 'aside' | 'signed' | 'plain'
export interface EchoOrder {
  echoes: number
}

const protocols = { aside: '/bench/aside/1', signed: '/bench/signed/1', plain: '/bench/plain/1', echo: '/bench/echo/1' }
/** Frames handed over at a time, and on their way at most; more made it no faster. */
const BATCH = 32
const WINDOW = 256
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

const key = keyFromSeed(new Uint8Array(randomBytes(32)))
const node = await createLibp2p({
  privateKey: await generateKeyPairFromSeed('Ed25519', key.seed),
  addresses: { listen: process.argv[2] ? [] : ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [tls()],
  streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: 1 << 20 } })],
  services: { identify: identify(), ping: ping() },
})

function onFrames(stream: Stream, take: (frame: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0)
  stream.addEventListener('message', ({ data }) => {
    const chunk = Buffer.from(data.subarray())
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (rest.length - at >= 4 && rest.length - at - 4 >= rest.readUInt32BE(at)) {
      const end = at + 4 + rest.readUInt32BE(at)
      take(rest.subarray(at + 4, end))
      at = end
    }
    rest = rest.subarray(at)
  })
}

async function sendAll(stream: Stream, bytes: Uint8Array): Promise<void> {
  if (stream.send(bytes)) return
  await new Promise((resolve) => stream.addEventListener('drain', resolve, { once: true }))
}

/** Tells the sender how many frames are done: one byte for each, many at a time. */
function acknowledger(stream: Stream): () => void {
  let done = 0
  return () => {
    if (done++ === 0) {
      setImmediate(() => {
        stream.send(new Uint8Array(done))
        done = 0
      })
    }
  }
}

const publicKeys = new Map<string, ReturnType<typeof createPublicKey>>()

function publicKeyOf(hex: string): ReturnType<typeof createPublicKey> {
  const known = publicKeys.get(hex)
  if (known) return known
  const key = createPublicKey({ key: Buffer.concat([SPKI, Buffer.from(hex, 'hex')]), format: 'der', type: 'spki' })
  publicKeys.set(hex, key)
  return key
}

async function receive(): Promise<void> {
  const check = (good: boolean) => {
    if (!good) throw new Error('a signature is wrong')
  }
  const opened = (frame: Buffer) => {
    const text = frame.subarray(64)
    const { from } = JSON.parse(text.toString()) as { from: string }
    return [null, text, publicKeyOf(from), frame.subarray(0, 64)] as const
  }
  await node.handle(protocols.aside, (stream) => {
    const done = acknowledger(stream)
    onFrames(stream, (frame) =>
      verify(...opened(frame), (_, good) => {
        check(good)
        done()
      }),
    )
  })
  await node.handle(protocols.signed, (stream) => {
    const done = acknowledger(stream)
    onFrames(stream, (frame) => {
      check(verify(...opened(frame)))
      done()
    })
  })
  await node.handle(protocols.plain, (stream) => onFrames(stream, acknowledger(stream)))
  await node.handle(protocols.echo, (stream) => {
    stream.addEventListener('message', ({ data }) => void stream.send(data))
  })
  serve(node.getMultiaddrs()[0]?.toString(), () => undefined)
}

async function send(address: string): Promise<void> {
  const connection = await node.dial(multiaddr(address))
  const streams = {
    aside: await connection.newStream(protocols.aside),
    signed: await connection.newStream(protocols.signed),
    plain: await connection.newStream(protocols.plain),
  }
  const echo = await connection.newStream(protocols.echo)
  let done = 0
  let wake: () => void = () => undefined
  for (const stream of Object.values(streams)) {
    stream.addEventListener('message', ({ data }) => {
      done += data.byteLength
      wake()
    })
  }
  const until = async (count: number) => {
    while (done < count) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  const from = Buffer.from(key.publicKey).toString('hex')
  const text = 'x'.repeat(512)
  const at = new Date().toISOString()
  const id = '01937d6c-53a4-7c1e-b0f4-5f4f8f6c1a2b'
  const frame = (way: Way): Buffer[] => {
    const envelope = {
      body: { text },
      from,
      id,
      sent_at: at,
      to: key.did,
      trace: { hops: 0, id },
      type: 'message',
      v: 1,
    }
    const written = JSON.stringify(envelope)
    const signature = way === 'plain' ? Buffer.alloc(64) : Buffer.from(key.sign(written), 'base64url')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(64 + Buffer.byteLength(written))
    return [length, signature, Buffer.from(written)]
  }
  const frames = async ({ frames: count, way }: FramesOrder): Promise<number> => {
    const began = performance.now()
    const first = done
    for (let sent = 0; sent < count; sent += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, count - sent) }, () => frame(way)).flat()
      await sendAll(streams[way], Buffer.concat(batch))
      await until(first + sent + BATCH - WINDOW)
    }
    await until(first + count)
    return (count / (performance.now() - began)) * 1000
  }
  const echoes = async ({ echoes: count }: EchoOrder): Promise<number[]> => {
    const times: number[] = []
    for (let n = 0; n < count; n++) {
      const began = performance.now()
      const back = new Promise((resolve) => echo.addEventListener('message', resolve, { once: true }))
      echo.send(Buffer.from(text))
      await back
      times.push(performance.now() - began)
    }
    return times
  }
  serve(undefined, (order: FramesOrder | EchoOrder) => ('frames' in order ? frames(order) : echoes(order)))
}

const [, , address] = process.argv
await (address ? send(address) : receive())
