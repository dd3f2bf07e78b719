import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { serve } from './children.ts'

/** node:tls alone between two processes: `bare-tls.ts` counts the bytes that come, `bare-tls.ts <port>` sends them. */
export interface TlsOrder {
  frames: number
}

/** As many bytes as a frame of libp2p's has here, and as many frames handed over at a time. */
const FRAME = 940
const BATCH = 32

const [, , port] = process.argv
if (port) await send(Number(port))
else receive()

function receive(): void {
  const server = createServer({ ...selfSigned(), minVersion: 'TLSv1.3' }, (socket) => {
    let due = 0
    socket.on('error', () => socket.destroy()) // the sender has gone
    socket.on('data', (chunk: Buffer) => {
      // The first four bytes of a run say how many more come.
      const begins = due === 0
      due = begins ? chunk.readUInt32BE() + 4 - chunk.length : due - chunk.length
      if (due === 0) socket.write('1')
    })
  })
  server.listen(0, '127.0.0.1', () => serve((server.address() as AddressInfo).port, () => undefined))
}

async function send(to: number): Promise<void> {
  const socket = connect({ port: to, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  serve(undefined, async ({ frames }: TlsOrder) => {
    const began = performance.now()
    const size = Buffer.alloc(4)
    size.writeUInt32BE(frames * FRAME)
    socket.write(size)
    for (let sent = 0; sent < frames; sent += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, frames - sent) }, () => Buffer.alloc(FRAME, 'x'))
      if (!socket.write(Buffer.concat(batch))) await once(socket, 'drain')
    }
    await once(socket, 'data')
    return (frames / (performance.now() - began)) * 1000
  })
}

/** The shortest certificate that node:tls takes (RFC 5280, version 1, without names), and its key. */
function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const algorithm = der(0x30, der(0x06, Buffer.from('2b6570', 'hex')))
  const time = (text: string) => der(0x17, Buffer.from(text))
  const content = der(
    0x30,
    der(0x02, Buffer.of(1)),
    algorithm,
    der(0x30),
    der(0x30, time('200101000000Z'), time('491231235959Z')),
    der(0x30),
    publicKey.export({ format: 'der', type: 'spki' }),
  )
  const signature = der(0x03, Buffer.of(0), sign(null, content, privateKey))
  const cert = der(0x30, content, algorithm, signature).toString('base64')
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${cert}\n-----END CERTIFICATE-----\n`,
  }
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length]
  return Buffer.concat([Buffer.of(tag, ...length), content])
}
