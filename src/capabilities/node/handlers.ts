import type { Clock } from '../../base/clock.ts'
import { rfc3339 } from '../../base/clock.ts'
import { didKey, multikey, parseDid } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import type { Directory } from '../../core/directory.ts'
import type { Handlers } from '../../core/dispatch.ts'
import { agentInbox, OPERATOR_INBOX } from '../../core/events.ts'
import type { ConnectedPeer, Network } from '../../core/network.ts'
import type { PeerBook } from '../../core/peer-book.ts'
import type { Database } from '../../store/database.ts'
import type { Identity, Peer } from './schema.ts'

export interface NodeParts {
  clock: Clock
  database: Database
  network: Network
  directory: Directory
  book: PeerBook
  self: { did: string; name: string; peerId: string; version: string; home: string; startedAt: number }
  apiUrl: () => string
  counts: {
    agents: () => number
    unread: (inbox: string) => number
    requests: () => number
    friendRequests: () => number
    projects: () => number
    invitations: () => number
    approvals: () => number
    alerts: () => number
    wake: () => { hooks: number; running: number }
    outbox: () => number
    paused: () => number
  }
  requestStop: () => void
}

type Names =
  | 'node.health'
  | 'node.status'
  | 'node.identity'
  | 'node.peers'
  | 'node.connect'
  | 'node.disconnect'
  | 'node.stop'

export function nodeHandlers({
  clock,
  database,
  network,
  directory,
  book,
  self,
  apiUrl,
  counts,
  requestStop,
}: NodeParts): Pick<Handlers, Names> {
  const view = (peer: ConnectedPeer): Peer => ({
    ...peer,
    name: directory.nameOf(peer.did),
    project: peer.project,
    load: peer.load,
    latency_ms: peer.latency_ms,
    trust_level: book.trust(peer.did),
    ...looksLike(peer),
    connected_at: rfc3339(peer.connected_at),
    last_heartbeat_at: rfc3339(peer.last_heartbeat_at),
  })

  function looksLike({ did, name }: ConnectedPeer): { looks_like?: string } {
    const friend = directory.imitated(did, name)
    return friend === undefined ? {} : { looks_like: directory.nameOf(friend) }
  }

  function identity(): Identity {
    const { did, name, peerId } = self
    const publicKey = multikey(parseDid(did).publicKey)
    const method = `${did}#${publicKey}`
    return {
      '@context': ['https://www.w3.org/ns/did/v1.1', 'https://w3id.org/security/multikey/v1'],
      id: did,
      alsoKnownAs: [didKey(did)],
      verificationMethod: [{ id: method, type: 'Multikey', controller: did, publicKeyMultibase: publicKey }],
      authentication: [method],
      assertionMethod: [method],
      service: [{ id: `${did}#agora`, type: 'AgoraNode', serviceEndpoint: network.addresses() }],
      name,
      did,
      did_key: didKey(did),
      peer_id: peerId,
      public_key: publicKey,
    }
  }

  return {
    'node.health': () => ({ status: database.state() === 'ok' ? 'ok' : 'degraded', version: self.version }),

    'node.status': (_, { actor }) => ({
      name: self.name,
      did: self.did,
      peer_id: self.peerId,
      version: self.version,
      protocol_versions: ['1.0'],
      pid: process.pid,
      started_at: rfc3339(self.startedAt),
      uptime_seconds: Math.floor((clock.now() - self.startedAt) / 1000),
      home: self.home,
      api: apiUrl(),
      addresses: network.addresses(),
      peers: network.peers().length,
      agents: counts.agents(),
      unread: counts.unread(actor.kind === 'agent' ? agentInbox(actor.name) : OPERATOR_INBOX),
      requests: counts.requests(),
      friend_requests: counts.friendRequests(),
      projects: counts.projects(),
      invitations: counts.invitations(),
      lookalikes: network.peers().filter(({ did, name }) => directory.imitated(did, name) !== undefined).length,
      approvals: counts.approvals(),
      alerts: counts.alerts(),
      wake: counts.wake(),
      outbox: counts.outbox(),
      paused_conversations: counts.paused(),
      storage: { state: database.state(), database_bytes: database.bytes() },
    }),

    'node.identity': identity,

    'node.peers': () => ({ items: network.peers().map(view) }),

    'node.connect': async ({ address }, { signal }) => view(await network.connect(address, { signal })),

    'node.disconnect': async ({ name }) => {
      const did = directory.resolveNode(name, 'name')
      // Before: of a stranger who is gone no name is known.
      const called = directory.nameOf(did)
      if (await network.disconnect(did)) return { disconnected: called }
      throw new AgoraError('not_connected', `name: ${called} is not connected.`, { field: 'name' })
    },

    'node.stop': () => {
      requestStop()
      return { stopping: true }
    },
  }
}
