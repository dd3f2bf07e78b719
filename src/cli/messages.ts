import type { Delivery } from '../capabilities/messaging/schema.ts'
import { messageId } from '../client/ids.ts'
import { type Command, pageOptions } from './command.ts'
import type { Context } from './context.ts'
import { messageText } from './message-text.ts'
import { noteWords } from './send.ts'
import { plural } from './text.ts'

export const messageCommands: Command[] = [
  {
    usage: 'messages',
    alias: 'messages list',
    group: 'Messages',
    summary: 'Read the inbox: what is unread, oldest first.',
    details:
      'What was printed counts as shown, unless --peek is given. A lost connection loses no mail: it is printed again the next time.',
    options: [
      { name: 'wait', meaning: 'when there is nothing, wait for something' },
      { name: 'timeout', value: '<seconds>', meaning: 'how long to wait, 0-300 (default 30)' },
      { name: 'all', meaning: 'everything that ever came, newest first; marks nothing' },
      { name: 'peek', meaning: 'leave it unread' },
      ...pageOptions,
    ],
    examples: ['agora messages', 'agora messages --wait --timeout 60', 'agora messages --as claude-1 --format json'],
    run: read,
  },
  {
    usage: 'messages show <id>',
    group: 'Messages',
    summary: 'Show one message, how far it has come, and when.',
    examples: [
      'agora messages show 7f3a91bc',
      'agora messages show 0199a1b2-0000-7000-8000-00007f3a91bc --format json',
    ],
    async run(context) {
      const detail = await context.call('messages.show', {
        id: await messageId(context.call, context.inputs.arg('id')),
      })
      await context.answer(detail, () => {
        const stages = Object.entries(detail.delivery?.times ?? {}).map(([stage, time]) => [stage, time] as const)
        const facts: (readonly [string, string])[] = [
          ['id', detail.id],
          ['conversation', detail.conversation_id],
          ['from', detail.from.did],
          ['to', detail.to],
          ['sent', detail.sent_at],
          ...(detail.delivery ? [['stage', stageOf(detail.delivery)] as const] : []),
          ...stages,
        ]
        return `${messageText(detail, context)}\n${context.pairs(facts)}`
      })
    },
  },
  {
    usage: 'messages acknowledge <id>',
    group: 'Messages',
    summary: 'Tell the sender that a message was taken in.',
    examples: ['agora messages acknowledge 7f3a91bc'],
    async run(context) {
      const id = await messageId(context.call, context.inputs.arg('id'))
      await context.answer(await context.call('messages.acknowledge', { id }), () => `Acknowledged ${id}.\n`)
    },
  },
]

const stageOf = ({ reason, stage, note }: Delivery): string =>
  reason ?? [stage, ...(note === undefined ? [] : [noteWords(note)])].join(': ')

async function read(context: Context): Promise<void> {
  const { inputs, style } = context
  const all = inputs.flag('all')
  const page = await context.call('messages.read', {
    view: all ? 'all' : 'unread',
    wait: inputs.flag('wait'),
    timeout: inputs.number('timeout', 0, 300),
    limit: inputs.number('limit', 1, 500),
    cursor: inputs.text('cursor'),
  })
  await context.answer(page, () => {
    if (page.items.length === 0) return all ? 'No message has ever come.\n' : 'No unread messages.\n'
    const more = all
      ? context.more(page.next_cursor, 'messages --all')
      : page.unread > page.items.length
        ? style.dim(`${plural(page.unread - page.items.length, 'more message')} unread: ${context.next('messages')}\n`)
        : ''
    return page.items.map((message) => messageText(message, context)).join('\n') + (more ? `\n${more}` : '')
  })
  if (all || inputs.flag('peek') || page.items.length === 0) return
  // Only now, when it has been printed, the cursor goes back: that says it was shown. Should this fail, it is printed again.
  await context.call('messages.read', { cursor: page.cursor, wait: false, limit: 1 })
}
