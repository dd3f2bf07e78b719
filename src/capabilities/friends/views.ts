import { rfc3339 } from '../../base/clock.ts'
import type { Directory } from '../../core/directory.ts'
import type { Network } from '../../core/network.ts'
import type { KnownPeer } from '../../core/peer-book.ts'
import type { Friend, FriendRequest } from './schema.ts'
import type { FriendTables, RequestRow } from './tables.ts'

interface ViewParts {
  directory: Directory
  network: Pick<Network, 'peer'>
  tables: FriendTables
}

/** Friends and requests as the API shows them. */
export const friendViews = ({ directory, network, tables }: ViewParts) => ({
  friend: (peer: KnownPeer): Friend => ({
    name: directory.nameOf(peer.did),
    did: peer.did,
    trust_level: peer.trust,
    ...(peer.their_trust === undefined ? {} : { their_trust: peer.their_trust }),
    ...(peer.alias === undefined ? {} : { alias: peer.alias }),
    ...(peer.notes === undefined ? {} : { notes: peer.notes }),
    verified: peer.verified_at !== undefined,
    ...(peer.verified_at === undefined ? {} : { verified_at: rfc3339(peer.verified_at) }),
    friend_since: rfc3339(peer.friend_since ?? 0),
    ...(peer.last_seen === 0 ? {} : { last_seen: rfc3339(peer.last_seen) }),
    online: network.peer(peer.did) !== undefined,
    pending: peer.last_seen === 0,
    requested: tables.pendingOf(peer.did, 'out') !== undefined,
    blocked: peer.blocked_at !== undefined,
    ...(peer.owner === undefined ? {} : { owner: peer.owner }),
    given_by: peer.given_by ?? 'operator',
    addresses: peer.addresses.map(({ last_success, ...rest }) => ({
      ...rest,
      ...(last_success === undefined ? {} : { last_success: rfc3339(last_success) }),
    })),
  }),

  request: (row: RequestRow): FriendRequest => ({
    id: row.id,
    direction: row.direction,
    did: row.did,
    name: directory.nameOf(row.did),
    trust_level: row.trust_level as FriendRequest['trust_level'],
    given: row.given === 1,
    ...(row.message === null ? {} : { message: row.message }),
    status: row.status,
    ...(row.reason === null ? {} : { reason: row.reason }),
    created_at: rfc3339(row.created_at),
    ...(row.decided_at === null ? {} : { decided_at: rfc3339(row.decided_at) }),
  }),
})
