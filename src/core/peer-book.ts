import type { TrustLevel } from '../authority/trust.ts'
import type { Clock } from '../base/clock.ts'
import { didTail } from '../base/did.ts'
import type { Database } from '../store/database.ts'
import { sqlBuilder } from '../store/database.ts'

/** Where a peer may be reached, and how this is known. */
export interface KnownAddress {
  /** A multiaddr without `/p2p/…`. */
  address: string
  source: 'dialled' | 'hello' | 'friend' | 'mdns'
  /** Ms since the epoch, of the last time the peer itself answered there. */
  last_success?: number
}

/** A node this node has met, or that its operator named. */
export interface KnownPeer {
  did: string
  /** As it called itself when it was met last, a friend when it became one; a claim. */
  name: string
  /** What the operator calls it. */
  alias: string | undefined
  trust: TrustLevel
  /** Those that worked first, the latest first; then those that were told, the newest first. */
  addresses: KnownAddress[]
  /** Ms since the epoch; 0 when it was never seen. */
  last_seen: number
  /** A friend is a peer that was given a trust level, of whatever height. */
  friend_since: number | undefined
  /** When a friend got the name it has here: of friends with one name the first keeps it. */
  named_at: number | undefined
  notes: string | undefined
  /** The trust that the peer says it gives this node; undefined while it said nothing, or that it gives none. */
  their_trust: TrustLevel | undefined
  verified_at: number | undefined
  blocked_at: number | undefined
  /** The owner that the peer proved to have. */
  owner: string | undefined
  /** Who gave the trust: the operator, or the rule for nodes of one owner. */
  given_by: 'operator' | 'owner' | undefined
}

export type PeerChanges = Partial<Omit<KnownPeer, 'did' | 'addresses' | 'named_at'>>

/** Who is known and how far they are trusted; on disk, and whole in memory, since it is asked for every envelope. */
export interface PeerBook {
  get(did: string): KnownPeer | undefined
  /** Within a write: the same as it is there, with what this write has changed. */
  current(did: string): KnownPeer | undefined
  /** Within a write: all that proved to have this owner. */
  owned(owner: string): KnownPeer[]
  /** 0 for whoever is not known, or is blocked. */
  trust(did: string): TrustLevel
  /** All with trust of at least `trust`. */
  list(trust?: TrustLevel): KnownPeer[]
  friends(): KnownPeer[]
  isBlocked(did: string): boolean
  listBlocked(): KnownPeer[]
  /**
   * Notes that the peer was met under this name, and the address when this node dialled it. A stranger who came by itself is not kept:
   * identities cost nothing, and disks do. A friend keeps the name it became one under.
   */
  met(did: string, name: string, address?: string): Promise<void>
  /** Notes where a friend may be reached; of others nothing is kept. */
  learn(did: string, addresses: string[], source: KnownAddress['source']): Promise<void>
  /** Forgets that a peer may be reached there. */
  unlearn(did: string, address: string): Promise<void>
  /** Within a write: a peer not kept before is kept, under `name`. */
  change(did: string, changes: PeerChanges, name?: string): void
  /** Within a write: the operator gives this trust; 0 only keeps the peer. */
  setTrust(did: string, trust: TrustLevel, name: string): void
  /** Calls `listener` within every write that changes a peer. */
  onChange(listener: PeerListener): void
  /** Grows whenever something of a peer changes, so that what was computed from it can be kept until then. */
  revision(): number
}

/** `before` is undefined for a peer that was not kept before. */
export type PeerListener = (before: KnownPeer | undefined, after: KnownPeer) => void

type Nullable<Part> = {
  [Key in keyof Part]: Exclude<Part[Key], undefined> | (undefined extends Part[Key] ? null : never)
}
type Row = Nullable<Omit<KnownPeer, 'addresses' | 'trust' | 'their_trust'>> & {
  trust: number
  their_trust: number | null
  addresses: string
  first_seen: number
}

/** Addresses kept of one peer: so many that worked, and so many of each source. */
const ADDRESSES_EACH = 8

/** Addresses of a peer for others who are to reach it, what is known to work first. */
export const addressesOf = (book: Pick<PeerBook, 'get'>, did: string): string[] =>
  (book.get(did)?.addresses ?? []).slice(0, ADDRESSES_EACH).map(({ address }) => address)

const sql = sqlBuilder<{ peers: Row }>()

export function createPeerBook({ clock, database }: { clock: Clock; database: Database }): PeerBook {
  let revision = 0
  const known = new Map(database.all(sql.selectFrom('peers').selectAll()).map((row) => [row.did, fromRow(row)]))
  const onDisk = database.statement<{ did: string }, Row>((value) =>
    sql.selectFrom('peers').selectAll().where('did', '=', value('did')),
  )
  /** Within a write, as it is there: two changes that share a commit both count. */
  const current = (did: string) => {
    const row = onDisk.first({ did })
    return row && fromRow(row)
  }
  const ofOwner = database.statement<{ owner: string }, Row>((value) =>
    sql.selectFrom('peers').selectAll().where('owner', '=', value('owner')).orderBy('did'),
  )
  const listeners: PeerListener[] = []
  const get = (did: string) => known.get(did)
  const isBlocked = (did: string) => known.get(did)?.blocked_at !== undefined
  const trust = (did: string): TrustLevel => (isBlocked(did) ? 0 : (known.get(did)?.trust ?? 0))

  /** Within a write: keeps the peer, in memory too once that is committed. */
  function keep(before: KnownPeer | undefined, peer: KnownPeer) {
    const { did, ...values } = toRow(peer)
    database.run(
      sql
        .insertInto('peers')
        .values({ did, first_seen: clock.now(), ...values })
        .onConflict((conflict) => conflict.column('did').doUpdateSet(values)),
    )
    database.afterCommit(() => {
      known.set(did, peer)
      revision++
    })
    for (const listener of listeners) listener(before, peer)
  }

  function change(did: string, changes: PeerChanges, name?: string) {
    const before = current(did)
    const after = { ...(before ?? newPeer(did, name)), ...changes }
    keep(before, { ...after, named_at: namedAt(before, after) })
  }

  function namedAt(before: KnownPeer | undefined, after: KnownPeer): number | undefined {
    if (after.friend_since === undefined || after.name === didTail(after.did)) return undefined
    return before?.name === after.name && before.named_at !== undefined ? before.named_at : clock.now()
  }

  return {
    get,
    current,
    owned: (owner) => ofOwner.all({ owner }).map(fromRow),
    onChange: (listener) => void listeners.push(listener),
    trust,
    list: (least = 0) => [...known.values()].filter((peer) => trust(peer.did) >= least),
    friends: () => [...known.values()].filter((peer) => peer.friend_since !== undefined),
    isBlocked,
    listBlocked: () => [...known.values()].filter((peer) => peer.blocked_at !== undefined),
    met: (did, name, address) =>
      database.write(() => {
        const before = current(did)
        if (!before && address === undefined) return
        const peer = before ?? newPeer(did, name)
        const now = clock.now()
        const source = peer.addresses.find((one) => one.address === address)?.source ?? 'dialled'
        const worked = address === undefined ? [] : [{ address, source, last_success: now }]
        const isPinned = peer.friend_since !== undefined && peer.name !== didTail(did)
        const after = { ...peer, name: isPinned ? peer.name : name, last_seen: now }
        keep(before, { ...after, addresses: merged(worked, peer.addresses), named_at: namedAt(before, after) })
      }),
    learn: (did, addresses, source) =>
      database.write(() => {
        const peer = current(did)
        if (peer?.friend_since === undefined) return
        const learned = addresses.map((address): KnownAddress => {
          const before = peer.addresses.find((one) => one.address === address)
          return before ?? { address, source }
        })
        keep(peer, { ...peer, addresses: merged(learned, peer.addresses) })
      }),
    unlearn: (did, address) =>
      database.write(() => {
        const peer = current(did)
        if (!peer?.addresses.some((one) => one.address === address)) return
        keep(peer, { ...peer, addresses: peer.addresses.filter((one) => one.address !== address) })
      }),
    change,
    setTrust(did, trust, name) {
      const since = current(did)?.friend_since ?? clock.now()
      change(did, trust === 0 ? { trust } : { trust, friend_since: since, given_by: 'operator' }, name)
    },
    revision: () => revision,
  }
}

/** A peer of whom nothing but its DID, and perhaps a name, is known. */
export const newPeer = (did: string, name = didTail(did)): KnownPeer => ({
  did,
  name,
  alias: undefined,
  trust: 0,
  addresses: [],
  last_seen: 0,
  friend_since: undefined,
  named_at: undefined,
  notes: undefined,
  their_trust: undefined,
  verified_at: undefined,
  blocked_at: undefined,
  owner: undefined,
  given_by: undefined,
})

/** Each address once. A few of each source, so that nobody's word crowds out another's, least of all what is known to work. */
function merged(newer: KnownAddress[], older: KnownAddress[]): KnownAddress[] {
  const all = [...newer, ...older.filter(({ address }) => !newer.some((one) => one.address === address))]
  const worked = all
    .filter(({ last_success }) => last_success !== undefined)
    .sort((a, b) => (b.last_success ?? 0) - (a.last_success ?? 0))
    .slice(0, ADDRESSES_EACH)
  const told = all.filter(({ last_success }) => last_success === undefined)
  const isKept = ({ source }: KnownAddress, index: number) =>
    told.slice(0, index).filter((other) => other.source === source).length < ADDRESSES_EACH
  return [...worked, ...told.filter(isKept)]
}

const orUndefined = <Value>(value: Value | null): Value | undefined => value ?? undefined

const fromRow = (row: Row): KnownPeer => ({
  did: row.did,
  name: row.name,
  alias: orUndefined(row.alias),
  trust: row.trust as TrustLevel,
  addresses: JSON.parse(row.addresses),
  last_seen: row.last_seen,
  friend_since: orUndefined(row.friend_since),
  named_at: orUndefined(row.named_at),
  notes: orUndefined(row.notes),
  their_trust: orUndefined(row.their_trust as TrustLevel | null),
  verified_at: orUndefined(row.verified_at),
  blocked_at: orUndefined(row.blocked_at),
  owner: orUndefined(row.owner),
  given_by: orUndefined(row.given_by),
})

const toRow = (peer: KnownPeer): Omit<Row, 'first_seen'> => ({
  ...peer,
  alias: peer.alias ?? null,
  addresses: JSON.stringify(peer.addresses),
  friend_since: peer.friend_since ?? null,
  named_at: peer.named_at ?? null,
  notes: peer.notes ?? null,
  their_trust: peer.their_trust ?? null,
  verified_at: peer.verified_at ?? null,
  blocked_at: peer.blocked_at ?? null,
  owner: peer.owner ?? null,
  given_by: peer.given_by ?? null,
})
