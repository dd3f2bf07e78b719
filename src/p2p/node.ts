import type { ConnectionGater } from '@libp2p/interface'
import type { TrustLevel } from '../authority/trust.ts'
import type { Clock } from '../base/clock.ts'
import { didOfPeerId } from '../base/did.ts'
import { AgoraError, messageOf } from '../base/errors.ts'
import { grantPeer } from '../core/dispatch.ts'
import type { ConnectedPeer, Introduction, Lane, Network } from '../core/network.ts'
import type { KnownPeer, PeerBook } from '../core/peer-book.ts'
import type { Telemetry } from '../core/telemetry.ts'
import type { NodeKey } from '../identity/signing.ts'
import { parseAddress } from './address.ts'
import { ADDRESSES_TOLD } from './constants.ts'
import { createDialler } from './dialler.ts'
import { listenFault } from './faults.ts'
import { STREAMS_EACH } from './lanes/index.ts'
import type { Transport } from './libp2p.ts'
import { createLocator } from './locate.ts'
import { createPeers } from './peers.ts'
import { isHere, mayTell, toldAddress } from './reach.ts'
import { createRedialer } from './redial.ts'
import { SESSION_PROTOCOL } from './session/constants.ts'
import { createWhereabouts } from './whereabouts.ts'

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
  limits: { connections: number; streamsPerConnection: number; pendingHandshakes: number }
  book: PeerBook
  /** What is spoken with peers beside the session, each protocol on streams of its own. */
  lanes: readonly Lane[]
  /** What this node says of itself to a peer. */
  introduction: (did: string) => Introduction
  version: string
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
  /**
   * Whoever shares a space with this node need not be a friend: dials it wherever it may be, now and after every loss, until `unseek`; but not who
   * is blocked or was disconnected by the operator. To be called after `start`.
   * @param addresses where it is said to be, by `teller`; each is tried as far as it leads away from this node.
   */
  seek(did: string, addresses?: readonly string[], teller?: string): void
  unseek(did: string): void
  /** Looks for friends on the local network, and lets itself be found there, from now on until `stop`. */
  discover(): Promise<void>
  /** To be called when what is kept of a peer has changed: connections follow blocks and trust. */
  peerChanged(before: KnownPeer | undefined, after: KnownPeer): void
}

/**
 * The network of nodes: connections by libp2p, a session on each, and one link for each lane to each peer.
 * `start` throws AgoraError `port_in_use` with the port, or `invalid_address` when this machine lacks the address; `connect`
 * `invalid_address`, `blocked` when the peer is, `unreachable` with why, or `wrong_identity` naming both.
 */
export function createNetwork(parts: NetworkParts): P2pNetwork {
  const { clock, key, book, telemetry, random = Math.random } = parts
  const announced = parts.announce.map((address) => parseAddress(address).multiaddr)
  /** Disconnected by the operator: not dialled again until asked to. */
  const shunned = new Set<string>()
  /** Sought for the spaces they share with this node, and where they are said to be. */
  const sought = new Map<string, string[]>()
  let transport: Transport | undefined
  let stopMdns: (() => Promise<void>) | undefined

  /** Whether the peer is believed on where others are, and told where this node and its peers are. */
  const mayTellEachOther = (did: string): boolean => grantPeer(did, book.trust(did), ['address.tell']) !== undefined

  /** The addresses of this node as somebody may know them who is on this machine too, or not. */
  const ownPlaces = (near: boolean): string[] =>
    (announced.length > 0 ? announced : (transport?.listening() ?? []))
      .filter((address) => mayTell(address, near))
      .slice(0, ADDRESSES_TOLD)

  const whereabouts = createWhereabouts({ clock, book, telemetry, onLearned: (did) => redialer.dialNow(did) })

  const peers = createPeers({
    ...parts,
    random,
    self: key.did,
    introduction: ({ did, near }) => ({
      ...parts.introduction(did),
      ...(mayTellEachOther(did) ? { addresses: ownPlaces(near) } : {}),
    }),
    onSession({ did, connection, view }) {
      redialer.connected(did)
      const dialled = connection.direction === 'outbound' ? [dialler.dialledAt(connection)] : []
      for (const address of dialled) whereabouts.worked(did, address)
      book
        .met(did, view?.name ?? '', ...dialled)
        .catch((error) => telemetry.log.warn({ did, error: messageOf(error) }, 'a peer could not be noted'))
    },
    onPeer(change, peer) {
      parts.onPeer(change, peer)
      if (change === 'disconnected') onLost(peer.did)
      if (change === 'disconnected' || change === 'connected') locator.refresh()
    },
    onAddresses({ did, near }, addresses) {
      whereabouts.told(did, addresses, { source: 'hello', who: did, near })
      locator.moved(did)
    },
    onLocate: (session, wanted) => locator.onLocate(session, wanted),
    onLocated: (session, items) => locator.onLocated(session, items),
  })

  const dialler = createDialler({
    clock,
    self: key.did,
    transport: () => transport,
    peers,
    whereabouts: {
      ...whereabouts,
      isTold: (did, address) => whereabouts.isTold(did, address) || sought.get(did)?.includes(address) === true,
    },
    isBlocked: book.isBlocked,
  })

  const redialer = createRedialer({
    clock,
    log: telemetry.log,
    random,
    isConnected: (did) => peers.session(did) !== undefined,
    canDial: (addresses, did) => did === undefined || whereabouts.plan(did, addresses).length > 0,
    async dial(addresses, did, signal) {
      if (did !== undefined) return (await dialler.find(did, addresses, signal)).did
      return (await dialler.dial(addresses[0] ?? '', signal)).did
    },
  })

  const locator = createLocator({
    clock,
    telemetry,
    self: key.did,
    missing: () =>
      book
        .list(1)
        .filter(({ did }) => !peers.session(did) && !shunned.has(did))
        .sort((a, b) => b.last_seen - a.last_seen)
        .map(({ did }) => did),
    mayTellEachOther,
    isFriend: (did) => book.trust(did) >= 1,
    connected: () => peers.list().map(({ did }) => did),
    session: peers.session,
    places: peers.places,
    onLocated: (did, addresses, { did: who, near }) =>
      whereabouts.told(did, addresses, { source: 'friend', who, near }),
  })

  const wants = (did: string): boolean =>
    !shunned.has(did) &&
    !book.isBlocked(did) &&
    (sought.has(did) || (parts.autoConnect && book.trust(did) >= Math.max(1, parts.minTrust)))

  function onLost(did: string): void {
    locator.gone(did)
    if (wants(did)) redialer.wantPeer(did, [])
    redialer.lost(did)
  }

  /** Dials a friend wherever it may be, now and after every loss. */
  function want(did: string): void {
    redialer.wantPeer(did, [])
    redialer.dialNow(did)
  }

  const refuse = (reason: string): true => {
    telemetry.count('peers_refused', { reason })
    return true
  }

  const gater: ConnectionGater = {
    denyInboundEncryptedConnection(peerId) {
      const did = didOfPeerId(peerId.toString())
      if (did === undefined) return refuse('key_type')
      if (book.isBlocked(did)) return refuse('blocked')
      const trust = book.trust(did)
      if (!grantPeer(did, trust, ['session.open'])) return refuse('not_permitted')
      return trust < parts.minTrust && refuse('min_trust')
    },
    denyOutboundEncryptedConnection(peerId) {
      const did = didOfPeerId(peerId.toString())
      return did !== undefined && book.isBlocked(did) && refuse('blocked')
    },
  }

  return {
    async start() {
      const { createTransport } = await import('./libp2p.ts')
      const { seed } = key
      const made = await createTransport({
        seed,
        version: parts.version,
        listen: parts.listen,
        limits: parts.limits,
        gater,
      })
      made.onInbound((connection) => {
        const did = didOfPeerId(connection.remotePeer.toString())
        if (did !== undefined) peers.open(connection, did)
      })
      await made.handle(SESSION_PROTOCOL, peers.acceptSession, 1)
      for (const lane of parts.lanes) {
        await made.handle(
          lane.protocol,
          (stream, connection) => peers.acceptLane(lane, stream, connection),
          STREAMS_EACH,
        )
      }
      try {
        await made.start()
      } catch (error) {
        throw listenFault(error)
      }
      transport = made
      for (const { did } of book.list(1)) if (wants(did)) want(did)
    },
    async stop() {
      redialer.stop()
      const stopping = transport
      transport = undefined
      await stopMdns?.()
      // Sessions first: libp2p would cut their connections before the last words are out.
      await peers.endAll('this node stops')
      await stopping?.stop()
    },
    async discover() {
      const { startMdns } = await import('./mdns.ts')
      if (!transport || stopMdns) return
      const stop = await startMdns({
        log: telemetry.log,
        addresses: () => ownPlaces(true).map((address) => `${address}/p2p/${key.peerId}`),
        onFound(peerId, addresses, from) {
          const did = didOfPeerId(peerId)
          if (did !== undefined && did !== key.did && !peers.session(did))
            whereabouts.told(did, addresses, { source: 'mdns', who: 'mdns', near: isHere(from) })
        },
      })
      if (transport) stopMdns = stop
      else await stop()
    },
    peerChanged(before, after) {
      const { did } = after
      const [was, is] = [trustOf(before), trustOf(after)]
      const isBlocked = after.blocked_at !== undefined
      if (isBlocked ? before?.blocked_at === undefined : is < was && is < parts.minTrust) {
        redialer.forget(did)
        peers.end(did, 'refused')
      }
      if (is === was) return
      if (wants(did)) want(did)
      else redialer.release(did)
      peers.session(did)?.announce()
      locator.refresh()
      locator.moved(did)
    },
    async connect(address, { signal } = {}) {
      const { did, connection } = await dialler.dial(address, signal)
      shunned.delete(did)
      redialer.wantPeer(did, [connection.direction === 'outbound' ? dialler.dialledAt(connection) : address])
      const peer = peers.get(did)
      if (!peer) throw new AgoraError('unreachable', `${address} answered and closed the connection at once.`)
      return peer
    },
    keepConnected(address) {
      const { expected, multiaddr } = parseAddress(address)
      if (expected === undefined) return redialer.want(multiaddr)
      shunned.delete(expected)
      redialer.wantPeer(expected, [multiaddr])
      redialer.dialNow(expected)
    },
    seek(did, addresses = [], teller) {
      if (did === key.did) return
      const near = teller !== undefined && peers.session(teller)?.near === true
      const told = addresses.flatMap((text) => toldAddress(text, did, near) ?? [])
      sought.set(did, [...new Set([...told, ...(sought.get(did) ?? [])])].slice(0, ADDRESSES_TOLD))
      if (!wants(did)) return
      redialer.wantPeer(did, told)
      redialer.dialNow(did)
    },
    unseek(did) {
      if (sought.delete(did) && !wants(did)) redialer.forget(did)
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

const trustOf = (peer: KnownPeer | undefined): TrustLevel =>
  peer === undefined || peer.blocked_at !== undefined ? 0 : peer.trust
