import type { TrustLevel } from '../../authority/trust.ts'
import { type Clock, rfc3339 } from '../../base/clock.ts'
import { AgoraError, messageOf } from '../../base/errors.ts'
import type { Alerts } from '../../core/alerts.ts'
import type { Directory } from '../../core/directory.ts'
import type { Askings, Handlers } from '../../core/dispatch.ts'
import type { Events } from '../../core/events.ts'
import type { WireHandler } from '../../core/inbound.ts'
import type { ConnectedPeer, Network } from '../../core/network.ts'
import type { Outbox } from '../../core/outbox.ts'
import type { KnownPeer, PeerBook, PeerChanges } from '../../core/peer-book.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import type { NodeKey } from '../../identity/signing.ts'
import { verifyCode } from '../../identity/verify-code.ts'
import type { Output, Parsed } from '../../operations.ts'
import type { Database } from '../../store/database.ts'
import { type FriendOperation, friendAskings } from './askings.ts'
import { createFinding } from './finding.ts'
import { createLinks } from './links.ts'
import { nameWatch } from './name-watch.ts'
import { friendsWire } from './receive.ts'
import { DEFAULT_TRUST } from './rules.ts'
import type { Friend } from './schema.ts'
import { friendTables, type RequestRow } from './tables.ts'
import { friendViews } from './views.ts'

export interface FriendParts {
  clock: Clock
  key: NodeKey
  self: { did: string; name: string }
  database: Database
  book: PeerBook
  outbox: Outbox
  events: Events
  directory: Directory
  network: Pick<Network, 'peer'>
  telemetry: Telemetry
  alerts: Alerts
  /** Within a write: what a peer sent is hidden, or shown again. */
  mail: { hide(did: string): void; unhide(did: string): void }
}

export interface Friends {
  handlers: Pick<Handlers, FriendOperation>
  askings: Pick<Askings, Extract<FriendOperation, keyof Askings>>
  wire: WireHandler[]
  /** Who is connected now is told again what it may not have heard of being friends, and the operator whose name it claims. */
  onPeer(change: string, peer: ConnectedPeer): void
  /** Requests that wait for this node's answer. */
  requestCount(): number
}

export function createFriends(parts: FriendParts): Friends {
  const { clock, self, database, book, outbox, events, directory, network, telemetry, mail } = parts
  const tables = friendTables(database)
  const links = createLinks({ ...parts, tables })
  const find = createFinding({ ...parts, tables })
  const view = friendViews({ directory, network, tables })
  const watch = nameWatch(parts)
  outbox.onProgress(links.progress)

  const friendOf = (did: string): Friend => view.friend(book.get(did) as KnownPeer)
  const nameNow = (did: string) => network.peer(did)?.name

  /** Whom `friends.add` means: by DID anyone, by name a peer that is known or connected. */
  function newFriend({ name, did }: Pick<Parsed<'friends.add'>, 'name' | 'did'>): { did: string; called?: string } {
    if (did !== undefined) {
      const called = name === undefined ? {} : { called: find.checkName(name) }
      return { did: find.notBlocked(find.did(did, 'did'), 'did'), ...called }
    }
    if (name !== undefined) return { did: find.notBlocked(find.node(name, 'name'), 'name') }
    throw new AgoraError('invalid_input', 'name: give the name of a peer, or the DID of anyone.', { field: 'name' })
  }

  /** Entries the operator makes are its own from then on, whoever had made them. */
  const owned = (peer: KnownPeer | undefined): PeerChanges =>
    peer?.given_by === 'owner' ? { given_by: 'operator' } : {}

  async function verification(did: string): Promise<Output<'friends.code'>> {
    const verified_at = book.get(did)?.verified_at
    return {
      name: directory.nameOf(did),
      did,
      code: await verifyCode(self.did, did),
      verified: verified_at !== undefined,
      ...(verified_at === undefined ? {} : { verified_at: rfc3339(verified_at) }),
    }
  }

  function latestRequest(did: string): RequestRow {
    const row = tables.requests({}).find((one) => one.did === did)
    if (row) return row
    throw new AgoraError('internal', `No request is kept of ${did}.`)
  }

  const blockedView = (peer: KnownPeer): Output<'friends.block'> => ({
    did: peer.did,
    name: directory.nameOf(peer.did),
    blocked_at: rfc3339(peer.blocked_at ?? 0),
  })

  const handlers: Friends['handlers'] = {
    'friends.list': () => ({
      items: book
        .friends()
        .map(view.friend)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    }),

    'friends.show': ({ name }) => view.friend(find.friend(name)),

    'friends.add': async ({ trust_level, alias, notes, message, ...who }) => {
      const { did, called } = newFriend(who)
      if (alias !== undefined) find.checkAlias(alias, did)
      await database.write(() => {
        const before = book.current(did)
        const trust = trust_level ?? (before?.friend_since === undefined ? DEFAULT_TRUST : before.trust)
        links.command(
          did,
          { do: 'give', trust, ask: true, message },
          {
            ...owned(before),
            ...(alias === undefined ? {} : { alias }),
            ...(notes === undefined ? {} : { notes }),
            ...(called === undefined ? {} : { name: called }),
          },
        )
      })
      return friendOf(did)
    },

    'friends.update': async ({ name, trust_level, alias, notes }) => {
      const { did } = find.friend(name)
      if (alias) find.checkAlias(alias, did)
      await database.write(() => {
        const before = book.current(did)
        const more: PeerChanges = {
          ...(trust_level === undefined ? {} : owned(before)),
          ...(alias === undefined ? {} : { alias: alias ?? undefined }),
          ...(notes === undefined ? {} : { notes: notes ?? undefined }),
        }
        if (trust_level === undefined) links.note(did, more)
        else links.command(did, { do: 'give', trust: trust_level, ask: false }, more)
      })
      return friendOf(did)
    },

    'friends.remove': async ({ name, reason }) => {
      const did = find.node(name, 'name')
      const shown = directory.nameOf(did)
      if (await database.write(() => links.command(did, { do: 'remove', reason }))) return { removed: shown, did }
      throw new AgoraError('not_found', `name: ${JSON.stringify(name)} is no friend, and has not been asked.`, {
        field: 'name',
        hint: '`agora friends` lists them.',
      })
    },

    'friends.code': ({ name }) => verification(find.node(name, 'name')),

    'friends.verify': async ({ name, verified }) => {
      const { did } = find.friend(name)
      await database.write(() => {
        book.change(did, { verified_at: verified ? clock.now() : undefined })
        events.emit('friend.verified', undefined, { did, name: directory.nameOf(did), verified })
      })
      return verification(did)
    },

    'friends.block': async ({ name }) => {
      const did = find.node(name, 'name')
      await database.write(() => {
        if (book.current(did)?.blocked_at !== undefined) return
        outbox.abandon(did, 'blocked')
        mail.hide(did)
        book.change(did, { blocked_at: clock.now() }, nameNow(did))
        events.emit('friend.blocked', undefined, { did, name: directory.nameOf(did) })
      })
      return blockedView(book.get(did) as KnownPeer)
    },

    'friends.unblock': async ({ name }) => {
      const { did } = find.blocked(name)
      await database.write(() => {
        mail.unhide(did)
        book.change(did, { blocked_at: undefined })
        events.emit('friend.unblocked', undefined, { did, name: directory.nameOf(did) })
      })
      return { unblocked: directory.nameOf(did), did }
    },

    'friends.blocked': () => ({ items: book.listBlocked().map(blockedView) }),

    'friend_requests.list': ({ status, direction }) => ({
      items: tables
        .requests({ ...(status === 'all' ? {} : { status }), ...(direction === undefined ? {} : { direction }) })
        .filter(({ did }) => !book.isBlocked(did))
        .map(view.request),
    }),

    'friend_requests.send': async ({ peer_name, trust_level, message }) => {
      const did = find.notBlocked(find.node(peer_name, 'peer_name'), 'peer_name')
      await database.write(() => {
        const peer = book.current(did)
        if (peer?.friend_since !== undefined && peer.their_trust !== undefined) {
          throw new AgoraError('already_exists', `peer_name: ${directory.nameOf(did)} and this node are friends.`, {
            field: 'peer_name',
          })
        }
        links.command(did, { do: 'ask', offer: trust_level ?? peer?.trust ?? DEFAULT_TRUST, message })
      })
      return view.request(latestRequest(did))
    },

    'friend_requests.accept': async ({ id, trust_level, message }) => {
      const { did } = find.asked(id)
      await database.write(() => {
        const before = book.current(did)
        const given = before?.friend_since === undefined ? undefined : before.trust
        const trust: TrustLevel = trust_level ?? given ?? DEFAULT_TRUST
        links.command(did, { do: 'accept', trust, message }, owned(before))
      })
      return friendOf(did)
    },

    'friend_requests.reject': async ({ id, reason }) => {
      const row = find.asked(id)
      await database.write(() => links.command(row.did, { do: 'reject', reason }))
      return view.request(tables.request(row.id) ?? row)
    },
  }

  return {
    handlers,
    askings: friendAskings({ find, directory, newFriend }),
    wire: friendsWire({ clock, self: self.did, links, tables }),
    onPeer: (change, peer) =>
      void Promise.all([change !== 'disconnected' && watch(peer), change === 'connected' && links.met(peer.did)]).catch(
        (error) => telemetry.log.warn({ did: peer.did, error: messageOf(error) }, 'a friend could not be told'),
      ),
    requestCount: () => tables.pendingCount('in'),
  }
}
