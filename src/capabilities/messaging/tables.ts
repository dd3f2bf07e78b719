import type { ExpressionBuilder } from 'kysely'
import type { Trace } from '../../contract/envelope.ts'
import type { Database } from '../../store/database.ts'
import { sqlBuilder } from '../../store/database.ts'

export interface MessageRow {
  position: number
  id: string
  from_did: string
  to_did: string
  conversation_id: string
  sent_at: number
  received_at: number | null
  direction: 'in' | 'out' | 'local'
  /** 1 while a stranger's message waits for the operator. */
  held: number
  stage: string
  note: string | null
  reason: string | null
  /** JSON: the time (ms) at which each stage was reached. */
  times: string
  /** The signed envelope, byte for byte. */
  envelope: string
}

export interface DeliveryRow {
  position: number
  inbox: string
  message: number
  shown_at: number | null
  acknowledged_at: number | null
}

/** A delivery with its message: what an inbox shows. */
export type InboxRow = MessageRow & { delivery: number; shown_at: number | null; acknowledged_at: number | null }

export interface ConversationRow {
  id: string
  messages: number
  last_position: number
  agent_messages: number
  trace: string | null
  paused_at: number | null
}

export interface ConsumerRow {
  id: string
  inbox: string
  label: string
  position: number
  created_at: number
}

export type AgentTrace = Trace & { conversation_id: string }

/** An agent, as it appears in messages. */
export interface Party {
  did: string
  inbox: string
}

interface Tables {
  messages: MessageRow
  deliveries: DeliveryRow
  conversations: ConversationRow
  conversation_members: { inbox: string; conversation_id: string; last_position: number }
  consumers: ConsumerRow
  unindexed: { position: number }
  message_text: { rowid: number; text: string; message_text: string }
}

/** Marked as shown by one cursor at most: a page has 500. */
const SHOWN_AT_ONCE = 10_000
const sql = sqlBuilder<Tables>()
const fresh = (row: object) => row as never // the position is given by the table

/** Everything messaging asks of the database, each query under the name of what it answers. */
export const messagingTables = (database: Database) => {
  const insertMessage = database.statement<Omit<MessageRow, 'position'>>((value) =>
    sql.insertInto('messages').values(
      fresh({
        id: value('id'),
        from_did: value('from_did'),
        to_did: value('to_did'),
        conversation_id: value('conversation_id'),
        sent_at: value('sent_at'),
        received_at: value('received_at'),
        direction: value('direction'),
        held: value('held'),
        stage: value('stage'),
        note: value('note'),
        reason: value('reason'),
        times: value('times'),
        envelope: value('envelope'),
      }),
    ),
  )
  const indexText = database.statement<{ position: number; text: string }>((value) =>
    sql.insertInto('message_text').values(fresh({ rowid: value('position'), text: value('text') })),
  )
  const insertUnindexed = database.statement<{ position: number }>((value) =>
    sql.insertInto('unindexed').values({ position: value('position') }),
  )
  const insertDelivery = database.statement<{ inbox: string; message: number }>((value) =>
    sql.insertInto('deliveries').values(fresh({ inbox: value('inbox'), message: value('message') })),
  )
  const conversation = database.statement<{ id: string }, ConversationRow>((value) =>
    sql.selectFrom('conversations').selectAll().where('id', '=', value('id')),
  )
  const putConversation = database.statement<{
    id: string
    messages: number
    position: number
    agent_messages: number
    trace: string | null
    paused_at: number | null
  }>((value) => {
    const row = {
      messages: value('messages'),
      last_position: value('position'),
      agent_messages: value('agent_messages'),
      trace: value('trace'),
      paused_at: value('paused_at'),
    }
    return sql
      .insertInto('conversations')
      .values({ id: value('id'), ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
  })
  const putMember = database.statement<{ inbox: string; id: string; position: number }>((value) =>
    sql
      .insertInto('conversation_members')
      .values({ inbox: value('inbox'), conversation_id: value('id'), last_position: value('position') })
      .onConflict((conflict) =>
        conflict
          .columns(['inbox', 'conversation_id'])
          .doUpdateSet((e) => ({ last_position: e.fn('max', ['last_position', e.val(value('position'))]) })),
      ),
  )
  const ofId = database.statement<{ id: string }, MessageRow>((value) =>
    sql.selectFrom('messages').selectAll().where('id', '=', value('id')),
  )
  const setStage = database.statement<Pick<MessageRow, 'position' | 'stage' | 'note' | 'reason' | 'times'>>((value) =>
    sql
      .updateTable('messages')
      .set({ stage: value('stage'), note: value('note'), reason: value('reason'), times: value('times') })
      .where('position', '=', value('position')),
  )

  // Asked for every match of an agent's search: compiled once.
  const partyTo = database.statement<{ did: string; inbox: string; position: number }, { position: number }>((value) =>
    sql
      .selectFrom('messages')
      .select('position')
      .where('position', '=', value('position'))
      .where((e) => ofParty(e, { did: value('did'), inbox: value('inbox') })),
  )

  const inboxRows = () =>
    sql
      .selectFrom('deliveries')
      .innerJoin('messages', 'messages.position', 'deliveries.message')
      .selectAll('messages')
      .select(['deliveries.position as delivery', 'deliveries.shown_at', 'deliveries.acknowledged_at'])
  const of = (inbox: string) => inboxRows().where('deliveries.inbox', '=', inbox)
  const unshown = (inbox: string) => of(inbox).where('deliveries.shown_at', 'is', null)
  const forward = (query: ReturnType<typeof of>, limit: number): InboxRow[] =>
    database.all(query.orderBy('deliveries.position').limit(limit))
  const count = (row: { count: number | string | bigint } | undefined) => Number(row?.count ?? 0)

  return {
    insertMessage: (row: Omit<MessageRow, 'position'>) => insertMessage.run(row).lastId,
    indexText: (position: number, text: string) => indexText.run({ position, text }),
    insertUnindexed: (position: number) => insertUnindexed.run({ position }),
    /** Kept and not yet to be found by its words, oldest first. */
    unindexed: (limit: number) =>
      database.all(
        sql
          .selectFrom('unindexed')
          .innerJoin('messages', 'messages.position', 'unindexed.position')
          .select(['messages.position as position', 'messages.envelope as envelope'])
          .orderBy('unindexed.position')
          .limit(limit),
      ),
    removeUnindexed: (upTo: number) => database.run(sql.deleteFrom('unindexed').where('position', '<=', upTo)),
    insertDelivery: (inbox: string, message: number) => insertDelivery.run({ inbox, message }).lastId,
    setStage: setStage.run,
    /** All with this id: at most one of each sender. */
    ofId: (id: string) => ofId.all({ id }),
    held: (from?: string) => {
      const query = sql.selectFrom('messages').selectAll().where('held', '=', 1).orderBy('position')
      return database.all(from === undefined ? query : query.where((e) => fromNode(e, from)))
    },
    heldCount: (from?: string) => {
      const query = sql
        .selectFrom('messages')
        .select((e) => e.fn.countAll().as('count'))
        .where('held', '=', 1)
      return count(database.first(from === undefined ? query : query.where((e) => fromNode(e, from))))
    },
    release: (position: number) =>
      database.run(sql.updateTable('messages').set({ held: 0, note: null }).where('position', '=', position)),
    drop: (position: number) => database.run(sql.deleteFrom('messages').where('position', '=', position)),

    unread: (inbox: string, after: number, limit: number) =>
      forward(unshown(inbox).where('deliveries.position', '>', after), limit),
    following: (inbox: string, after: number, limit: number) =>
      forward(of(inbox).where('deliveries.position', '>', after), limit),
    latest: (inbox: string, before: number, limit: number): InboxRow[] =>
      database.all(
        of(inbox).where('deliveries.position', '<', before).orderBy('deliveries.position', 'desc').limit(limit),
      ),
    /** Not yet shown, up to and including a delivery's position. */
    unshown: (inbox: string, upTo: number) =>
      forward(unshown(inbox).where('deliveries.position', '<=', upTo), SHOWN_AT_ONCE),
    deliveryOf: (inbox: string, message: number): InboxRow | undefined =>
      database.first(of(inbox).where('deliveries.message', '=', message)),
    markShown: (position: number, at: number) =>
      database.run(sql.updateTable('deliveries').set({ shown_at: at }).where('position', '=', position)),
    markAcknowledged: (position: number, at: number) =>
      database.run(sql.updateTable('deliveries').set({ acknowledged_at: at }).where('position', '=', position)),
    unreadCount: (inbox: string) =>
      count(
        database.first(
          sql
            .selectFrom('deliveries')
            .select((e) => e.fn.countAll().as('count'))
            .where('inbox', '=', inbox)
            .where('shown_at', 'is', null),
        ),
      ),
    countAfter: (inbox: string, after: number) =>
      count(
        database.first(
          sql
            .selectFrom('deliveries')
            .select((e) => e.fn.countAll().as('count'))
            .where('inbox', '=', inbox)
            .where('position', '>', after),
        ),
      ),
    lastDelivery: (inbox: string) =>
      database.first(
        sql
          .selectFrom('deliveries')
          .select((e) => e.fn.max('position').as('position'))
          .where('inbox', '=', inbox),
      )?.position ?? 0,
    dropInbox(inbox: string) {
      database.run(sql.deleteFrom('deliveries').where('inbox', '=', inbox))
      database.run(sql.deleteFrom('consumers').where('inbox', '=', inbox))
      database.run(sql.deleteFrom('conversation_members').where('inbox', '=', inbox))
    },

    conversation: (id: string) => conversation.first({ id }),
    putConversation: putConversation.run,
    putMember: (inbox: string, id: string, position: number) => putMember.run({ inbox, id, position }),
    isMember: (inbox: string, id: string) =>
      database.first(
        sql
          .selectFrom('conversation_members')
          .select('inbox')
          .where('inbox', '=', inbox)
          .where('conversation_id', '=', id),
      ) !== undefined,
    conversations: (before: number, limit: number) =>
      database.all(
        sql
          .selectFrom('conversations')
          .selectAll()
          .where('last_position', '<', before)
          .orderBy('last_position', 'desc')
          .limit(limit),
      ),
    conversationsOf: (inbox: string, before: number, limit: number) =>
      database.all(
        sql
          .selectFrom('conversation_members as members')
          .innerJoin('conversations', 'conversations.id', 'members.conversation_id')
          .selectAll('conversations')
          .select('members.last_position as last_position')
          .where('members.inbox', '=', inbox)
          .where('members.last_position', '<', before)
          .orderBy('members.last_position', 'desc')
          .limit(limit),
      ),
    pausedCount: () =>
      count(
        database.first(
          sql
            .selectFrom('conversations')
            .select((e) => e.fn.countAll().as('count'))
            .where('paused_at', 'is not', null),
        ),
      ),
    /** Of one conversation, newest first; with `party`, only what that agent sent or was delivered. */
    history(id: string, before: number, limit: number, party?: Party) {
      const query = sql
        .selectFrom('messages')
        .selectAll()
        .where('conversation_id', '=', id)
        .where('position', '<', before)
        .where('held', '=', 0)
        .orderBy('position', 'desc')
        .limit(limit)
      return database.all(party ? query.where((e) => ofParty(e, party)) : query)
    },
    /** Whether that agent sent a message or was delivered it. */
    isParty: (party: Party, position: number) => partyTo.first({ ...party, position }) !== undefined,
    /** Conversation and position of messages whose text matches an FTS5 query, newest first. */
    search: (match: string, before: number, limit: number) =>
      database.all(
        sql
          .selectFrom('message_text')
          .innerJoin('messages', 'messages.position', 'message_text.rowid')
          .select(['messages.position as position', 'messages.conversation_id as conversation_id'])
          .where('message_text', '=', match)
          .where('message_text.rowid', '<', before)
          .orderBy('message_text.rowid', 'desc')
          .limit(limit),
      ),
    /** Whether a message at or after `since` in one conversation matches; with `party`, one of that agent's. */
    matchesSince(match: string, id: string, since: number, party?: Party) {
      const query = sql
        .selectFrom('messages')
        .innerJoin('message_text', 'message_text.rowid', 'messages.position')
        .select('messages.position')
        .where('messages.conversation_id', '=', id)
        .where('messages.position', '>=', since)
        .where('message_text', '=', match)
        .limit(1)
      return database.first(party ? query.where((e) => ofParty(e, party)) : query) !== undefined
    },

    insertConsumer: (row: ConsumerRow) => database.run(sql.insertInto('consumers').values(row)),
    consumers: (inbox: string) =>
      database.all(
        sql.selectFrom('consumers').selectAll().where('inbox', '=', inbox).orderBy('created_at').orderBy('label'),
      ),
    consumer: (inbox: string, id: string) =>
      database.first(sql.selectFrom('consumers').selectAll().where('inbox', '=', inbox).where('id', '=', id)),
    moveConsumer: (id: string, position: number) =>
      database.run(sql.updateTable('consumers').set({ position }).where('id', '=', id)),
    removeConsumer: (id: string) => database.run(sql.deleteFrom('consumers').where('id', '=', id)),
  }
}
export type MessagingTables = ReturnType<typeof messagingTables>

/** Sent by an agent, or delivered to it. */
const ofParty = (e: ExpressionBuilder<Tables, 'messages'>, { did, inbox }: Party) =>
  e.or([
    e('from_did', '=', did),
    e.exists(
      e
        .selectFrom('deliveries')
        .select('deliveries.position')
        .whereRef('deliveries.message', '=', 'messages.position')
        .where('deliveries.inbox', '=', inbox),
    ),
  ])

/** Sent by the node itself or one of its agents; a range, so that the index serves. `$` follows `#` in ASCII. */
const fromNode = (e: ExpressionBuilder<Tables, 'messages'>, node: string) =>
  e.or([e('from_did', '=', node), e.and([e('from_did', '>=', `${node}#`), e('from_did', '<', `${node}$`)])])
