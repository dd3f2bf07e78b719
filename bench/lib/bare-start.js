// A libp2p node alone, with what Agora's has, and nothing of Agora: what a start is measured against. Plain JavaScript that loads only
// packages, so that it pays for nothing else.
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

const node = await createLibp2p({
  privateKey: await generateKeyPair('Ed25519'),
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [tls(), noise()],
  streamMuxers: [yamux()],
  services: { identify: identify(), ping: ping() },
})
process.on('SIGTERM', () => process.exit())
console.log(node.getMultiaddrs().join('\n'))
