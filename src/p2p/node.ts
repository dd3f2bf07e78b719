import type { ConnectionGater } from '@libp2p/interface'
import type { TrustLevel } from '../authority/trust.ts'
import type { Clock } from '../base/clock.ts'
import { didOfPeerId } from '../base/did.ts'
import { AgoraError, messageOf } from '../base/errors.ts'
import type { ConnectedPeer, Inbound, Introduction, LinkListener, Network } from '../core/network.ts'
import type { KnownPeer, PeerBook } from '../core/peer-book.ts'
import type { Telemetry } from '../core/telemetry.ts'
import type { NodeKey } from '../identity/signing.ts'
import { parseAddress } from './address.ts'
import { DIRECT_PROTOCOL } from './direct/index.ts'
import { dialFault, listenFault, selfDialled, wrongIdentity } from './faults.ts'
import type { Transport } from './libp2p.ts'
import { createPeers } from './peers.ts'
import { createRedialer } from './redial.ts'
import { SESSION_PROTOCOL } from './session/constants.ts'
import type { Session } from './session/index.ts'

export interface NetworkParts {
  clock: Clock
  key: NodeKey
  /** Multiaddrs, e.g. `/ip4/0.0.0.0/tcp/7312`; port 0 takes any that is free. */
  listen: string[]
  /** Further addresses, as `parseAddress` reads them, under which others reach this node. */
  announce: string[]
  /** Inbound connections of peers with less trust are refused. */
  minTrust: TrustLevel
  /** Connect to all known peers of trust 1 or more, now and after every loss. */
  autoConnect: boolean
  limits: { connections: number; streamsPerConnection: number; pendingHandshakes: number; envelopesPerSecond: number }
  book: PeerBook
  inbound: Inbound
  links: LinkListener
  introduction: () => Introduction
  telemetry: Telemetry
  onPeer: (change: 'connected' | 'disconnected' | 'stale' | 'updated', peer: ConnectedPeer) => void
  /** A peer that has said hello showed this of its owner; a claim of any shape. */
  onOwner: (did: string, name: string, owner: unknown) => void
  /** 0 to 1, for jitter; replaced by tests. */
  random?: () => number
}

export interface P2pNetwork extends Network {
  /**
   * Dials the address until somebody answers, unless it names a DID that is connected already, and again after every loss, until
   * `disconnect`. To be called after `start`.
   * @throws AgoraError `invalid_address` at once.
   */
  keepConnected(address: string): void
}

/**
 * The network of nodes: connections by libp2p, a session on each, and one link for envelopes to each peer.
 * `start` throws AgoraError `port_in_use` with the port, or `invalid_address` when this machine lacks the address; `connect`
 * `invalid_address`, `unreachable` with why, or `wrong_identity` naming both.
 */
export function createNetwork(parts: NetworkParts): P2pNetwork {
  const { clock, key, book, telemetry, random = Math.random } = parts
  const announced = parts.announce.map((address) => parseAddress(address).multiaddr)
  /** Disconnected by the operator: not dialled again until asked to. */
  const shunned = new Set<string>()
  let transport: Transport | undefined

  const peers = createPeers({
    ...parts,
    random,
    self: key.did,
    onSession({ did, connection, view }) {
      redialer.connected(did)
      const dialled = connection.direction === 'outbound' ? [connection.remoteAddr.toString()] : []
      book
        .met(did, view?.name ?? '', ...dialled)
        .catch((error) => telemetry.log.warn({ did, error: messageOf(error) }, 'a peer could not be noted'))
    },
    onPeer(change, peer) {
      parts.onPeer(change, peer)
      if (change === 'disconnected') onLost(peer.did)
    },
  })

  const redialer = createRedialer({
    clock,
    log: telemetry.log,
    random,
    isConnected: (did) => peers.session(did) !== undefined,
    dial: async (addresses, did, signal) => (await dial(addresses, did, signal)).did,
  })

  function onLost(did: string): void {
    const known = parts.autoConnect && !shunned.has(did) ? book.get(did) : undefined
    if (known && known.trust >= 1 && known.addresses.length > 0) redialer.wantPeer(did, addressesOf(known))
    redialer.lost(did)
  }

  /** Tries the addresses in turn and resolves when both sides have said hello. `did` is who must answer; undefined for anyone. */
  async function dial(addresses: string[], did: string | undefined, signal?: AbortSignal): Promise<Session> {
    let fault: unknown = new AgoraError('unreachable', `No address of ${did} is known.`)
    for (const address of addresses) {
      try {
        return await dialOne(address, did, signal)
      } catch (error) {
        signal?.throwIfAborted()
        fault = error
      }
    }
    throw fault
  }

  async function dialOne(address: string, did: string | undefined, signal: AbortSignal | undefined): Promise<Session> {
    const { multiaddr, expected = did } = parseAddress(address)
    if (!transport) throw new AgoraError('stopping', 'The network is not running.')
    if (expected === key.did || transport.listening().includes(multiaddr)) throw selfDialled(address)
    if (did !== undefined && expected !== undefined && expected !== did) throw wrongIdentity(address, did, expected)
    const open = expected === undefined ? undefined : peers.session(expected)
    if (open) return open
    const connection = await transport.dial(multiaddr, signal).catch((error) => {
      throw dialFault(address, error)
    })
    const actual = didOfPeerId(connection.remotePeer.toString())
    if (actual === undefined || (expected !== undefined && actual !== expected)) {
      // Compared before anything is said; others may be waiting for this connection with nobody in particular in mind.
      if (!peers.has(connection)) connection.abort(new Error('not who was expected'))
      throw wrongIdentity(address, expected ?? 'a node with an Ed25519 key', actual ?? connection.remotePeer.toString())
    }
    const session = peers.open(connection, actual)
    const onAbort = () => session.view ?? session.end('cancelled')
    signal?.addEventListener('abort', onAbort, { once: true })
    await session.ready.finally(() => signal?.removeEventListener('abort', onAbort))
    return session
  }

  const refuse = (reason: string): true => {
    telemetry.count('peers_refused', { reason })
    return true
  }

  const gater: ConnectionGater = {
    denyInboundEncryptedConnection(peerId) {
      const did = didOfPeerId(peerId.toString())
      if (did === undefined) return refuse('key_type')
      return book.trust(did) < parts.minTrust && refuse('min_trust')
    },
  }

  return {
    async start() {
      const { createTransport } = await import('./libp2p.ts')
      const { seed } = key
      const made = await createTransport({
        seed,
        version: parts.introduction().version,
        listen: parts.listen,
        limits: parts.limits,
        gater,
      })
      made.onInbound((connection) => {
        const did = didOfPeerId(connection.remotePeer.toString())
        if (did !== undefined) peers.open(connection, did)
      })
      await made.handle(SESSION_PROTOCOL, peers.acceptSession, 1)
      // Two, because a newer stream is there before the older that it replaces is gone.
      await made.handle(DIRECT_PROTOCOL, peers.acceptDirect, 2)
      try {
        await made.start()
      } catch (error) {
        throw listenFault(error)
      }
      transport = made
      if (!parts.autoConnect) return
      for (const peer of book.list(1)) {
        if (peer.addresses.length === 0) continue
        redialer.wantPeer(peer.did, addressesOf(peer))
        redialer.dialNow(peer.did)
      }
    },
    async stop() {
      redialer.stop()
      const stopping = transport
      transport = undefined
      // Sessions first: libp2p would cut their connections before the last words are out.
      await peers.endAll('this node stops')
      await stopping?.stop()
    },
    async connect(address, { signal } = {}) {
      const { did, connection } = await dial([address], undefined, signal)
      shunned.delete(did)
      redialer.wantPeer(did, [connection.direction === 'outbound' ? connection.remoteAddr.toString() : address])
      const peer = peers.get(did)
      if (!peer) throw new AgoraError('unreachable', `${address} answered and closed the connection at once.`)
      return peer
    },
    keepConnected(address) {
      const { expected } = parseAddress(address)
      if (expected === undefined) return redialer.want(address)
      shunned.delete(expected)
      redialer.wantPeer(expected, [address])
      redialer.dialNow(expected)
    },
    async disconnect(did) {
      shunned.add(did)
      redialer.forget(did)
      return peers.end(did, 'disconnected by the operator')
    },
    peers: peers.list,
    peer: peers.get,
    addresses: () =>
      [...new Set([...(transport?.listening() ?? []), ...announced])].map((address) => `${address}/p2p/${key.peerId}`),
    announce: peers.announce,
  }
}

const addressesOf = (peer: KnownPeer): string[] => peer.addresses.map(({ address }) => address)
