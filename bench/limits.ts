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
import { canonicalJson } from '../src/base/canonical.ts'
import { keyFromSeed } from '../src/identity/signing.ts'

/**
 * What Agora is measured against: libp2p alone, with the same TLS, yamux and services, between two processes. Frames are envelopes of 512 bytes
 * of text, signed on one side and verified on the other by node:crypto, on one long-lived stream, without a disk.
 */
const FRAMES = 8000
const WINDOW = 64
const key = keyFromSeed(new Uint8Array(randomBytes(32)))
const node = await createLibp2p({
  privateKey: await generateKeyPairFromSeed('Ed25519', key.seed),
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [tls()],
  streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: 1 << 20 } })],
  services: { identify: identify(), ping: ping() },
})

/** Calls `take` for every frame: four bytes of length, then that many. */
function onFrames(stream: Stream, take: (frame: Buffer) => void): void {
  let rest = Buffer.alloc(0)
  stream.addEventListener('message', ({ data }) => {
    rest = Buffer.concat([rest, data.subarray()])
    let at = 0
    while (rest.length - at >= 4 && rest.length - at - 4 >= rest.readUInt32BE(at)) {
      const size = rest.readUInt32BE(at)
      take(rest.subarray(at + 4, at + 4 + size))
      at += 4 + size
    }
    rest = rest.subarray(at)
  })
}

function framed(text: string): Buffer {
  const frame = Buffer.allocUnsafe(4 + Buffer.byteLength(text))
  frame.writeUInt32BE(frame.length - 4)
  frame.write(text, 4)
  return frame
}

const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

if (process.argv[2] === 'receiver') {
  await node.handle('/bench/1', (stream) => {
    onFrames(stream, (frame) => {
      const { signature, ...rest } = JSON.parse(frame.toString())
      const from = createPublicKey({
        key: Buffer.concat([SPKI, Buffer.from(rest.from, 'hex')]),
        format: 'der',
        type: 'spki',
      })
      verify(null, Buffer.from(canonicalJson(rest)), from, Buffer.from(signature, 'base64url'), (_, good) => {
        if (good) stream.send(framed('1'))
      })
    })
  })
  process.on('message', () => process.send?.({ rssBytes: process.memoryUsage.rss() }))
  process.send?.({ address: node.getMultiaddrs()[0]?.toString() })
} else {
  const connection = await node.dial(multiaddr(process.argv[3] ?? ''))
  const stream = await connection.newStream('/bench/1')
  const body = { text: 'x'.repeat(512) }
  const from = Buffer.from(key.publicKey).toString('hex')
  let answered = 0
  let wake: () => void = () => undefined
  onFrames(stream, () => {
    answered++
    wake()
  })
  const send = (n: number) => {
    const envelope = { v: 1, id: String(n), type: 'message', from, body }
    stream.send(framed(canonicalJson({ ...envelope, signature: key.sign(canonicalJson(envelope)) })))
  }
  const until = async (count: number) => {
    while (answered < count) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  const run = async (frames: number, window: number): Promise<number> => {
    const began = performance.now()
    const first = answered
    for (let n = 0; n < frames; n++) {
      send(n)
      await until(first + n + 1 - window + 1)
    }
    await until(first + frames)
    return performance.now() - began
  }
  await run(1000, WINDOW)
  const ms = await run(FRAMES, WINDOW)
  const single = await run(500, 1)
  process.send?.({ framesPerSecond: (FRAMES / ms) * 1000, roundTripMs: single / 500 })
}
