import { z } from 'zod'
import { conversationId, messageId } from '../../client/ids.ts'
import type { Output } from '../../operations.ts'
import { FRAME_NOTE, framed } from '../frame.ts'
import { list, plural, shortEnd, title, when } from '../text.ts'
import { tool } from '../tool.ts'
import { cursor, LONGEST, part } from './part.ts'

const Id = z.string().min(4)
type Mail = Output<'messages.read'>['items'][number]

function mailText(message: Mail, now: number): string {
  const { id, from, body, sent_at, reply_to, said_in } = message
  const { room, thread, project = '' } = said_in ?? {}
  const place =
    thread === undefined
      ? room === undefined
        ? ''
        : `in #${title(room, 60)} of ${title(project, 60)}, `
      : `in the thread ${title(thread, 60)}, `
  const answers = reply_to === undefined ? '' : `, answers ${shortEnd(reply_to)}`
  const said = `[${shortEnd(id)}] ${framed(from, part(body), `${place}${when(sent_at, now)}${answers}`)}`
  return body.length <= LONGEST
    ? said
    : `${said}\nCut: ${body.length} characters. The rest: agora_get_conversation with message ${shortEnd(id)} and offset ${LONGEST}.`
}

/** As many texts, at least one, as a model is given at once: clients refuse results that are too long, and what was refused would be lost. */
function fitting(texts: readonly string[]): string[] {
  let room = LONGEST * 2
  const over = texts.findIndex((text) => {
    room -= text.length
    return room < 0
  })
  return over < 0 ? [...texts] : texts.slice(0, Math.max(1, over))
}

export const messageTools = [
  tool({
    name: 'agora_read_messages',
    title: 'Read messages',
    description: 'Shows your unread mail, oldest first, and marks what it shows as read.',
    profile: 'core',
    input: z.object({
      wait: z.int().min(0).max(290).optional().describe('seconds to wait for mail when there is none'),
      limit: z.int().min(1).max(50).default(20),
    }),
    hints: { idempotent: true },
    async run({ wait = 0, limit }, { call, now, waiting, signal }) {
      const page =
        wait > 0
          ? await waiting('waiting for mail', call('messages.read', { limit, wait: true, timeout: wait }))
          : await call('messages.read', { limit })
      const texts = fitting(page.items.map((message) => mailText(message, now())))
      const shown = page.items.slice(0, texts.length)
      const { cursor } =
        shown.length === page.items.length ? page : await call('messages.read', { limit: shown.length })
      // Whoever has gone is shown nothing any more: it stays unread.
      signal.throwIfAborted()
      // Given back, the cursor says that this was shown.
      if (shown.length > 0) await call('messages.read', { cursor, limit: 1 })
      const left = page.unread - shown.length
      const more = left > 0 ? `\n${plural(left, 'more', 'more')} unread: call again.` : ''
      return {
        text: texts.length === 0 ? 'No unread messages.' : `${FRAME_NOTE}\n${texts.join('\n')}${more}`,
        data: { ids: shown.map(({ id }) => id), unread: Math.max(0, left) },
      }
    },
  }),
  tool({
    name: 'agora_send_message',
    title: 'Send a message',
    description: 'Sends a message to an agent or person, or answers one.',
    profile: 'core',
    input: z.object({
      body: z.string().min(1),
      to: z
        .string()
        .optional()
        .describe('agent, agent@node, node (its person) or DID; none: everybody here and all peers'),
      reply_to: Id.optional().describe('id of the message this answers'),
    }),
    hints: {},
    async run({ body, to, reply_to }, { call }) {
      const answered = reply_to === undefined ? undefined : await messageId(call, reply_to)
      const sent = await call('messages.send', {
        body,
        ...(to === undefined ? {} : { to }),
        ...(answered === undefined ? {} : { reply_to: answered }),
      })
      const deliveries = sent.items ?? [sent]
      const lines = deliveries.map(
        ({ id = '', to_name = '', stage, note, reason }) =>
          `[${shortEnd(id)}] to ${title(to_name)}: ${stage}${note ? ` (${title(note, 200)})` : ''}${reason ? ` (${title(reason, 200)})` : ''}`,
      )
      return {
        text: list(lines, 'There was nobody to send it to.'),
        data: { sent: deliveries.map(({ id, stage }) => ({ id, stage })) },
      }
    },
  }),
  tool({
    name: 'agora_acknowledge',
    title: 'Acknowledge a message',
    description: 'Tells the sender of a message that you took it in, when no reply is needed.',
    profile: 'default',
    input: z.object({ id: Id.describe('of the message') }),
    hints: { idempotent: true },
    async run({ id }, { call }) {
      await call('messages.acknowledge', { id: await messageId(call, id) })
      return { text: 'Acknowledged.' }
    },
  }),
  tool({
    name: 'agora_get_conversation',
    title: 'Conversation history',
    description: 'Lists your latest conversations; or with id the messages of one, newest first; or one message whole.',
    profile: 'default',
    input: z.object({
      id: Id.optional().describe('of a conversation'),
      query: z.string().optional().describe('words to find conversations by'),
      message: Id.optional().describe('id of a message, to read all of it'),
      offset: z.int().min(0).optional().describe('character of that message to begin at'),
      cursor,
    }),
    hints: { readOnly: true },
    async run({ id, query, message, offset = 0, cursor }, { call, now }) {
      const on = cursor === undefined ? {} : { cursor }
      if (message !== undefined) {
        const one = await call('messages.show', { id: await messageId(call, message) })
        const end = Math.min(one.body.length, offset + LONGEST)
        const rest = end < one.body.length ? `\nGo on with offset ${end} of ${one.body.length}.` : ''
        return { text: `${FRAME_NOTE}\n${framed(one.from, part(one.body, offset), when(one.sent_at, now()))}${rest}` }
      }
      if (id === undefined) {
        const page = await call('conversations.list', { limit: 20, ...(query === undefined ? {} : { query }), ...on })
        const lines = page.items.map(
          (one) =>
            `[${shortEnd(one.id)}] ${title(one.participants.join(', '))}: ${plural(one.messages, 'message')}, ${when(one.last_at, now())}`,
        )
        return {
          text: list(lines, 'No conversations.', page.next_cursor),
          data: { conversations: page.items.map((one) => one.id), next_cursor: page.next_cursor },
        }
      }
      const page = await call('conversations.show', { id: await conversationId(call, id), limit: 20, ...on })
      const lines = page.items.map(({ id: one, from, body, sent_at }) => {
        const cut = body.length > EACH ? `\nCut: ${body.length} characters. All of it: message ${shortEnd(one)}.` : ''
        return `[${shortEnd(one)}] ${framed(from, part(body, 0, EACH), when(sent_at, now()))}${cut}`
      })
      return { text: `${FRAME_NOTE}\n${list(lines, 'Nothing.', page.next_cursor)}` }
    },
  }),
]

/** Of each of several messages. */
const EACH = LONGEST / 10
