import { z } from 'zod'
import { conversationId, messageId } from '../../client/ids.ts'
import { FRAME_NOTE, framed } from '../frame.ts'
import { list, plural, shortEnd, title, when } from '../text.ts'
import { tool } from '../tool.ts'

const Id = z.string().min(4)

export const messageTools = [
  tool({
    name: 'agora_read_messages',
    title: 'Read messages',
    description: 'Your unread mail; reading marks it. wait: seconds to wait for some.',
    profile: 'core',
    input: z.object({ wait: z.int().min(0).max(290).optional(), limit: z.int().min(1).max(50).default(20) }),
    hints: { idempotent: true },
    async run({ wait = 0, limit }, { call, now, waiting, signal }) {
      const page =
        wait > 0
          ? await waiting('waiting for mail', call('messages.read', { limit, wait: true, timeout: wait }))
          : await call('messages.read', { limit })
      // Whoever has gone is shown nothing any more: it stays unread.
      signal.throwIfAborted()
      // Given back, the cursor says that this was shown.
      if (page.items.length > 0) await call('messages.read', { cursor: page.cursor, limit: 1 })
      const left = page.unread - page.items.length
      const items = page.items.map((message) => {
        const { id, from, body, sent_at, reply_to, said_in } = message
        const place = said_in?.thread ?? said_in?.room ?? ''
        const where =
          place === ''
            ? ''
            : `in ${said_in?.thread === undefined ? `#${place} of ${said_in?.project ?? ''}` : `the thread ${place}`}, `
        const answers = reply_to === undefined ? '' : `, answers ${shortEnd(reply_to)}`
        return `[${shortEnd(id)}] ${framed(from, body, `${where}${when(sent_at, now())}${answers}`)}`
      })
      const more = left > 0 ? `\n${plural(left, 'more', 'more')} unread.` : ''
      return {
        text: items.length === 0 ? 'No unread messages.' : `${FRAME_NOTE}\n${items.join('\n')}${more}`,
        data: {
          messages: page.items.map(({ id, from, conversation_id }) => ({ id, from: from.did, conversation_id })),
        },
      }
    },
  }),
  tool({
    name: 'agora_send_message',
    title: 'Send a message',
    description: 'To an agent or person: name, agent@node or DID; without to, to everybody. reply_to: id of a message.',
    profile: 'core',
    input: z.object({ body: z.string().min(1), to: z.string().optional(), reply_to: Id.optional() }),
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
          `[${shortEnd(id)}] to ${title(to_name)}: ${stage}${note ? ` (${note})` : ''}${reason ? ` (${reason})` : ''}`,
      )
      return { text: list(lines, 'There was nobody to send it to.'), data: sent }
    },
  }),
  tool({
    name: 'agora_acknowledge',
    title: 'Acknowledge a message',
    description: 'Tells its sender that you took it in, without a reply.',
    profile: 'default',
    input: z.object({ id: Id }),
    hints: { idempotent: true },
    async run({ id }, { call }) {
      await call('messages.acknowledge', { id: await messageId(call, id) })
      return { text: 'Acknowledged.' }
    },
  }),
  tool({
    name: 'agora_get_conversation',
    title: 'Conversation history',
    description:
      'Without id: the latest conversations, or those whose text has query. With id: its messages, newest first.',
    profile: 'default',
    input: z.object({ id: Id.optional(), query: z.string().optional(), cursor: z.string().optional() }),
    hints: { readOnly: true },
    async run({ id, query, cursor }, { call, now }) {
      const on = cursor === undefined ? {} : { cursor }
      if (id === undefined) {
        const page = await call('conversations.list', { limit: 20, ...(query === undefined ? {} : { query }), ...on })
        const lines = page.items.map(
          (one) =>
            `[${shortEnd(one.id)}] ${title(one.participants.join(', '))}: ${plural(one.messages, 'message')}, ${when(one.last_at, now())}`,
        )
        return { text: list(lines, 'No conversations.', page.next_cursor) }
      }
      const page = await call('conversations.show', { id: await conversationId(call, id), limit: 20, ...on })
      const lines = page.items.map(
        ({ id: one, from, body, sent_at }) => `[${shortEnd(one)}] ${framed(from, body, when(sent_at, now()))}`,
      )
      return { text: `${FRAME_NOTE}\n${list(lines, 'Nothing.', page.next_cursor)}` }
    },
  }),
]
