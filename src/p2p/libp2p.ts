import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Connection, ConnectionGater, Listener, StreamHandler } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { ADDRESS_WITHIN, CONNECTIONS_PER_HOST, DIAL_WITHIN, STREAM_WINDOW } from './constants.ts'

export interface TransportParts {
  /** Ed25519 seed, 32 bytes. */
  seed: Uint8Array
  version: string
  /** Multiaddrs to listen on. */
  listen: string[]
  limits: { connections: number; streamsPerConnection: number; pendingHandshakes: number }
  gater: ConnectionGater
}

export interface Transport {
  start(): Promise<void>
  stop(): Promise<void>
  /** Tries one address after the other. */
  dial(addresses: string[], signal: AbortSignal | undefined): Promise<Connection>
  /** `streams` is how many of the protocol a peer may have open on one connection. */
  handle(protocol: string, handler: StreamHandler, streams: number): Promise<void>
  /** Calls `listener` with every connection that was dialled by others. */
  onInbound(listener: (connection: Connection) => void): void
  /** The multiaddrs listened on, wildcards expanded, without `/p2p/…`. libp2p's own list hides public ones that nobody has verified. */
  listening(): string[]
}

/** libp2p as Agora uses it: it carries connections and decides nothing. Loaded lazily, because it takes most of a second. */
export async function createTransport({ seed, version, listen, limits, gater }: TransportParts): Promise<Transport> {
  const libp2p = await createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', seed),
    nodeInfo: { name: 'agora', version },
    // identify would tell every stranger where else this node listens.
    addresses: { listen, announceFilter: () => [] },
    transports: [tcp()],
    // The first that both sides have is taken.
    connectionEncrypters: [tls(), noise()],
    streamMuxers: [
      yamux({
        maxInboundStreams: limits.streamsPerConnection,
        maxOutboundStreams: limits.streamsPerConnection,
        streamOptions: { maxStreamWindowSize: STREAM_WINDOW },
      }),
    ],
    connectionManager: {
      maxConnections: limits.connections,
      maxIncomingPendingConnections: limits.pendingHandshakes,
      inboundConnectionThreshold: Math.max(CONNECTIONS_PER_HOST, limits.pendingHandshakes),
      reconnectRetries: 0,
      addressDialTimeout: ADDRESS_WITHIN,
      dialTimeout: DIAL_WITHIN,
    },
    // Sessions have heartbeats of their own.
    connectionMonitor: { enabled: false },
    connectionGater: gater,
    services: { identify: identify(), ping: ping() },
  })
  const listeners = new Set<Listener>()
  libp2p.addEventListener('transport:listening', ({ detail }) => listeners.add(detail))
  libp2p.addEventListener('transport:close', ({ detail }) => listeners.delete(detail))
  // What it learns of peers is of no use once they are gone, and strangers could make it grow.
  libp2p.addEventListener('peer:disconnect', ({ detail }) => {
    libp2p.peerStore.delete(detail).catch(() => undefined)
  })
  return {
    start: async () => libp2p.start(),
    stop: async () => libp2p.stop(),
    dial: (addresses, signal) =>
      libp2p.dial(
        addresses.map((address) => multiaddr(address)),
        signal ? { signal } : {},
      ),
    handle: (protocol, handler, maxInboundStreams) => libp2p.handle(protocol, handler, { maxInboundStreams }),
    onInbound(listener) {
      libp2p.addEventListener('connection:open', ({ detail }) => {
        if (detail.direction === 'inbound') listener(detail)
      })
    },
    listening: () => [...listeners].flatMap((listener) => listener.getAddrs().map(String)),
  }
}
