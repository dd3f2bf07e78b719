import type { Database } from '../../store/database.ts'
import { type ConversationRow, count, fresh, type HistoryRow, ofParty, type Party, sql } from './rows.ts'

/** Of one inbox, counted by conversation for a list: the latest of those who do not read are enough. */
const UNREAD_MAX = 5000

/** What messaging asks of conversations: their state, their history, and the search in their texts. */
export const conversationTables = (database: Database) => {
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
  const indexText = database.statement<{ position: number; text: string }>((value) =>
    sql.insertInto('message_text').values(fresh({ rowid: value('position'), text: value('text') })),
  )
  const insertUnindexed = database.statement<{ position: number }>((value) =>
    sql.insertInto('unindexed').values({ position: value('position') }),
  )
  // Asked for every match of an agent's search: compiled once.
  const partyTo = database.statement<{ did: string; inbox: string; position: number }, { position: number }>((value) =>
    sql
      .selectFrom('messages')
      .select('position')
      .where('position', '=', value('position'))
      .where((e) => ofParty(e, { did: value('did'), inbox: value('inbox') })),
  )

  return {
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
    /** The same, with what became of each message in an inbox. */
    historyFor(inbox: string, id: string, before: number, limit: number, party?: Party): HistoryRow[] {
      const query = sql
        .selectFrom('messages')
        .leftJoin('deliveries as mine', (join) =>
          join.onRef('mine.message', '=', 'messages.position').on('mine.inbox', '=', inbox),
        )
        .selectAll('messages')
        .select(['mine.position as delivery', 'mine.shown_at', 'mine.acknowledged_at'])
        .where('messages.conversation_id', '=', id)
        .where('messages.position', '<', before)
        .where('messages.held', '=', 0)
        .orderBy('messages.position', 'desc')
        .limit(limit)
      return database.all(party ? query.where((e) => ofParty(e as never, party) as never) : query)
    },
    /** How many of an inbox's messages were not shown, by conversation. */
    unreadByConversation(inbox: string): Map<string, number> {
      const unread = sql
        .selectFrom('deliveries')
        .select('message')
        .where('inbox', '=', inbox)
        .where('shown_at', 'is', null)
        .orderBy('position', 'desc')
        .limit(UNREAD_MAX)
        .as('unread')
      const rows = database.all(
        sql
          .selectFrom(unread)
          .innerJoin('messages', 'messages.position', 'unread.message')
          .select((e) => ['messages.conversation_id as id', e.fn.countAll().as('count')])
          .groupBy('messages.conversation_id'),
      )
      return new Map(rows.map((row) => [row.id, count(row)]))
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
          .where('messages.held', '=', 0)
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
        .where('messages.held', '=', 0)
        .where('message_text', '=', match)
        .limit(1)
      return database.first(party ? query.where((e) => ofParty(e, party)) : query) !== undefined
    },
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
  }
}
