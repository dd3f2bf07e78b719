import { sql as literal, type RawBuilder } from 'kysely'
import type { Database } from '../../store/database.ts'
import { conversationTables } from './conversation-tables.ts'
import {
  type ConsumerRow,
  count,
  fresh,
  fromNode,
  type InboxRow,
  type MessageRow,
  type OutgoingRow,
  sql,
} from './rows.ts'

/** Rows marked as shown at a time. */
const SHOWN_AT_ONCE = 10_000

/** In front of the inbox, and added to `held`, of what a blocked peer sent. */
const HIDDEN = 'blocked:'
const HELD_HIDDEN = 2

/** Which messages of a peer; word for word as the indexes over their senders have it, or they would not be used. */
const IS_SHOWN = literal<boolean>`direction = 'in' AND held = 0`
const IS_HELD = literal<boolean>`held = 1`
const IS_HIDDEN = literal<boolean>`held > 1`

const sent = (did: string, which: RawBuilder<boolean>) =>
  sql
    .selectFrom('messages')
    .select('position')
    .where((e) => fromNode(e, did))
    .where(which)

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
        space: value('space'),
      }),
    ),
  )
  const insertDelivery = database.statement<{ inbox: string; message: number }>((value) =>
    sql.insertInto('deliveries').values(fresh({ inbox: value('inbox'), message: value('message') })),
  )
  const ofId = database.statement<{ id: string }, MessageRow>((value) =>
    sql.selectFrom('messages').selectAll().where('id', '=', value('id')),
  )
  const outgoing = database.statement<{ id: string }, OutgoingRow>((value) =>
    sql
      .selectFrom('messages')
      .select(['position', 'id', 'from_did', 'to_did', 'stage', 'note', 'times'])
      .where('id', '=', value('id'))
      .where('direction', '=', 'out'),
  )
  const standing = database.statement<{ position: number }, Pick<MessageRow, 'stage' | 'note' | 'reason' | 'times'>>(
    (value) =>
      sql.selectFrom('messages').select(['stage', 'note', 'reason', 'times']).where('position', '=', value('position')),
  )
  const setStage = database.statement<Pick<MessageRow, 'position' | 'stage' | 'note' | 'reason' | 'times'>>((value) =>
    sql
      .updateTable('messages')
      .set({ stage: value('stage'), note: value('note'), reason: value('reason'), times: value('times') })
      .where('position', '=', value('position')),
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

  const deliveryCount = (inbox: string) =>
    sql
      .selectFrom('deliveries')
      .select((e) => e.fn.countAll().as('count'))
      .where('inbox', '=', inbox)

  return {
    ...conversationTables(database),
    /** Answers the row, with its position. */
    insertMessage(row: Omit<MessageRow, 'position' | 'space'> & { space?: string }): MessageRow {
      const whole = { ...row, space: row.space ?? null }
      return { ...whole, position: insertMessage.run(whole).lastId }
    },
    insertDelivery: (inbox: string, message: number) => insertDelivery.run({ inbox, message }).lastId,
    setStage: setStage.run,
    /** All with this id: at most one of each sender. */
    ofId: (id: string) => ofId.all({ id }),
    /** Those of them that went to other nodes. */
    outgoing: (id: string) => outgoing.all({ id }),
    /** How far a message has come by now. */
    standing: (position: number) => standing.first({ position }),
    at: (position: number): MessageRow | undefined =>
      database.first(sql.selectFrom('messages').selectAll().where('position', '=', position)),
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

    /** What a node sent goes where no reader looks; `held` says that, and whether it had waited for the operator. */
    hide(did: string) {
      database.run(
        sql
          .updateTable('deliveries')
          .set((e) => ({ inbox: e(e.val(HIDDEN), '||', e.ref('inbox')) }))
          .where('message', 'in', sent(did, IS_SHOWN)),
      )
      for (const which of [IS_SHOWN, IS_HELD]) {
        database.run(
          sql
            .updateTable('messages')
            .set((e) => ({ held: e('held', '+', HELD_HIDDEN) }))
            .where('position', 'in', sent(did, which)),
        )
      }
    },
    unhide(did: string) {
      database.run(
        sql
          .updateTable('deliveries')
          .set((e) => ({ inbox: e.fn<string>('substr', ['inbox', e.val(HIDDEN.length + 1)]) }))
          .where('message', 'in', sent(did, IS_HIDDEN).where('held', '=', HELD_HIDDEN)),
      )
      database.run(
        sql
          .updateTable('messages')
          .set((e) => ({ held: e('held', '-', HELD_HIDDEN) }))
          .where('position', 'in', sent(did, IS_HIDDEN)),
      )
    },

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
    unreadCount: (inbox: string) => count(database.first(deliveryCount(inbox).where('shown_at', 'is', null))),
    /** Unread that was not said in a space, by sender, most first. */
    unreadBeside: (inbox: string, space: string) =>
      database
        .all(
          sql
            .selectFrom('deliveries')
            .innerJoin('messages', 'messages.position', 'deliveries.message')
            .select(['messages.from_did as from', (e) => e.fn.countAll().as('unread')])
            .where('deliveries.inbox', '=', inbox)
            .where('deliveries.shown_at', 'is', null)
            .where((e) => e.or([e('messages.space', 'is', null), e('messages.space', '!=', space)]))
            .groupBy('messages.from_did')
            .orderBy('unread', 'desc')
            .orderBy('messages.from_did'),
        )
        .map(({ from, unread }) => ({ from, unread: Number(unread) })),
    countAfter: (inbox: string, after: number) =>
      count(database.first(deliveryCount(inbox).where('position', '>', after))),
    lastDelivery: (inbox: string) =>
      database.first(
        sql
          .selectFrom('deliveries')
          .select((e) => e.fn.max('position').as('position'))
          .where('inbox', '=', inbox),
      )?.position ?? 0,
    dropInbox(inbox: string) {
      database.run(sql.deleteFrom('deliveries').where('inbox', 'in', [inbox, HIDDEN + inbox]))
      database.run(sql.deleteFrom('consumers').where('inbox', '=', inbox))
      database.run(sql.deleteFrom('conversation_members').where('inbox', '=', inbox))
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
