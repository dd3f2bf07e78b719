import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../base/errors.ts'
import type { Events } from '../../core/events.ts'
import type { KnownPeer, PeerBook, PeerChanges } from '../../core/peer-book.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { type Attestation, checkAttestation, checkRevocation, type Revocation } from '../../identity/owner.ts'
import type { Database } from '../../store/database.ts'
import { owed, SHARED_NODES_MAX, sharedTrust } from './rules.ts'
import { OWNERS_OF_NODE_MAX, REVOCATIONS_MAX, REVOCATIONS_SHOWN, Shown } from './schema.ts'
import type { OwnerTables } from './tables.ts'

export interface TieParts {
  clock: Clock
  database: Database
  book: PeerBook
  events: Events
  telemetry: Telemetry
  tables: OwnerTables
  self: { did: string }
  /** This node's own attestation, expired or not. */
  own: () => Attestation | undefined
  /** What this node shows has changed. */
  announce: () => void
}

/** Which nodes are whose: what peers prove of their owners, what owners revoke, and the trust that follows from it. */
export interface Ties {
  /** What this node shows of its own owner; undefined when there is nothing that counts. */
  claim(): { attestation: Attestation; revocations: Revocation[] } | undefined
  ownState(): 'none' | 'attested' | 'expired' | 'revoked'
  /** A connected peer showed this; `name` is what it calls itself. */
  shown(did: string, name: string, value: unknown): void
  /** A peer is connected no more. */
  gone(did: string): void
  /** Within a write: takes in a revocation whose signature was checked. Answers false when it means nothing here and is not `mine`. */
  strike(revocation: Revocation, mine?: boolean): boolean
  /** Within a write: this node has another attestation than before, which was that of `before`. */
  ownChanged(before: string | undefined): void
  /** Within a write: makes the rule hold for all, whatever happened to this node's files meanwhile. */
  begin(): void
  /** Within a write: what has expired counts no more. */
  expire(): void
}

interface Claim {
  name: string
  attestation: Attestation
  revocations: unknown[]
}

const UNFRIENDED: PeerChanges = { trust: 0, friend_since: undefined, given_by: undefined }

export function createTies(parts: TieParts): Ties {
  const { clock, database, book, events, telemetry, tables, self, own, announce } = parts
  /** What connected peers showed and was found true, whether they are kept or not. */
  const claims = new Map<string, Claim>()
  /** While changes are made here, which are not to be answered as if somebody else had made them. */
  let changing = false
  let counted = false

  const isRevokedHere = (): boolean => {
    const attestation = own()
    return attestation !== undefined && tables.isRevoked(attestation.owner, self.did)
  }
  function ownState(): ReturnType<Ties['ownState']> {
    const attestation = own()
    if (!attestation) return 'none'
    if (isRevokedHere()) return 'revoked'
    return Date.parse(attestation.expires_at) > clock.now() ? 'attested' : 'expired'
  }
  const isOwn = (owner: string): boolean => own()?.owner === owner && ownState() === 'attested'
  /** Whether anybody here has that owner: of all others nothing is kept. */
  const matters = (owner: string): boolean => own()?.owner === owner || tables.isKnown(owner)

  function change(did: string, changes: PeerChanges, name?: string) {
    const outer = changing
    changing = true
    try {
      book.change(did, changes, name)
    } finally {
      changing = outer
    }
  }

  const alert = (reason: string, who: string, detail: Record<string, unknown>) =>
    database.afterCommit(() => telemetry.security(reason, who, detail))

  /** Within a write: keeps what a peer proved. `news`: it is the first time; `full`: it had too many owners. */
  function keepProof(did: string, attestation: Attestation): 'news' | 'known' | 'full' {
    const { owner } = attestation
    const owners = tables.ownersOf(did)
    const known = owners.includes(owner)
    if (!known && owners.length >= OWNERS_OF_NODE_MAX) {
      alert('attestation_crowded', did, { owner })
      return 'full'
    }
    tables.prove(attestation)
    return known ? 'known' : 'news'
  }

  /** Within a write: keeps the proof, and marks the peer with its owner. */
  function prove(did: string, { name, attestation }: Claim) {
    const { owner } = attestation
    const kept = keepProof(did, attestation)
    const before = book.current(did)
    if (kept === 'full' || before?.owner === owner) return
    change(did, { owner }, name)
    if (kept === 'news') events.emit('owner.proved', undefined, { did, name, owner })
    if (before?.owner === undefined) return
    // Its owner is what can revoke it, so this is worth a look.
    alert('owner_changed', did, { owner, before: before.owner })
    settle(before.owner)
  }

  /** Within a write: makes the rule hold among the nodes of one owner. */
  function settle(owner: string) {
    if (sharedTrust(book.owned(owner), isOwn(owner)) > 0) welcome(owner)
    for (const { did, trust } of owed(book.owned(owner), isOwn(owner))) {
      const before = book.current(did)
      const isNew = before?.friend_since === undefined
      change(
        did,
        trust === 0 ? UNFRIENDED : { trust, given_by: 'owner', friend_since: before?.friend_since ?? clock.now() },
      )
      const what = trust === 0 ? 'removed' : isNew ? 'added' : 'updated'
      const name = before?.alias ?? before?.name
      events.emit(`friend.${what}`, undefined, { did, name, trust_level: trust, given_by: 'owner', owner })
    }
  }

  /** Within a write: keeps strangers who are connected and have this owner, as many as the rule could befriend. */
  function welcome(owner: string) {
    for (const [did, claim] of claims) {
      if (claim.attestation.owner !== owner || book.current(did) || !stands(did, claim.attestation)) continue
      if (book.owned(owner).length < SHARED_NODES_MAX) prove(did, claim)
    }
  }

  const stands = (did: string, { owner, expires_at }: Attestation): boolean =>
    Date.parse(expires_at) > clock.now() && !tables.isRevoked(owner, did)

  /** Within a write: draws what follows from a peer's claim. `asked`: the operator keeps it from now on. */
  function absorb(did: string, claim: Claim, asked = false) {
    const { attestation } = claim
    const { owner } = attestation
    const mattered = matters(owner)
    if (book.current(did) && stands(did, attestation)) prove(did, claim)
    if (!matters(owner)) return
    // If it did not matter until now, neither did what others showed of it.
    for (const [one, { attestation, revocations }] of mattered ? [[did, claim] as const] : claims)
      if (attestation.owner === owner) takeRevocations(one, owner, revocations)
    if (tables.isRevoked(owner, did)) refuseRevoked(did, attestation, asked)
    settle(owner)
  }

  /** Within a write: the revocation came first. It strikes all the same, once: what the operator gives after it stays. */
  function refuseRevoked(did: string, attestation: Attestation, asked: boolean) {
    alert('attestation_revoked', did, { owner: attestation.owner })
    const peer = book.current(did)
    if (peer && keepProof(did, attestation) === 'news' && !asked) withdraw(peer, attestation.owner)
  }

  /** Within a write. The owner's signature counts, not who shows it: even one that is revoked may. */
  function takeRevocations(did: string, owner: string, revocations: unknown[]) {
    for (const value of revocations) {
      const node = (value as { node?: unknown } | null)?.node
      if (typeof node === 'string' && tables.isRevoked(owner, node)) continue
      const checked = checkRevocation(value)
      const fault = checked.fault ?? (checked.statement.owner === owner ? undefined : 'foreign')
      // One that is bad says enough about the rest.
      if (fault !== undefined || !checked.statement) return alert(`revocation_${fault}`, did, { owner })
      note(checked.statement)
    }
  }

  function strike(revocation: Revocation, mine = false): boolean {
    const noted = note(revocation, mine)
    settle(revocation.owner)
    return noted
  }

  /** As `strike`, but what the rule makes of it waits until all is known. */
  function note(revocation: Revocation, mine = false): boolean {
    const { owner, node } = revocation
    if (!mine && !matters(owner)) return false
    if (tables.isRevoked(owner, node)) return true
    const isOurs = mine || own()?.owner === owner
    const wasTheirs = tables.ownersOf(node).includes(owner)
    if (!isOurs && !wasTheirs && tables.revokedCount(owner) >= REVOCATIONS_MAX) return false
    tables.revoke(revocation)
    if (isOurs) database.afterCommit(announce)
    const peer = book.current(node)
    if (wasTheirs && peer) withdraw(peer, owner)
    else if (isOurs && node === self.did) alert('owner_revoked_this_node', self.did, { owner })
    return true
  }

  /** Within a write: its owner says it is lost, so it may be in anybody's hands, whoever gave the trust. */
  function withdraw({ did, name, owner: marked, trust, given_by }: KnownPeer, owner: string) {
    const mark = marked === owner ? { owner: undefined } : {}
    change(did, { ...mark, ...(given_by === 'owner' ? UNFRIENDED : { trust: 0 }) })
    events.emit('owner.revoked', undefined, { did, name, owner, trust_before: trust })
    alert('owner_revoked', did, { name, owner, trust_before: trust })
    if (marked !== undefined && marked !== owner) settle(marked)
  }

  function expire() {
    for (const { node, owner } of tables.lapsed(clock.now())) {
      change(node, { owner: undefined, ...(book.current(node)?.given_by === 'owner' ? UNFRIENDED : {}) })
      events.emit('owner.lapsed', undefined, { did: node, owner })
      settle(owner)
    }
    const counts = ownState() === 'attested'
    if (counts === counted) return
    database.afterCommit(() => {
      counted = counts
      announce()
    })
    const owner = own()?.owner
    if (owner !== undefined) settle(owner)
  }

  book.onChange((before, after) => {
    if (changing) return
    const { did } = after
    // Whom the operator removed stays removed.
    if (before?.friend_since !== undefined && after.friend_since === undefined && after.given_by !== 'operator')
      change(did, { given_by: 'operator' })
    const claim = claims.get(did)
    if (before === undefined && claim) return absorb(did, claim, true)
    const { owner } = after
    if (owner !== undefined && before && standing(before) !== standing(after)) settle(owner)
  })

  return {
    ownState,
    claim() {
      const attestation = own()
      if (!attestation || ownState() !== 'attested') return undefined
      return { attestation, revocations: tables.revocations(attestation.owner, REVOCATIONS_SHOWN) }
    },
    shown(did, name, value) {
      if (value === undefined) return
      const shown = Shown.safeParse(value)
      const refuse = (fault: string, detail: string) => telemetry.security(`attestation_${fault}`, did, { detail })
      if (!shown.success) return refuse('malformed', String(shown.error.issues[0]?.message))
      // What came itself, not zod's copy of it.
      const { attestation } = value as { attestation: unknown }
      const checked = checkAttestation(attestation, did, clock.now())
      if (checked.fault) return refuse(checked.fault, checked.detail)
      const claim = { name, attestation: checked.statement, revocations: shown.data.revocations }
      claims.set(did, claim)
      database
        .write(() => absorb(did, claim))
        .catch((error) => telemetry.log.error({ did, error: messageOf(error) }, 'an owner could not be noted'))
    },
    gone: (did) => void claims.delete(did),
    strike,
    ownChanged(before) {
      const owner = own()?.owner
      for (const [did, claim] of claims) if (claim.attestation.owner === owner) absorb(did, claim)
      for (const one of new Set([before, owner])) if (one !== undefined) settle(one)
      database.afterCommit(() => {
        counted = ownState() === 'attested'
        announce()
      })
    },
    begin() {
      for (const owner of tables.owners()) settle(owner)
    },
    expire,
  }
}

/** What of a peer the trust of others can hang on. */
const standing = ({ trust, friend_since, given_by, blocked_at }: KnownPeer): string =>
  JSON.stringify([trust, friend_since === undefined, given_by, blocked_at === undefined])
