import { z } from 'zod'
import { Time } from '../../contract/common.ts'
import { EntryId, SpaceId } from '../../contract/entry.ts'
import { Did, FailureReason, MessageId, Stage, Timestamp } from '../../contract/envelope.ts'
import { Author, Who } from '../../contract/space.ts'
import { wireType } from '../../contract/wire.ts'

/** Body of the envelope type `message`. At most 256 KiB of text, measured in UTF-8. */
export const messageWire = wireType({
  type: 'message',
  body: z.looseObject({ text: z.string().min(1) }),
  permissions: ['message.deliver', 'message.request'],
  receipted: true,
})

/** Where something was said that is no mail: it stands in that log, and is answered there. */
export const Place = z
  .object({
    entry: EntryId,
    project_id: SpaceId.optional(),
    project: z.string().optional(),
    room: z.string().optional(),
    room_id: z.string().optional(),
    thread_id: SpaceId.optional(),
    thread: z.string().optional(),
  })
  .meta({ id: 'Place' })
export type Place = z.output<typeof Place>

export const Message = z
  .object({
    id: MessageId,
    conversation_id: MessageId,
    reply_to: MessageId.optional(),
    from: Author,
    to: Did,
    to_name: z.string(),
    body: z.string(),
    sent_at: Timestamp,
    received_at: Time.optional(),
    shown_at: Time.optional(),
    acknowledged_at: Time.optional(),
    said_in: Place.optional(),
  })
  .meta({ id: 'Message' })
export type Message = z.output<typeof Message>

/** How far one message has come, with the time of each stage it reached. */
export const Delivery = z
  .object({
    id: MessageId,
    to: Did,
    to_name: z.string(),
    conversation_id: MessageId,
    stage: Stage,
    /** More about the stage, e.g. `request`: it waits for the other operator to accept a stranger's mail. */
    note: z.string().optional(),
    reason: FailureReason.optional(),
    /** `noted`: when the note was made, by the clock of who made it. */
    times: z.partialRecord(z.enum([...Stage.options, 'noted']), Time),
  })
  .meta({ id: 'Delivery' })
export type Delivery = z.output<typeof Delivery>

/** A message within its conversation, as whoever asks has it. */
export const ConversationMessage = Message.extend({
  /** It was delivered to the caller and not shown to it yet. */
  unread: z.boolean(),
  /** How far it has come, of what the caller sent; of what anybody here sent when the operator asks. */
  delivery: Delivery.optional(),
}).meta({ id: 'ConversationMessage' })
export type ConversationMessage = z.output<typeof ConversationMessage>

export const MessageDetail = Message.extend({
  direction: z.enum(['in', 'out', 'local']),
  delivery: Delivery.optional(),
  /** The signed envelope or log entry exactly as it came, as evidence. */
  envelope: z.string(),
}).meta({ id: 'MessageDetail' })

export const OutboxEntry = z
  .object({
    id: MessageId,
    type: z.string(),
    to: Did,
    to_name: z.string(),
    stage: Stage,
    attempts: z.int(),
    created_at: Time,
    expires_at: Time,
    connected: z.boolean(),
  })
  .meta({ id: 'OutboxEntry' })

/** A stranger whose messages wait for the operator. */
export const Request = z
  .object({
    did: Did,
    name: z.string(),
    count: z.int(),
    first_at: Time,
    messages: z.array(z.object({ id: MessageId, body: z.string(), sent_at: Timestamp })),
  })
  .meta({ id: 'Request' })
export type Request = z.output<typeof Request>

export const Consumer = z
  .object({ id: z.string(), label: z.string(), created_at: Time, unread: z.int() })
  .meta({ id: 'Consumer' })

export const Conversation = z
  .object({
    id: MessageId,
    /** With whom it is: everyone but the caller. */
    participants: z.array(z.string()),
    /** The same, by their DIDs. */
    parties: z.array(Who),
    messages: z.int(),
    /** Delivered to the caller and not shown yet, among its latest 5,000 of those. */
    unread: z.int(),
    last_at: Time,
    last: Message.optional(),
    /** How many messages agents have sent since a person last spoke in it. */
    agent_messages: z.int(),
    paused: z.boolean(),
  })
  .meta({ id: 'Conversation' })
export type Conversation = z.output<typeof Conversation>
