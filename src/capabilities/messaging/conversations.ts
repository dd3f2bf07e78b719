import type { Actor } from '../../authority/may.ts'
import { rfc3339 } from '../../base/clock.ts'
import { AgoraError } from '../../base/errors.ts'
import type { Handlers } from '../../core/dispatch.ts'
import { agentInbox, OPERATOR_INBOX } from '../../core/events.ts'
import type { Output } from '../../operations.ts'
import { cursorOf, positionOf } from './cursors.ts'
import type { Mailbox } from './mailbox.ts'
import type { MessagingParts } from './parts.ts'
import type { ConversationRow, HistoryRow } from './rows.ts'
import { searchQuery } from './rules.ts'

type Names = 'conversations.list' | 'conversations.show' | 'conversations.resume'

/** Matches looked at for one page of search: a word that stands everywhere must not make it slow. */
const MATCHES_MAX = 500
/** Messages of a conversation, from the latest back, whose writers and readers, but for whoever asks, are told as its participants. */
const PARTICIPANTS_FROM = 20

export const inboxOfActor = (actor: Actor): string => (actor.kind === 'agent' ? agentInbox(actor.name) : OPERATOR_INBOX)

export function conversationHandlers(
  { database, directory, events, agents }: MessagingParts,
  mailbox: Mailbox,
): Pick<Handlers, Names> {
  const { tables } = mailbox
  const party = (actor: Actor) =>
    actor.kind === 'agent' ? { did: actor.did, inbox: agentInbox(actor.name) } : undefined

  /** `unread`: by conversation, when more than one is looked at. */
  function view(
    row: ConversationRow,
    actor: Actor,
    unread = tables.unreadByConversation(inboxOfActor(actor)),
  ): Output<'conversations.resume'> {
    const recent = tables.history(row.id, Number.MAX_SAFE_INTEGER, PARTICIPANTS_FROM, party(actor))
    const [last] = recent
    const self = 'did' in actor ? actor.did : undefined
    const others = new Set(
      recent.flatMap((message) => [message.from_did, message.to_did]).filter((did) => did !== self),
    )
    return {
      id: row.id,
      participants: [...others].map(directory.nameOf),
      parties: [...others].map((did) => ({ did, name: directory.nameOf(did) })),
      messages: row.messages,
      unread: unread.get(row.id) ?? 0,
      last_at: rfc3339(last?.sent_at ?? 0),
      ...(last ? { last: mailbox.view(last) } : {}),
      agent_messages: row.agent_messages,
      paused: row.paused_at !== null,
    }
  }

  function message(row: HistoryRow, actor: Actor): Output<'conversations.show'>['items'][number] {
    const mine = actor.kind === 'operator' || ('did' in actor && actor.did === row.from_did)
    return {
      ...mailbox.view(row),
      unread: row.delivery !== null && row.shown_at === null,
      // Of what stands in a log nobody is told how far it has come.
      ...(mine && row.direction !== 'in' && row.space === null ? { delivery: mailbox.delivery(row) } : {}),
    }
  }

  function find(id: string, actor: Actor): ConversationRow {
    const row = tables.conversation(id)
    const mine = party(actor)
    if (row && (!mine || tables.isMember(mine.inbox, id))) return row
    throw new AgoraError('not_found', 'id: there is no such conversation among yours.', { field: 'id' })
  }

  /** Conversations with a message that matches, the latest match first, and where to go on. */
  function search(
    query: string,
    before: number,
    limit: number,
    actor: Actor,
  ): { rows: ConversationRow[]; next: number | undefined } {
    const match = searchQuery(query)
    if (match === undefined) {
      throw new AgoraError('invalid_input', 'query: there is no word in it.', {
        field: 'query',
        hint: 'Give one or more words.',
      })
    }
    const mine = party(actor)
    const found = new Map<string, ConversationRow>()
    let position = before
    let looked = 0
    while (found.size < limit && looked < MATCHES_MAX) {
      const matches = tables.search(match, position, 200)
      for (const { conversation_id: id, position: at } of matches) {
        if (found.size >= limit) break
        position = at
        looked++
        // Only what an agent has seen, or a search would tell it what is said behind its back.
        if (found.has(id) || (mine && !tables.isParty(mine, at))) continue
        // A conversation is found where it matches last; pages before this one had it then.
        if (before !== Number.MAX_SAFE_INTEGER && tables.matchesSince(match, id, before, mine)) continue
        const row = tables.conversation(id)
        if (row) found.set(id, row)
      }
      if (matches.length < 200 && found.size < limit) return { rows: [...found.values()], next: undefined }
    }
    return { rows: [...found.values()], next: position }
  }

  return {
    'conversations.list': async ({ query, limit, cursor }, { actor }) => {
      const before = positionOf(cursor, Number.MAX_SAFE_INTEGER, 'back')
      if (query !== undefined) {
        await mailbox.searchable()
        const { rows, next } = search(query, before, limit, actor)
        const unread = tables.unreadByConversation(inboxOfActor(actor))
        return {
          items: rows.map((row) => view(row, actor, unread)),
          ...(next === undefined ? {} : { next_cursor: cursorOf(next, 'back') }),
        }
      }
      const mine = party(actor)
      const rows = mine ? tables.conversationsOf(mine.inbox, before, limit) : tables.conversations(before, limit)
      const last = rows.at(-1)
      const unread = tables.unreadByConversation(inboxOfActor(actor))
      return {
        // Of one with a blocked peer nothing is left to show.
        items: rows.map((row) => view(row, actor, unread)).filter((conversation) => conversation.last !== undefined),
        ...(last && rows.length === limit ? { next_cursor: cursorOf(last.last_position, 'back') } : {}),
      }
    },

    'conversations.show': ({ id, limit, cursor }, { actor }) => {
      const row = find(id, actor)
      const before = positionOf(cursor, Number.MAX_SAFE_INTEGER, 'back')
      const rows = tables.historyFor(inboxOfActor(actor), id, before, limit, party(actor))
      const last = rows.at(-1)
      return {
        conversation: view(row, actor),
        items: rows.map((found) => message(found, actor)),
        ...(last && rows.length === limit ? { next_cursor: cursorOf(last.position, 'back') } : {}),
      }
    },

    'conversations.resume': ({ id }, { actor }) =>
      database.write(() => {
        const { last_position: position, ...row } = find(id, actor)
        tables.putConversation({ ...row, position, agent_messages: 0, trace: null, paused_at: null })
        for (const name of agents.names()) {
          if (agents.trace(name)?.conversation_id === id) agents.setTrace(name, undefined)
        }
        events.emit('conversation.resumed', undefined, { conversation_id: id })
        return view(find(id, actor), actor)
      }),
  }
}
