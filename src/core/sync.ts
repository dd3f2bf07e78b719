import type { Clock } from '../base/clock.ts'
import {
  HAVE_BRANCHES_MAX,
  type LogEntries,
  type LogHave,
  type LogMessage,
  type LogWant,
} from '../contract/log-message.ts'
import type { MessagePort } from './network.ts'
import type { SpaceNews, Spaces } from './spaces.ts'
import { createAsking } from './sync/asking.ts'
import { createComings } from './sync/comings.ts'
import { createPeers, type Peer } from './sync/peers.ts'
import { createReceiver, type Received } from './sync/receiver.ts'
import { createSender, type Told } from './sync/sender.ts'
import { createStandings } from './sync/standing.ts'
import type { Telemetry } from './telemetry.ts'

export interface SyncParts {
  clock: Clock
  /** This node's DID. */
  self: string
  spaces: Spaces
  telemetry: Telemetry
  /** Whether a peer that is no member may have the log all the same: one that has the key of the project's owner. */
  mayRead?(space: string, did: string): boolean
  /** Whether the space came from a backup: who shows entries of this node that are not here is heard about it, member or not. */
  isRestored?(space: string): boolean
  /** A member that is to be connected to; called again whenever there is reason to. */
  seek?(did: string): void
  /** A member of no space any more. */
  unseek?(did: string): void
}

/** Keeps the logs of this node's spaces the same as those of the other members that are connected. */
export interface Sync extends MessagePort<LogMessage> {
  /** Opens all logs (within a write, for some may have to be folded anew) and looks for their members. */
  start(): void
  /** Who may read has changed for this peer: it showed whose node it is. */
  reconsider(did: string): void
  /**
   * Asks the connected members what they have, and resolves when all of that is here, or after at most `ms`; for what should not be written before one knows
   * what others did. Answers whether all of them answered.
   */
  synchronise(space: string, ms: number): Promise<boolean>
  /** Of a space: how many members are connected, and how many of those have not told yet, or told of entries of this node that are not here. */
  heard(space: string): { members: number; behind: number }
  /** Called when `heard` may be another now: of this space, or of any. */
  onHeard(listener: (space?: string) => void): void
  /** Resolves when nothing that was received is being handled, and nothing that can be sent now is unsent or not yet kept by its receiver. */
  idle(): Promise<void>
}

/** Missing parents of one space that one peer is asked for. */
const WANTED_MAX = 10_000
/** Branches that are told cost as much as one entry, so many of them. */
const BRANCHES_PER_ENTRY = 16

export function createSync({ clock, self, spaces, telemetry, mayRead, isRestored, seek, unseek }: SyncParts): Sync {
  const peers = createPeers(spaces.replica)
  const standings = createStandings(spaces, self, mayRead, (space, did) => peers.get(did)?.tellsOf.has(space) === true)
  const beginEntries = createReceiver({
    clock,
    spaces,
    telemetry,
    isMember: standings.isMember,
    onHere,
    onMissing,
  })
  const comings = createComings({
    ...{ spaces, self },
    onCome(did, space) {
      const peer = peers.get(did)
      if (peer?.sender) peers.ask(peer, space)
      else seek?.(did)
    },
    onGone(did, space) {
      const peer = peers.get(did)
      peer?.spaces.get(space)?.known.catchUp()
      peer?.sender?.wake(space)
    },
    seek: (did) => seek?.(did),
    unseek: (did) => unseek?.(did),
  })
  const asking = createAsking(clock, (space, did) => {
    const peer = peers.get(did)
    const of = peer?.spaces.get(space)
    return !peer?.sender || (of !== undefined && !of.isAsked && !of.known.hasStrange())
  })
  const idleWaiters: (() => void)[] = []
  const heardListeners: ((space?: string) => void)[] = []
  let busy = 0

  /** What somebody told or was told may be what others wait for. */
  function look(space?: string): void {
    asking.look(space)
    for (const listener of heardListeners) listener(space)
  }

  // ---- what goes out -------------------------------------------------------------------------------------------

  function haveNow(peer: Peer, space: string): Told | undefined {
    const standing = standings.of(space, peer.did)
    if (standing !== 'member' && standing !== 'teller') return undefined
    const of = peers.within(peer, space)
    of.wasTold = true
    const branches = standing === 'member' ? spaces.replica(space).branches().slice(0, HAVE_BRANCHES_MAX) : []
    return {
      branches: branches.map(({ node, seq, id }) => [node, seq, id]),
      ask: of.isAsked || !of.known.isTold,
      again: of.isAsked,
    }
  }

  function entriesNow(peer: Peer, space: string) {
    const standing = standings.of(space, peer.did)
    const known = peer.spaces.get(space)?.known
    if (!standing || standing === 'teller' || !known) return []
    return known.next(standing === 'member' ? undefined : standing.until)
  }

  const linked = (space: string): Peer[] =>
    standings.members(space, peers.all()).filter(({ sender }) => sender !== undefined)

  /** Who may read though it is no member may know nothing of the space yet, and then tells nothing. */
  function linkedMembers(space: string): Peer[] {
    const isJoining = spaces.info(space)?.status === 'joining'
    return linked(space).filter(({ did }) => isJoining || spaces.members(space).has(did))
  }

  // ---- what came into a log ------------------------------------------------------------------------------------

  function onCommitted({ space, added, forks, from }: SpaceNews): void {
    // Who came is told what is here, and who went what ended it.
    comings.look(space)
    const bringer = from === undefined ? undefined : peers.get(from)
    for (const entry of added) if (bringer) peers.within(bringer, space).known.note(entry)
    for (const peer of linked(space)) {
      if (peer !== bringer && peer.spaces.get(space)?.known.offer(added)) peer.sender?.wake(space)
    }
    for (const { node, id, seq } of forks) {
      telemetry.log.warn({ space, node, id, seq, from }, 'a node wrote two entries where one should follow the other')
    }
    look(space)
  }

  function greet(peer: Peer): void {
    for (const { id, status } of spaces.list()) {
      if (status === 'removed' || !standings.isMember(id, peer.did)) continue
      if (!peer.spaces.get(id)?.wasTold) peer.sender?.have(id)
    }
  }

  // ---- what comes in -------------------------------------------------------------------------------------------

  const ignore = () => telemetry.count('frames_ignored', { what: 'space' })

  function takeHave(did: string, { spaces: told, ask: isAsked = false, again = false }: LogHave): void {
    for (const { space, branches } of told) {
      if (isRestored?.(space) && knowsMore(space, branches)) peers.of(did).tellsOf.add(space)
      const standing = standings.of(space, did)
      if (!standing) {
        ignore()
        continue
      }
      const peer = peers.of(did)
      const of = peers.within(peer, space)
      of.known.told(
        branches.map(([node, seq, id]) => ({ node, seq, id })),
        again || of.isAsked,
      )
      of.isAsked = false
      peer.sender?.wake(space)
      // What crosses this on its way need not be said again, unless it might come before the other forgets what it believed.
      const isOwed = again || !of.wasTold || (isAsked && !peer.sender?.isTelling(space))
      if ((standing === 'member' || standing === 'teller') && isOwed) peer.sender?.have(space)
      look(space)
    }
  }

  /** It has entries of this node that this node has not. */
  const knowsMore = (space: string, branches: LogHave['spaces'][number]['branches']): boolean =>
    branches.some(([node, , id]) => node === self && spaces.replica(space).get(id) === undefined)

  function takeWant(did: string, { space, ids }: LogWant): void {
    if (standings.of(space, did) !== 'member') {
      ignore()
      return
    }
    const peer = peers.of(did)
    peers.within(peer, space).known.want(ids)
    peer.sender?.wake(space)
  }

  /** The peer has what it sent, and all that is in the past of it. */
  function onHere(space: string, did: string, ids: readonly string[]): void {
    const of = peers.within(peers.of(did), space)
    const replica = spaces.replica(space)
    for (const id of ids) {
      const entry = replica.get(id)
      if (entry) of.known.note(entry)
      of.wanted.delete(id)
    }
  }

  function onMissing(space: string, did: string, missing: readonly string[]): void {
    const peer = peers.of(did)
    const of = peers.within(peer, space)
    if (!peer.sender) return
    const ids = missing.filter((id) => !of.wanted.has(id))
    if (of.wanted.size + ids.length > WANTED_MAX) of.wanted.clear()
    for (const id of ids) of.wanted.add(id)
    if (ids.length > 0) peer.sender.want(space, ids)
  }

  function take(did: string, message: LogHave | LogWant): Received {
    if (message.type === 'log.want') {
      takeWant(did, message)
      return { cost: message.ids.length, close: false }
    }
    takeHave(did, message)
    const costs = message.spaces.map(({ branches }) => 1 + branches.length / BRANCHES_PER_ENTRY)
    return { cost: costs.reduce((sum, one) => sum + one, 0), close: false }
  }

  function begin(did: string, messages: LogMessage[]): () => Promise<Received> {
    const steps: (() => Received | Promise<Received>)[] = []
    for (let at = 0; at < messages.length; ) {
      const message = messages[at] as LogMessage
      if (message.type !== 'log.entries') {
        steps.push(() => take(did, message))
        at++
        continue
      }
      const end = messages.findIndex(({ type }, index) => index > at && type !== 'log.entries')
      const run = messages.slice(at, end < 0 ? messages.length : end) as LogEntries[]
      steps.push(beginEntries(did, run))
      at += run.length
    }
    return () => handle(steps)
  }

  async function handle(steps: (() => Received | Promise<Received>)[]): Promise<Received> {
    const all: Received = { cost: 0, close: false }
    busy++
    try {
      for (const step of steps) {
        const { cost, close } = await step()
        all.cost += cost
        all.close ||= close
      }
      return all
    } finally {
      busy--
      settleIdle()
    }
  }

  // ---- waiting -------------------------------------------------------------------------------------------------

  function settleIdle(): void {
    if (idleWaiters.length === 0 || busy > 0 || [...peers.all()].some(({ sender }) => sender?.isBusy())) return
    for (const resolve of idleWaiters.splice(0)) resolve()
  }

  spaces.onCommitted(onCommitted)
  spaces.onJoining(comings.join)

  return {
    start: comings.start,
    reconsider(did) {
      const peer = peers.get(did)
      if (peer?.sender) greet(peer)
    },
    receive: async (did, messages) => begin(did, messages)(),
    begin,
    linkUp(did, link) {
      const peer = peers.of(did)
      peer.link = link
      peer.sender = createSender({
        link,
        telemetry,
        have: (space) => haveNow(peer, space),
        entries: (space) => entriesNow(peer, space),
        onRest: settleIdle,
      })
      greet(peer)
      // It may have told what it has before this side was ready.
      for (const space of peer.spaces.keys()) peer.sender.wake(space)
      look()
    },
    linkAcknowledged(did, link, messages) {
      const peer = peers.get(did)
      if (peer?.link === link) peer.sender?.acknowledged(messages)
    },
    linkDown(did, link) {
      const peer = peers.get(did)
      if (peer?.link !== link) return
      peer.sender?.stop()
      peers.forget(did)
      look()
      settleIdle()
    },
    heard(space) {
      const members = linkedMembers(space)
      const hasTold = ({ spaces }: Peer): boolean => {
        const of = spaces.get(space)
        return of?.known.isTold === true && !of.isAsked && !of.known.hasStrange(self)
      }
      return { members: members.length, behind: members.filter((peer) => !hasTold(peer)).length }
    },
    onHeard: (listener) => void heardListeners.push(listener),
    synchronise(space, ms) {
      const asked = linkedMembers(space)
      for (const peer of asked) peers.ask(peer, space)
      return asking.wait(
        space,
        asked.map(({ did }) => did),
        ms,
      )
    },
    idle: () =>
      new Promise((resolve) => {
        idleWaiters.push(resolve)
        settleIdle()
      }),
  }
}
