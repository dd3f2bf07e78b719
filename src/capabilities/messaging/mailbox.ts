import { rfc3339 } from '../../base/clock.ts'
import { agentDid, nodeOf, parseDid } from '../../base/did.ts'
import { learn } from '../../contract/progress.ts'
import type { Receipt } from '../../contract/receipt.ts'
import { grantPeer } from '../../core/dispatch.ts'
import { agentInbox, agentOfInbox, inboxOf, OPERATOR_INBOX } from '../../core/events.ts'
import type { Progress } from '../../core/outbox.ts'
import type { KnownPeer } from '../../core/peer-book.ts'
import { postReceipts } from '../../core/receipts.ts'
import { createWaiters } from '../../core/waiters.ts'
import { messageViews, parse, standing } from './message-views.ts'
import type { MessagingParts } from './parts.ts'
import type { InboxRow, MessageRow, OutgoingRow } from './rows.ts'
import { hear, type Turn } from './rules.ts'
import { createSearchIndex } from './search-index.ts'
import { messagingTables } from './tables.ts'
import { unreadCounts } from './unread-counts.ts'

export type Spoken = Exclude<Turn, { refused: unknown }>

/** Messages, inboxes and stages: what sending, receiving and reading have in common. Functions that change something run within a write. */
export function createMailbox(parts: MessagingParts) {
  const { clock, key, database, events, outbox, book, directory, agents } = parts
  const tables = messagingTables(database)
  const searchIndex = createSearchIndex({ clock, database, tables, log: parts.telemetry.log })
  const arrivals = createWaiters(clock)
  const stageChanges = createWaiters(clock)
  const listeners: ((row: MessageRow, inboxes: string[]) => void)[] = []
  const unread = unreadCounts(database, tables.unreadCount)

  const views = messageViews(parts)

  /** Where mail to a DID of this node goes; empty when it has no such agent. */
  function inboxesFor(to: string, from: string): string[] {
    const { agent } = parseDid(to)
    if (agent !== undefined) return agents.has(agent) ? [agentInbox(agent)] : []
    const favourite = agents.defaultAgent()
    return favourite === undefined || agentDid(key.did, favourite) === from
      ? [OPERATOR_INBOX]
      : [OPERATOR_INBOX, agentInbox(favourite)]
  }

  /** Puts a kept message into its conversation, the search index and the inboxes it is for. */
  function enter(row: MessageRow, spoken: Spoken, inboxes: string[]): void {
    const before = tables.conversation(row.conversation_id)
    // Its words are found in its log.
    if (row.space === null) searchIndex.add(row.position)
    tables.putConversation({
      id: row.conversation_id,
      messages: (before?.messages ?? 0) + 1,
      // A stranger's message that is accepted later has a place of its own, before what was said meanwhile.
      position: Math.max(before?.last_position ?? 0, row.position),
      agent_messages: spoken.agentMessages,
      trace: JSON.stringify(spoken.trace),
      paused_at: spoken.paused ? (before?.paused_at ?? clock.now()) : null,
    })
    const writer = row.direction === 'in' ? undefined : inboxOf(row.from_did)
    for (const inbox of new Set([...(writer === undefined ? [] : [writer]), ...inboxes])) {
      if (inbox !== OPERATOR_INBOX) tables.putMember(inbox, row.conversation_id, row.position)
    }
    for (const listener of listeners) listener(row, inboxes)
    for (const inbox of inboxes) {
      tables.insertDelivery(inbox, row.position)
      unread.change(inbox, 1)
      events.emit('message.received', inbox, {
        id: row.id,
        conversation_id: row.conversation_id,
        from: row.from_did,
        from_name: directory.nameOf(row.from_did),
        to: row.to_did,
      })
      database.afterCommit(() => arrivals.wake(inbox))
    }
    if (inboxes.length === 0) {
      events.emit('message.sent', writer, { id: row.id, conversation_id: row.conversation_id, to: row.to_did })
    }
  }

  const talk = (conversationId: string) => {
    const row = tables.conversation(conversationId)
    return {
      agentMessages: row?.agent_messages ?? 0,
      trace: row?.trace ? JSON.parse(row.trace) : undefined,
      paused: row !== undefined && row.paused_at !== null,
    }
  }

  /** Writes down what was learned of a message this node sent, if that moves it forward. */
  function advance(row: OutgoingRow, { reason, ...learned }: Omit<Progress, 'id' | 'peer'>): void {
    const next = learn(standing(row), learned)
    if (!next) return
    const { stage, note } = next
    tables.setStage({
      position: row.position,
      stage,
      note,
      reason: reason ?? null,
      times: JSON.stringify(next.times),
    })
    events.emit('message.stage', inboxOf(row.from_did), {
      id: row.id,
      to: row.to_did,
      stage,
      ...(note === null ? {} : { note }),
      ...(reason === undefined ? {} : { reason }),
    })
    database.afterCommit(() => stageChanges.wake(row.id))
  }

  function progress(learned: Progress): void {
    if (learned.stage === 'sent') {
      stageChanges.wake(learned.id)
      const sent = tables.outgoing(learned.id).find((message) => nodeOf(message.to_did) === learned.peer)
      // That it was sent is known to the outbox alone, and so told in passing.
      if (sent) events.pass('message.stage', inboxOf(sent.from_did), { id: sent.id, to: sent.to_did, stage: 'sent' })
      return
    }
    const row = tables.outgoing(learned.id).find((message) => nodeOf(message.to_did) === learned.peer)
    if (row) advance(row, learned)
  }

  /** Tells the senders of these messages what became of them here: by receipt to other nodes, directly on this one. */
  function report(
    rows: MessageRow[],
    stage: 'stored' | 'shown' | 'acknowledged',
    { at = clock.now(), note }: { at?: number; note?: string } = {},
  ): void {
    const receipts = new Map<string, Receipt[]>()
    for (const row of rows) {
      // Nobody waits to be told of what was said to many.
      if (row.space !== null) continue
      if (row.direction !== 'in') {
        advance(row, { stage, at, note })
        continue
      }
      const peer = nodeOf(row.from_did)
      if (stage === 'shown' && !mayBeToldShown(peer)) continue
      const list = receipts.get(peer) ?? []
      receipts.set(peer, list)
      list.push({ id: row.id, stage, at: rfc3339(at), ...(note === undefined ? {} : { note }) })
    }
    for (const [peer, list] of receipts) postReceipts({ key, clock, outbox }, peer, list)
  }

  /** It tells when somebody is there: not everybody is told, and the operator may tell fewer. */
  function mayBeToldShown(peer: string): boolean {
    const trust = book.trust(peer)
    return trust >= parts.shownTrust() && grantPeer(peer, trust, ['receipt.shown']) !== undefined
  }

  /** Marks mail as shown to the reader of `inbox`. */
  function show(inbox: string, rows: InboxRow[]): void {
    const fresh = rows.filter((row) => row.shown_at === null)
    const last = fresh.at(-1)
    if (!last) return
    for (const row of fresh) tables.markShown(row.delivery, clock.now())
    unread.change(inbox, -fresh.length)
    report(fresh, 'shown')
    events.emit('inbox.read', inbox, { count: fresh.length })
    const agent = agentOfInbox(inbox)
    if (agent === undefined) return
    const { trace, id } = parse(last)
    agents.setTrace(agent, { ...(trace ?? { id, hops: 0 }), conversation_id: last.conversation_id })
  }

  /** Delivers a message that was kept. */
  function take(row: MessageRow, inboxes: string[]): void {
    const { trace } = parse(row)
    const speaker = nodeOf(row.from_did) === row.from_did ? 'person' : 'agent'
    enter(row, hear(speaker, row.id, talk(row.conversation_id), trace), inboxes)
  }

  /** Delivers what a stranger sent and what waited for the operator. */
  function letIn(did: string): void {
    const rows = tables.held(did)
    for (const row of rows) {
      tables.release(row.position)
      const inboxes = inboxesFor(row.to_did, row.from_did)
      // Written for an agent that is not here: the operator, who let the stranger in, keeps it.
      take(row, inboxes.length > 0 ? inboxes : inboxesFor(nodeOf(row.to_did), row.from_did))
    }
    // Their senders were told that it waits; now it does not.
    report(rows, 'stored')
  }

  const mayEnter = (peer: KnownPeer | undefined) =>
    peer?.blocked_at === undefined && grantPeer(peer?.did ?? '', peer?.trust ?? 0, ['message.deliver']) !== undefined
  // Whatever gave the trust: the operator by letting in or befriending, or the rule for nodes of one owner.
  book.onChange((before, after) => {
    if (!mayEnter(before) && mayEnter(after)) letIn(after.did)
  })

  return {
    tables,
    take,
    letIn,
    unread: unread.of,
    inboxesFor,
    view: views.message,
    delivery: views.delivery,
    enter,
    talk,
    advance,
    progress,
    show,
    report,
    isUnread: (inbox: string, position: number): boolean => tables.deliveryOf(inbox, position)?.shown_at === null,
    /** Entries of this type are shown by it. */
    readsSaid: views.readsSaid,
    said: views.said,
    /** What a message says. */
    text: (position: number) => views.text(tables.at(position)),
    /** Within a write: notes on what was stored, for who sent it. */
    note(positions: number[], note: string, at: number): void {
      report(
        positions.flatMap((position) => tables.at(position) ?? []),
        'stored',
        { at, note },
      )
    },
    /** Calls `listener` within the write that puts a message into inboxes. */
    onDelivered: (listener: (row: MessageRow, inboxes: string[]) => void) => void listeners.push(listener),
    /** Marks everything up to a delivery's position as shown. */
    showUpTo(inbox: string, position: number): void {
      for (let rows = tables.unshown(inbox, position); rows.length > 0; rows = tables.unshown(inbox, position)) {
        show(inbox, rows)
      }
    },
    acknowledge(inbox: string, row: InboxRow): void {
      show(inbox, [row])
      if (row.acknowledged_at !== null) return
      tables.markAcknowledged(row.delivery, clock.now())
      // Read again, for the time at which it was shown.
      report([tables.deliveryOf(inbox, row.position) ?? row], 'acknowledged')
    },
    dropInbox(inbox: string): void {
      tables.dropInbox(inbox)
      unread.forget(inbox)
    },
    /** What a peer sent is not shown while it is blocked. */
    hide(did: string): void {
      tables.hide(did)
      unread.forget()
    },
    unhide(did: string): void {
      tables.unhide(did)
      unread.forget()
    },
    /** Resolves when every message kept so far can be found by its words. */
    searchable: searchIndex.ready,
    waitForMail: arrivals.wait,
    waitForStage: stageChanges.wait,
  }
}
export type Mailbox = ReturnType<typeof createMailbox>
