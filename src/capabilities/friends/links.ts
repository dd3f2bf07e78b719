import type { TrustLevel } from '../../authority/trust.ts'
import type { Clock } from '../../base/clock.ts'
import { newId } from '../../base/ids.ts'
import { seal } from '../../core/envelopes.ts'
import type { Events } from '../../core/events.ts'
import type { Network } from '../../core/network.ts'
import type { Outbox, Progress } from '../../core/outbox.ts'
import type { KnownPeer, PeerBook, PeerChanges } from '../../core/peer-book.ts'
import type { NodeKey } from '../../identity/signing.ts'
import type { Database } from '../../store/database.ts'
import { type Change, type Command, confirm, decide, isBlank, type Relation, retell, tell, type Word } from './rules.ts'
import type { FriendTables } from './tables.ts'

export interface LinkParts {
  clock: Clock
  key: NodeKey
  database: Database
  book: PeerBook
  outbox: Outbox
  events: Events
  network: Pick<Network, 'peer'>
  tables: FriendTables
}

/** What taking away an entry takes away of the peer. */
const UNFRIENDED: PeerChanges = {
  trust: 0,
  friend_since: undefined,
  given_by: 'operator',
  alias: undefined,
  notes: undefined,
  verified_at: undefined,
}

/** Relations as they are on disk: the rules decide, here it is written down, told to the peer and to the operator. All of it runs within a write. */
export interface Links {
  relation(did: string): Relation
  /** Does what the operator wants; false when there is nothing it could be done to. `more` is changed of the peer with it. */
  command(did: string, command: Command, more?: PeerChanges & { name?: string }): boolean
  /** Changes what is the operator's own matter; the peer is told nothing. */
  note(did: string, more: PeerChanges): void
  /** Writes down what became of a relation by what the peer said. */
  heard(did: string, before: Relation, change: Change, said: Word): void
  /** Something became known of an envelope this node sent. */
  progress(progress: Progress): void
  /** The peer is connected now. */
  met(did: string): Promise<void>
}

const givesOf = (peer: KnownPeer | undefined): TrustLevel | undefined =>
  peer?.friend_since === undefined ? undefined : peer.trust

export function createLinks(parts: LinkParts): Links {
  const { clock, key, database, book, outbox, events, network, tables } = parts
  /** The peer whose entry is changed here just now, which is not to be answered as if somebody else had changed it. */
  let changing: string | undefined

  function relation(did: string, gives = givesOf(book.current(did))): Relation {
    const link = tables.link(did)
    const asks = tables.pendingOf(did, 'out')
    const asked = tables.pendingOf(did, 'in')
    return {
      gives,
      asks: asks && {
        offer: asks.trust_level as TrustLevel,
        message: asks.message ?? undefined,
        revision: link?.asked ?? 0,
      },
      revision: link?.revision ?? 0,
      confirmed: link?.confirmed ?? 0,
      theirTrust: book.current(did)?.their_trust,
      theirAsk: asked && {
        trust: asked.trust_level as TrustLevel,
        given: asked.given === 1,
        message: asked.message ?? undefined,
      },
      seen: link?.seen ?? 0,
      barredUntil: link?.barred_until ?? 0,
      barReason: link?.bar_reason ?? undefined,
    }
  }

  function changePeer(did: string, changes: PeerChanges, name: string | undefined) {
    const outer = changing
    changing = did
    try {
      book.change(did, changes, name)
    } finally {
      changing = outer
    }
  }

  function apply(
    did: string,
    before: Relation,
    change: Change,
    more: PeerChanges & { name?: string } = {},
    said?: Word,
  ): void {
    const { relation: after, word, news } = change
    const envelope = word && post(did, word)
    keepLink(did, after, envelope)
    keepRequest(did, 'out', before, change, said?.reason)
    keepRequest(did, 'in', before, change, after.barReason)
    const known = book.current(did)
    const changes = { ...entryChanges(known, before, after), ...more }
    // A stranger that is connected was met, though nothing was kept of it.
    const isThere = network.peer(did) !== undefined && (known?.last_seen ?? 0) === 0
    const met = isThere ? { last_seen: clock.now() } : {}
    const name = more.name ?? network.peer(did)?.name
    const isNew = known === undefined && (after.gives !== undefined || after.theirAsk !== undefined || after.asks)
    if (Object.keys(changes).length > 0 || isNew) changePeer(did, { ...met, ...changes }, name)
    tellOfEntry(did, before, after, Object.keys(more).length > 0)
    if (news) tellNews(did, news, after, said)
  }

  function entryChanges(known: KnownPeer | undefined, before: Relation, after: Relation): PeerChanges {
    const told = before.theirTrust === after.theirTrust ? {} : { their_trust: after.theirTrust }
    if (before.gives === after.gives) return told
    if (after.gives === undefined) return { ...UNFRIENDED, ...told }
    const since = known?.friend_since ?? clock.now()
    return { trust: after.gives, friend_since: since, given_by: 'operator', ...told }
  }

  function keepLink(did: string, after: Relation, envelope: string | undefined) {
    const told = envelope ?? tables.link(did)?.told_id ?? null
    if (isBlank(after)) return tables.removeLink(did)
    const { revision, confirmed, seen, barredUntil, barReason } = after
    return tables.putLink({
      did,
      revision,
      confirmed,
      seen,
      asked: after.asks?.revision ?? 0,
      told_id: told,
      barred_until: barredUntil,
      bar_reason: barReason ?? null,
    })
  }

  /** Brings the request of one direction in line with the relation: it waits, was answered, or was taken back and is forgotten. */
  function keepRequest(
    did: string,
    direction: 'in' | 'out',
    before: Relation,
    { relation: after, news }: Change,
    reason?: string,
  ) {
    const row = tables.pendingOf(did, direction)
    const given = after.gives !== undefined
    const wanted =
      direction === 'in'
        ? after.theirAsk
        : after.asks && { trust: after.asks.offer, given, message: after.asks.message }
    if (wanted) {
      const { trust, message } = wanted
      tables.putRequest({
        id: row?.id ?? newId(clock.now()),
        did,
        direction,
        trust_level: trust,
        given: wanted.given ? 1 : 0,
        message: message ?? null,
        status: 'pending',
        reason: null,
        created_at: row?.created_at ?? clock.now(),
        decided_at: null,
      })
      return
    }
    if (!row) return
    const barred = after.barredUntil > before.barredUntil
    const accepted = direction === 'in' ? given && before.gives === undefined : news === 'accepted'
    const rejected = direction === 'in' ? barred : news === 'rejected'
    if (accepted) tables.decide(row.id, 'accepted', null, clock.now())
    else if (rejected) tables.decide(row.id, 'rejected', reason ?? null, clock.now())
    else tables.removeRequest(row.id)
  }

  /** Posts a word, in place of one that still waits: the latest says everything. Answers the envelope's id. */
  function post(did: string, word: Word): string {
    const before = tables.link(did)?.told_id
    if (before) outbox.settle(before, did)
    const sealed = seal({ key, clock }, { type: word.type, from: key.did, to: did, body: bodyOf(word) })
    outbox.post(sealed, did)
    return sealed.envelope.id
  }

  const nameOf = (did: string): string | undefined => {
    const peer = book.current(did)
    return peer?.alias ?? peer?.name ?? network.peer(did)?.name
  }

  function tellOfEntry(did: string, before: Relation, after: Relation, more: boolean) {
    const what =
      before.gives === undefined
        ? after.gives !== undefined && 'added'
        : after.gives === undefined
          ? 'removed'
          : (before.gives !== after.gives || more) && 'updated'
    if (!what) return
    const trust = after.gives === undefined ? {} : { trust_level: after.gives }
    events.emit(`friend.${what}`, undefined, { did, name: nameOf(did), ...trust, given_by: 'operator' })
  }

  function tellNews(did: string, news: NonNullable<Change['news']>, after: Relation, said: Word | undefined) {
    const { message, reason } = said ?? {}
    const words = { ...(message === undefined ? {} : { message }), ...(reason === undefined ? {} : { reason }) }
    const data = { did, name: nameOf(did), ...words }
    if (news === 'request') {
      const row = tables.pendingOf(did, 'in')
      events.emit('friend.request', undefined, { ...data, id: row?.id, trust_level: row?.trust_level })
    } else {
      const told = after.theirTrust === undefined ? {} : { their_trust: after.theirTrust }
      events.emit(`friend.${news}`, undefined, { ...data, ...told })
    }
  }

  function command(did: string, wanted: Command, more: PeerChanges & { name?: string } = {}): boolean {
    const before = relation(did)
    const change = decide(before, wanted, clock.now())
    if (change) apply(did, before, change, more)
    return change !== undefined
  }

  // Whoever else changes an entry (a stranger let in, the rule for owners): the peer is told of that too.
  book.onChange((known, after) => {
    const { did } = after
    if (changing === did || after.blocked_at !== undefined) return
    const [was, is] = [givesOf(known), givesOf(after)]
    const unblocked = known?.blocked_at !== undefined && is !== undefined
    if (was === is && !unblocked) return
    const before = relation(did, was)
    const wanted: Command = is === undefined ? { do: 'remove' } : { do: 'give', trust: is, ask: false }
    const change = was === is ? tell(before, clock.now()) : decide(before, wanted, clock.now())
    if (!change) return
    const { word, relation: next } = change
    keepLink(did, next, word && post(did, word))
    keepRequest(did, 'out', before, change)
    keepRequest(did, 'in', before, change, next.barReason)
    if (next.theirTrust !== after.their_trust) changePeer(did, { their_trust: next.theirTrust }, undefined)
  })

  return {
    relation,
    command,
    note(did, more) {
      const before = relation(did)
      apply(did, before, { relation: before, word: undefined, news: undefined }, more)
    },
    heard: (did, before, change, said) => apply(did, before, change, {}, said),
    progress({ id, peer, stage, reason }) {
      if (stage === 'sent' || stage === 'expired') return
      const link = tables.link(peer)
      if (link?.told_id !== id) return
      const before = relation(peer)
      if (stage !== 'failed') {
        keepLink(peer, confirm(before, link.revision), undefined)
        return
      }
      const refused = reason === 'too_soon' || reason === 'requests_full'
      if (refused) command(peer, { do: 'refused' })
      else if (reason === 'not_permitted') command(peer, { do: 'forgotten' })
    },
    async met(did) {
      if (!book.get(did)) return
      await database.write(() => {
        const link = tables.link(did)
        if (link?.told_id && outbox.find(link.told_id, did)) return
        const before = relation(did)
        const change = retell(before, clock.now())
        if (change) apply(did, before, change)
      })
    },
  }
}

const bodyOf = ({ type, trust, waits, ...rest }: Word): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries({ ...rest, waits: waits || undefined, trust_level: trust }).filter(
      ([, value]) => value !== undefined,
    ),
  )
