import type { TrustLevel } from '../authority/trust.ts'
import type { Clock } from '../base/clock.ts'
import type { Database } from '../store/database.ts'
import { sqlBuilder } from '../store/database.ts'

/** A node this node has met. */
export interface KnownPeer {
  did: string
  /** As it called itself last; a claim. */
  name: string
  /** What the operator calls it. */
  alias: string | undefined
  trust: TrustLevel
  /** Multiaddrs that worked, latest first. */
  addresses: string[]
  /** Ms since the epoch. */
  last_seen: number
}

/** Who is known and how far they are trusted; on disk, and whole in memory, since it is asked for every envelope. */
export interface PeerBook {
  get(did: string): KnownPeer | undefined
  /** 0 for whoever is not known. */
  trust(did: string): TrustLevel
  /** All with trust of at least `trust`. */
  list(trust?: TrustLevel): KnownPeer[]
  /**
   * Notes that the peer was met under this name, and the address when this node dialled it. A stranger who came by itself is not kept:
   * identities cost nothing, and disks do.
   */
  met(did: string, name: string, address?: string): Promise<void>
  /** Within a write: gives trust; a peer not kept before is kept under `name`. */
  setTrust(did: string, trust: TrustLevel, name: string): void
  /** Grows whenever a name or trust changes, so that what was computed from them can be kept until then. */
  revision(): number
}

interface Row {
  did: string
  name: string
  alias: string | null
  trust: number
  addresses: string
  first_seen: number
  last_seen: number
}

const ADDRESSES_MAX = 8
const sql = sqlBuilder<{ peers: Row }>()

export function createPeerBook({ clock, database }: { clock: Clock; database: Database }): PeerBook {
  let revision = 0
  const known = new Map<string, KnownPeer>(
    database.all(sql.selectFrom('peers').selectAll()).map((row) => [
      row.did,
      {
        did: row.did,
        name: row.name,
        alias: row.alias ?? undefined,
        trust: row.trust as TrustLevel,
        addresses: JSON.parse(row.addresses),
        last_seen: row.last_seen,
      },
    ]),
  )

  /** Within a write: keeps the peer, in memory too once that is committed. */
  function keep(peer: KnownPeer) {
    const values = {
      name: peer.name,
      alias: peer.alias ?? null,
      trust: peer.trust,
      addresses: JSON.stringify(peer.addresses),
      last_seen: peer.last_seen,
    }
    database.run(
      sql
        .insertInto('peers')
        .values({ did: peer.did, first_seen: clock.now(), ...values })
        .onConflict((conflict) => conflict.column('did').doUpdateSet(values)),
    )
    database.afterCommit(() => {
      known.set(peer.did, peer)
      revision++
    })
  }

  return {
    get: (did) => known.get(did),
    trust: (did) => known.get(did)?.trust ?? 0,
    list: (trust = 0) => [...known.values()].filter((peer) => peer.trust >= trust),
    met: (did, name, address) =>
      database.write(() => {
        const before = known.get(did)
        if (!before && address === undefined) return
        const addresses = before?.addresses ?? []
        keep({
          did,
          alias: before?.alias,
          trust: before?.trust ?? 0,
          name,
          addresses:
            address === undefined
              ? addresses
              : [address, ...addresses.filter((other) => other !== address)].slice(0, ADDRESSES_MAX),
          last_seen: clock.now(),
        })
      }),
    setTrust(did, trust, name) {
      const before = known.get(did)
      keep({ did, name, alias: undefined, addresses: [], last_seen: clock.now(), ...before, trust })
    },
    revision: () => revision,
  }
}
