import type { Connection, Stream } from '@libp2p/interface'
import type { Clock } from '../base/clock.ts'
import { peerIdOf } from '../base/did.ts'
import { messageOf } from '../base/errors.ts'
import { tokenBucket } from '../base/token-bucket.ts'
import type { ConnectedPeer, Introduction, Lane } from '../core/network.ts'
import type { Telemetry } from '../core/telemetry.ts'
import { type Acceptor, BURST_SECONDS, createAcceptor, keepLink } from './lanes/index.ts'
import { hostOf } from './reach.ts'
import { SESSION_PROTOCOL } from './session/constants.ts'
import { createSession, type Session, type SessionParts, type SessionView } from './session/index.ts'

export interface PeersParts {
  clock: Clock
  /** This node's DID. */
  self: string
  limits: { pendingHandshakes: number }
  lanes: readonly Lane[]
  /** What is told to the peer of this session. */
  introduction: (session: Pick<Session, 'did' | 'near'>) => Introduction
  telemetry: Telemetry
  random: () => number
  onPeer(change: 'connected' | 'disconnected' | 'stale' | 'updated', peer: ConnectedPeer): void
  /** Both sides have said hello on this connection. */
  onSession(session: Session): void
  /** A peer that has said hello showed this of its owner. */
  onOwner(did: string, name: string, owner: unknown): void
  onAddresses: SessionParts['onAddresses']
  onLocate: SessionParts['onLocate']
  onLocated: SessionParts['onLocated']
}

/** A peer while at least one session with it lives; two nodes that dial each other at the same moment have two. */
interface Peer {
  did: string
  sessions: Set<Session>
  connectedAt: number
  state: 'live' | 'stale'
  acceptors: Acceptors
  stopLinks: () => void
}

type Acceptors = ReadonlyMap<Lane, Acceptor>

export interface Peers {
  /** Begins a session on a connection, or answers the one it has. */
  open(connection: Connection, did: string): Session
  has(connection: Connection): boolean
  /** A session with the peer on which both sides have said hello. */
  session(did: string): Session | undefined
  acceptSession(stream: Stream, connection: Connection): void
  acceptLane(lane: Lane, stream: Stream, connection: Connection): Promise<void>
  list(): ConnectedPeer[]
  get(did: string): ConnectedPeer | undefined
  /** Where the peer can be dialled: where this node reached it, and where it says it can be. */
  places(did: string): string[]
  announce(): void
  /** Ends all sessions with a peer; false when there is none. */
  end(did: string, reason: string): boolean
  /** Ends everything, and resolves when all connections are closed. */
  endAll(reason: string): Promise<void>
}

/**
 * Acceptors outlive connections: coming back neither fills a peer's bucket nor lets it overtake what is still being handled. Kept
 * for so many peers.
 */
const ACCEPTORS_MAX = 4096

export function createPeers(parts: PeersParts): Peers {
  const { clock, self, limits, telemetry } = parts
  const sessions = new Map<string, Session>()
  const peers = new Map<string, Peer>()
  const acceptors = new Map<string, Acceptors>()

  function acceptorsOf(did: string): Acceptors {
    const those = acceptors.get(did) ?? new Map(parts.lanes.map((lane) => [lane, makeAcceptor(did, lane)]))
    // Set again, so that the one who was away longest comes first and is forgotten first.
    acceptors.delete(did)
    acceptors.set(did, those)
    const [oldest] = acceptors.keys()
    if (acceptors.size > ACCEPTORS_MAX && oldest !== undefined) acceptors.delete(oldest)
    return those
  }

  function makeAcceptor(did: string, lane: Lane): Acceptor {
    const { perSecond, burst = perSecond * BURST_SECONDS } = lane
    const bucket = tokenBucket({ clock, perSecond, burst })
    return createAcceptor({ clock, telemetry, did, lane, bucket, onBreach: (reason) => void end(did, reason) })
  }

  const makePeer = (did: string): Peer => ({
    did,
    sessions: new Set(),
    connectedAt: clock.now(),
    state: 'live',
    acceptors: acceptorsOf(did),
    stopLinks: () => undefined,
  })

  function onReady(session: Session) {
    const { did } = session
    const known = peers.get(did)
    const peer = known ?? makePeer(did)
    peers.set(did, peer)
    peer.sessions.add(session)
    telemetry.count('peers_connected')
    parts.onSession(session)
    if (known) return onChange(session)
    parts.onPeer('connected', snapshot(peer))
    const choose = () => preferred(peer, self)?.connection
    const onBreach = (reason: string) => void end(did, reason)
    const stops = parts.lanes.map((lane) =>
      keepLink({ clock, telemetry, random: parts.random, did, lane, choose, onBreach }),
    )
    peer.stopLinks = () => {
      for (const stop of stops) stop()
    }
  }

  function onChange({ did }: Session): void {
    const peer = peers.get(did)
    if (!peer) return
    const before = peer.state
    peer.state = [...peer.sessions].some(({ view }) => view?.state === 'live') ? 'live' : 'stale'
    parts.onPeer(peer.state === 'stale' && before === 'live' ? 'stale' : 'updated', snapshot(peer))
  }

  function onEnd(session: Session, reason: string) {
    const { did, connection } = session
    sessions.delete(connection.id)
    telemetry.log.debug({ did, reason }, 'a session ended')
    const peer = peers.get(did)
    if (!peer?.sessions.has(session)) return
    if (peer.sessions.size > 1) {
      peer.sessions.delete(session)
      return onChange(session)
    }
    const last = snapshot(peer)
    peer.sessions.delete(session)
    peers.delete(did)
    peer.stopLinks()
    for (const acceptor of peer.acceptors.values()) acceptor.stop()
    parts.onPeer('disconnected', last)
  }

  function end(did: string, reason: string): boolean {
    const ending = [...sessions.values()].filter((session) => session.did === did)
    for (const session of ending) session.end(reason)
    return ending.length > 0
  }

  return {
    has: (connection) => sessions.has(connection.id),
    open(connection, did) {
      const known = sessions.get(connection.id)
      if (known) return known
      const session: Session = createSession({
        ...parts,
        did,
        connection,
        introduction: () => parts.introduction(session),
        onOwner: ({ view }, owner) => parts.onOwner(did, view?.name ?? '', owner),
        onReady,
        onChange,
        onEnd,
      })
      sessions.set(connection.id, session)
      if (connection.direction === 'outbound') {
        connection
          .newStream([SESSION_PROTOCOL])
          .then(session.attach, (error) => session.end(`no session: ${messageOf(error)}`))
        return session
      }
      const pending = [...sessions.values()].filter((one) => !one.view && one.connection.direction === 'inbound').length
      if (pending > limits.pendingHandshakes) {
        telemetry.count('peers_refused', { reason: 'pending' })
        session.end('too many handshakes under way')
      }
      return session
    },
    session: (did) => {
      const peer = peers.get(did)
      return peer && preferred(peer, self)
    },
    acceptSession(stream, connection) {
      const session = sessions.get(connection.id)
      // Whoever dialled opens it; the other way round it would be a second one.
      if (session && connection.direction === 'inbound') session.attach(stream)
      else stream.abort(new Error('the dialler opens the session'))
    },
    async acceptLane(lane, stream, connection) {
      const session = sessions.get(connection.id)
      if (!session) return stream.abort(new Error('there is no session'))
      // Nothing is taken in from whom has not said hello; until then it is held back.
      if (stream.readStatus === 'readable') stream.pause()
      await session.ready
      const peer = peers.get(session.did)
      const acceptor = peer?.acceptors.get(lane)
      if (!acceptor || stream.status !== 'open') return stream.abort(new Error('the session has ended'))
      acceptor.accept(stream)
    },
    list: () => [...peers.values()].map(snapshot),
    get(did) {
      const peer = peers.get(did)
      return peer && snapshot(peer)
    },
    places(did) {
      const peer = peers.get(did)
      if (!peer) return []
      const reached = [...peer.sessions].flatMap(({ connection }) =>
        connection.direction === 'outbound' ? connection.remoteAddr.toString().replace(/\/p2p\/.*/, '') : [],
      )
      return [...new Set([...reached, ...(latest(peer).addresses ?? [])])]
    },
    announce() {
      for (const session of sessions.values()) session.announce()
    },
    end,
    async endAll(reason) {
      const ending = [...sessions.values()]
      for (const session of ending) session.end(reason)
      await Promise.all(ending.map((session) => session.closed))
    },
  }

  function snapshot(peer: Peer): ConnectedPeer {
    const { did, state, connectedAt } = peer
    const { connection } = preferred(peer, self) ?? [...peer.sessions][0] ?? unreachable(did)
    const view = latest(peer)
    return {
      did,
      peer_id: peerIdOf(did),
      name: view.name,
      version: view.version,
      direction: connection.direction,
      address: placeOf(connection, view.addresses),
      encryption: connection.encryption ?? 'none',
      state,
      presence: view.presence,
      project: view.project,
      load: view.load,
      latency_ms: view.latencyMs,
      connected_at: connectedAt,
      last_heartbeat_at: view.heardAt,
      agents: view.agents,
    }
  }
}

/** Where one can dial a peer: the port that an inbound connection comes from is of no use, so what it says of itself is, first where that fits. */
function placeOf({ direction, remoteAddr }: Connection, told: string[] = []): string {
  const from = remoteAddr.toString()
  if (direction === 'outbound') return from
  return told.find((address) => hostOf(address) === hostOf(from)) ?? told[0] ?? from
}

/** Both sides choose alike: a connection dialled by the node with the lower DID, of several the oldest. */
function preferred(peer: Peer, self: string): Session | undefined {
  const lowerDials = self < peer.did ? 'outbound' : 'inbound'
  const rank = ({ connection, view }: Session): [number, number] => [
    connection.direction === lowerDials ? 0 : 1,
    view?.since ?? 0,
  ]
  return [...peer.sessions]
    .filter(({ connection }) => connection.status === 'open')
    .sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1])[0]
}

/** What the peer said last, on whatever connection. */
function latest({ did, sessions }: Peer): SessionView {
  let newest: SessionView | undefined
  for (const { view } of sessions) if (view && (!newest || view.heardAt > newest.heardAt)) newest = view
  return newest ?? unreachable(did)
}

function unreachable(did: string): never {
  throw new Error(`a peer without a session: ${did}`)
}
