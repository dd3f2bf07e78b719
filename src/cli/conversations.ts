import { conversationId } from '../client/ids.ts'
import { type Command, pageOptions } from './command.ts'
import type { Context } from './context.ts'
import { messageText } from './message-text.ts'
import { ago, plural, shortId, shownName } from './text.ts'

export const conversationCommands: Command[] = [
  {
    usage: 'conversations [query]',
    group: 'Messages',
    summary: 'List conversations, latest first, or search their text.',
    options: pageOptions,
    examples: ['agora conversations', 'agora conversations "login page"'],
    run: list,
  },
  {
    usage: 'conversations show <id>',
    group: 'Messages',
    summary: 'Show a conversation.',
    options: pageOptions,
    examples: ['agora conversations show 7f3a91bc'],
    async run(context) {
      const { inputs } = context
      const id = await conversationId(context.call, inputs.arg('id'))
      const page = await context.call('conversations.show', {
        id,
        limit: inputs.number('limit', 1, 500),
        cursor: inputs.text('cursor'),
      })
      await context.answer(page, ({ items, next_cursor, conversation }) => {
        const paused = conversation.paused
          ? context.style.yellow(
              `\nPaused: agents alone wrote ${conversation.agent_messages} messages. ${context.next(`conversations resume ${id}`, { operator: true })}\n`,
            )
          : ''
        // Pages go back in time; people read forwards.
        const texts = items.toReversed().map((message) => messageText(message, context))
        return context.more(next_cursor, `conversations show ${id}`, 'Earlier') + texts.join('\n') + paused
      })
    },
  },
  {
    usage: 'conversations resume <id>',
    group: 'Messages',
    summary: 'Let agents go on that talked too long among themselves.',
    examples: ['agora conversations resume 7f3a91bc'],
    async run(context) {
      const id = await conversationId(context.call, context.inputs.arg('id'))
      await context.answer(await context.call('conversations.resume', { id }), () => 'They may go on.\n')
    },
  },
]

async function list(context: Context): Promise<void> {
  const { inputs, io } = context
  const query = inputs.maybe('query')
  const page = await context.call('conversations.list', {
    query,
    limit: inputs.number('limit', 1, 500),
    cursor: inputs.text('cursor'),
  })
  await context.answer(page, async ({ items, next_cursor }) => {
    if (items.length === 0) return query === undefined ? 'There are no conversations yet.\n' : 'Nothing was found.\n'
    const rows = items.map((conversation) => [
      conversation.participants.map(shownName).join(' '),
      String(conversation.messages),
      ago(conversation.last_at, io.clock.now()),
      conversation.paused ? `paused after ${plural(conversation.agent_messages, 'message')}` : '-',
      shortId(conversation.id),
      conversation.last?.body ?? '',
    ])
    const head = ['WITH', 'MESSAGES', 'LAST', 'STATE', 'ID', 'TEXT']
    return (
      (await context.table(head, rows)) +
      context.more(next_cursor, `conversations${query ? ` ${JSON.stringify(query)}` : ''}`)
    )
  })
}
