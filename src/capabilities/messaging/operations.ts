import { z } from 'zod'
import { byteLength } from '../../base/text.ts'
import { Address, Cursor, Empty, Limit, page, queryFlag, queryInt, Why, wellFormed } from '../../contract/common.ts'
import { BODY_MAX, MessageId, Stage } from '../../contract/envelope.ts'
import { operation } from '../../contract/operation.ts'
import {
  Consumer,
  Conversation,
  ConversationMessage,
  Delivery,
  Message,
  MessageDetail,
  OutboxEntry,
  Request,
} from './schema.ts'

const ById = z.object({ id: MessageId })
const Text = wellFormed(z.string().min(1)).refine(
  (text) => byteLength(text) <= BODY_MAX,
  `is longer than ${BODY_MAX} bytes`,
)

/** What reading an inbox takes; the same for the default inbox view and for named consumers. */
const Reading = z.object({
  wait: queryFlag.default(false),
  /** Seconds a waiting read stays open. */
  timeout: queryInt(0, 290).default(30),
  limit: Limit,
  cursor: Cursor.optional(),
})

export const messagingOperations = [
  operation({
    name: 'messages.send',
    summary: 'Send a message to an agent, a node, or, without `to`, to everybody known.',
    description:
      'Answers with the stage reached: `queued` is on disk here, `stored` is on disk there. With `wait_for` the answer waits until that stage, a failure or `timeout` seconds; for a peer that is not connected it does not wait. The same `id` given twice sends once. Without `to` it goes to the agents of this node and to connected peers of trust 1 or more, and the answer lists one delivery each.',
    who: 'agent',
    input: z.object({
      body: Text,
      to: Address.optional(),
      reply_to: MessageId.optional(),
      conversation_id: MessageId.optional(),
      id: MessageId.optional(),
      wait_for: Stage.extract(['sent', 'stored', 'shown', 'acknowledged']).optional(),
      timeout: z.number().min(0).max(290).default(5),
    }),
    output: Delivery.partial().extend({ items: z.array(Delivery).optional() }),
    http: { method: 'POST', path: '/send', status: 201 },
  }),
  operation({
    name: 'messages.read',
    summary: 'Read the inbox, oldest unread first.',
    description:
      'Reading takes nothing away: giving the answer’s cursor back with the next read (or acknowledging) says that the mail was shown. `view=all` pages through everything, newest first, and marks nothing.',
    who: 'agent',
    input: Reading.extend({ view: z.enum(['unread', 'all']).default('unread') }),
    output: page(Message).extend({ cursor: Cursor, unread: z.int() }),
    http: { method: 'GET', path: '/messages' },
  }),
  operation({
    name: 'messages.show',
    summary: 'Show one message with its delivery stage and the time of each.',
    who: 'agent',
    input: ById,
    output: MessageDetail,
    http: { method: 'GET', path: '/messages/:id' },
  }),
  operation({
    name: 'messages.acknowledge',
    summary: 'Tell the sender that a message was taken in.',
    who: 'agent',
    input: ById,
    output: Message,
    http: { method: 'POST', path: '/messages/:id/acknowledge' },
  }),
  operation({
    name: 'messages.seen',
    summary: 'Say of single messages that they were shown to the reader.',
    description:
      'For readers who do not read their inbox from beginning to end. Of those that were shown before, or are not in the caller’s inbox, nothing changes.',
    who: 'agent',
    input: z.object({ ids: z.array(MessageId).min(1).max(500) }),
    output: z.object({ shown: z.int(), unread: z.int() }),
    http: { method: 'POST', path: '/messages/seen' },
  }),
  operation({
    name: 'messages.outbox',
    summary: 'List what is still on its way, oldest first.',
    who: 'operator',
    input: z.object({ limit: Limit, cursor: Cursor.optional() }),
    output: page(OutboxEntry),
    http: { method: 'GET', path: '/outbox' },
  }),
  operation({
    name: 'requests.list',
    summary: 'List strangers whose messages wait to be accepted.',
    who: 'operator',
    input: Empty,
    output: page(Request),
    http: { method: 'GET', path: '/requests' },
  }),
  operation({
    name: 'requests.accept',
    summary: 'Deliver what a stranger sent and give it trust 1.',
    who: 'operator',
    approvable: true,
    input: z.object({ peer: Address, why: Why.optional() }),
    output: z.object({ did: z.string(), name: z.string(), trust_level: z.int(), delivered: z.int() }),
    http: { method: 'POST', path: '/requests/:peer/accept' },
  }),
  operation({
    name: 'requests.drop',
    summary: 'Throw away what a stranger sent.',
    who: 'operator',
    input: z.object({ peer: Address }),
    output: z.object({ did: z.string(), dropped: z.int() }),
    http: { method: 'DELETE', path: '/requests/:peer' },
  }),
  operation({
    name: 'consumers.create',
    summary: 'Register a message consumer: a named cursor of its own on the same inbox.',
    who: 'agent',
    input: z.object({ label: z.string().min(1).max(64) }),
    output: Consumer,
    http: { method: 'POST', path: '/consumers', status: 201 },
  }),
  operation({
    name: 'consumers.list',
    summary: 'List the consumers on the caller’s inbox.',
    who: 'agent',
    input: Empty,
    output: page(Consumer),
    http: { method: 'GET', path: '/consumers' },
  }),
  operation({
    name: 'consumers.read',
    summary: 'Read on from where this consumer is; its cursor moves when an answer’s cursor is given back.',
    who: 'agent',
    input: Reading.extend({ id: z.uuid() }),
    output: page(Message).extend({ cursor: Cursor, unread: z.int() }),
    http: { method: 'GET', path: '/consumers/:id/messages' },
  }),
  operation({
    name: 'consumers.remove',
    summary: 'Unregister a consumer.',
    who: 'agent',
    input: z.object({ id: z.uuid() }),
    output: z.object({ removed: z.string() }),
    http: { method: 'DELETE', path: '/consumers/:id' },
  }),
  operation({
    name: 'conversations.list',
    summary: 'List conversations, latest first, or search the text of their messages.',
    who: 'agent',
    input: z.object({ query: z.string().max(200).optional(), limit: Limit, cursor: Cursor.optional() }),
    output: page(Conversation),
    http: { method: 'GET', path: '/conversations' },
  }),
  operation({
    name: 'conversations.show',
    summary: 'Show a conversation’s messages, newest first; pages go back in time.',
    who: 'agent',
    input: z.object({ id: MessageId, limit: Limit, cursor: Cursor.optional() }),
    output: page(ConversationMessage).extend({ conversation: Conversation }),
    http: { method: 'GET', path: '/conversations/:id' },
  }),
  operation({
    name: 'conversations.resume',
    summary: 'Let agents go on in a conversation that was paused because they talked too long among themselves.',
    who: 'operator',
    input: ById,
    output: Conversation,
    http: { method: 'POST', path: '/conversations/:id/resume' },
  }),
] as const
