import { randomUUID } from 'node:crypto'
import type { Actor } from '../../authority/may.ts'
import { rfc3339 } from '../../base/clock.ts'
import { nodeOf } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import type { CallContext, Handlers } from '../../core/dispatch.ts'
import type { Output } from '../../operations.ts'
import { conversationHandlers, inboxOfActor } from './conversations.ts'
import { cursorOf, positionOf } from './cursors.ts'
import type { Mailbox } from './mailbox.ts'
import type { MessagingParts } from './parts.ts'
import type { ConsumerRow, InboxRow, MessageRow } from './rows.ts'
import { sendHandler } from './send.ts'
import { requestHandlers } from './strangers.ts'

type Names = Extract<
  keyof Handlers,
  `messages.${string}` | `requests.${string}` | `consumers.${string}` | `conversations.${string}`
>

export function messagingHandlers(parts: MessagingParts, mailbox: Mailbox): Pick<Handlers, Names> {
  const { clock, database, outbox, directory, network, readers } = parts
  const { tables } = mailbox

  /** The rows `load` finds; when there are none and the caller waits, those that come within its time. */
  async function orWait(
    load: () => InboxRow[],
    input: { wait: boolean; timeout: number },
    { actor, signal }: CallContext,
  ) {
    const deadline = clock.now() + input.timeout * 1000
    const leave = readers.reading(inboxOfActor(actor))
    try {
      for (;;) {
        const rows = load()
        const left = deadline - clock.now()
        if (rows.length > 0 || !input.wait || left <= 0) return rows
        await mailbox.waitForMail(inboxOfActor(actor), left, signal)
      }
    } finally {
      leave()
    }
  }

  /**
   * The rows after what the reader has seen, and `mark` notes before the answer that it has. Whoever waits for mail anyway lets that share the commit
   * which brings it: an own one for each note would be half of all.
   */
  async function readOn(
    mark: (() => void) | undefined,
    load: () => InboxRow[],
    input: { wait: boolean; timeout: number },
    context: CallContext,
  ): Promise<InboxRow[]> {
    const waits = input.wait && load().length === 0
    const marked = mark && (waits ? database.later(mark) : database.write(mark))
    const [rows] = await Promise.all([orWait(load, input, context), marked])
    return rows
  }

  const answer = (
    rows: InboxRow[],
    limit: number,
    before: number,
    unread: number,
    way: 'forward' | 'back' = 'forward',
  ): Output<'messages.read'> => {
    const cursor = cursorOf(rows.at(-1)?.delivery ?? before, way)
    return { items: rows.map(mailbox.view), cursor, unread, ...(rows.length === limit ? { next_cursor: cursor } : {}) }
  }

  /** A cursor from beyond the end would mark mail as shown that nobody has seen. */
  function heard(inbox: string, cursor: string | undefined, from: number): number {
    return Math.min(positionOf(cursor, from, 'forward'), Math.max(from, tables.lastDelivery(inbox)))
  }

  function consumer(inbox: string, id: string): ConsumerRow {
    const row = tables.consumer(inbox, id)
    if (row) return row
    throw new AgoraError('not_found', 'id: there is no such consumer on your inbox.', {
      field: 'id',
      hint: 'GET /consumers lists them.',
    })
  }
  const consumerView = (row: ConsumerRow) => ({
    id: row.id,
    label: row.label,
    created_at: rfc3339(row.created_at),
    unread: tables.countAfter(row.inbox, row.position),
  })

  /** The message of that id that the caller sent or was sent; the operator may see every one on the node but strangers'. */
  function visible(id: string, actor: Actor): { row: MessageRow; delivered: InboxRow | undefined } {
    const inbox = inboxOfActor(actor)
    for (const row of tables.ofId(id)) {
      const delivered = tables.deliveryOf(inbox, row.position)
      if (delivered || actor.kind === 'operator' || (actor.kind === 'agent' && row.from_did === actor.did))
        return { row, delivered }
    }
    throw new AgoraError('not_found', 'id: there is no such message among yours.', { field: 'id' })
  }

  return {
    'messages.send': sendHandler(parts, mailbox),
    ...requestHandlers(parts, mailbox),
    ...conversationHandlers(parts, mailbox),

    'messages.read': async (input, context) => {
      const inbox = inboxOfActor(context.actor)
      if (input.view === 'all') {
        const rows = tables.latest(inbox, positionOf(input.cursor, Number.MAX_SAFE_INTEGER, 'back'), input.limit)
        return answer(rows, input.limit, 0, mailbox.unread(inbox), 'back')
      }
      const from = heard(inbox, input.cursor, 0)
      const show = from > 0 ? () => mailbox.showUpTo(inbox, from) : undefined
      const rows = await readOn(show, () => tables.unread(inbox, from, input.limit), input, context)
      return answer(rows, input.limit, from, mailbox.unread(inbox))
    },

    'messages.show': ({ id }, { actor }) => {
      const { row, delivered } = visible(id, actor)
      return {
        ...mailbox.view(delivered ?? row),
        direction: row.direction,
        ...(row.direction === 'in' || row.space !== null ? {} : { delivery: mailbox.delivery(row) }),
        envelope: mailbox.said(row)?.evidence ?? row.envelope,
      }
    },

    'messages.acknowledge': async ({ id }, { actor }) => {
      const inbox = inboxOfActor(actor)
      await database.write(() => {
        const { delivered } = visible(id, actor)
        if (!delivered) {
          throw new AgoraError('not_permitted', 'id: only who a message was delivered to can acknowledge it.', {
            field: 'id',
          })
        }
        mailbox.acknowledge(inbox, delivered)
      })
      const { row, delivered } = visible(id, actor)
      return mailbox.view(delivered ?? row)
    },

    'messages.seen': ({ ids }, { actor }) => {
      const inbox = inboxOfActor(actor)
      return database.write(() => {
        const rows = [...new Set(ids)]
          .flatMap((id) => tables.ofId(id))
          .flatMap(({ position }) => tables.deliveryOf(inbox, position) ?? [])
          .filter(({ shown_at }) => shown_at === null)
          .sort((a, b) => a.delivery - b.delivery)
        const before = mailbox.unread(inbox)
        mailbox.show(inbox, rows)
        return { shown: rows.length, unread: before - rows.length }
      })
    },

    'messages.outbox': ({ limit, cursor }) => {
      const rows = outbox.list(positionOf(cursor, 0, 'forward'), limit)
      const last = rows.at(-1)
      return {
        items: rows.map((row) => {
          const to = (JSON.parse(row.envelope) as { to: string }).to
          return {
            id: row.id,
            type: row.type,
            to,
            to_name: directory.nameOf(to),
            stage: row.first_sent_at === null ? ('queued' as const) : ('sent' as const),
            attempts: row.attempts,
            created_at: rfc3339(row.created_at),
            expires_at: rfc3339(row.expires_at),
            connected: network.peer(nodeOf(to)) !== undefined,
          }
        }),
        ...(last && rows.length === limit ? { next_cursor: cursorOf(last.seq, 'forward') } : {}),
      }
    },

    'consumers.create': ({ label }, { actor }) =>
      database.write(() => {
        const inbox = inboxOfActor(actor)
        const all = tables.consumers(inbox)
        if (all.length >= 100) {
          throw new AgoraError('rate_limited', 'label: an inbox has at most 100 consumers.', {
            field: 'label',
            hint: 'Remove those that are not used.',
          })
        }
        const row = { id: randomUUID(), inbox, label, position: 0, created_at: clock.now() }
        tables.insertConsumer(row)
        return consumerView(row)
      }),

    'consumers.list': (_, { actor }) => ({ items: tables.consumers(inboxOfActor(actor)).map(consumerView) }),

    'consumers.read': async (input, context) => {
      const inbox = inboxOfActor(context.actor)
      const { position } = consumer(inbox, input.id)
      const from = Math.max(position, heard(inbox, input.cursor, position))
      const move = () => {
        tables.moveConsumer(input.id, from)
        mailbox.showUpTo(inbox, from)
      }
      const load = () => tables.following(inbox, from, input.limit)
      const rows = await readOn(from > position ? move : undefined, load, input, context)
      return answer(rows, input.limit, from, tables.countAfter(inbox, from))
    },

    'consumers.remove': ({ id }, { actor }) =>
      database.write(() => {
        tables.removeConsumer(consumer(inboxOfActor(actor), id).id)
        return { removed: id }
      }),
  }
}
