import { plain } from '../base/sentence.ts'
import { displayLine } from '../base/text.ts'
import type { AttentionItem } from '../capabilities/attention/schema.ts'
import type { Command } from './command.ts'
import type { Context } from './context.ts'
import { short } from './projects/short-ids.ts'
import { ago, duration, framed, plural, shortId, shownName } from './text.ts'

export const attentionCommands: Command[] = [
  {
    usage: 'attention',
    alias: 'attention list',
    group: 'Node',
    summary: 'Show everything that waits for you, the latest first, and how to answer it.',
    details: 'Friend requests, mail of strangers, invitations to projects, what agents ask you to approve, and alerts.',
    options: [{ name: 'limit', value: '<n>', meaning: 'how many at most, 1-500 (default 200)' }],
    examples: ['agora attention'],
    async run(context) {
      const answer = await context.call('attention.list', { limit: context.inputs.number('limit', 1, 500) })
      await context.answer(answer, ({ items, total }) => {
        if (total === 0) return 'Nothing waits for you.\n'
        const more = total > items.length ? `\n${context.style.dim(`${total - items.length} more: --limit 500`)}\n` : ''
        return items.map((item) => paragraph(item, context)).join('\n') + more
      })
    },
  },
  {
    usage: 'attention dismiss <alert>',
    group: 'Node',
    summary: 'Put an alert away.',
    details:
      'Its id may be shortened to its end, as it is printed. What somebody did comes again when it is done again, a day later at the earliest.',
    examples: ['agora attention dismiss 7f3a91bc'],
    async run(context) {
      const alert = await context.call('alerts.dismiss', { id: context.inputs.arg('alert') })
      await context.answer(alert, ({ summary }) => `Put away: ${displayLine(words(summary))}\n`)
    },
  },
]

const words = (summary: AttentionItem['summary']): string =>
  plain(summary, ({ text, said }) => (said === 'name' ? shownName(text) : text))

function paragraph(item: AttentionItem, context: Context): string {
  const { io, style } = context
  const now = io.clock.now()
  const about = [
    ago(item.at, now),
    ...('expires_at' in item ? [`expires in ${duration(Date.parse(item.expires_at) - now)}`] : []),
    ...(item.kind === 'stranger' ? [plural(item.messages, 'message')] : []),
    ...(item.kind === 'alert' && item.count > 1 ? [`${item.count} times since ${ago(item.first_at, now)}`] : []),
    ...(item.kind === 'stranger' ? [] : [idOf(item)]),
  ]
  const summary = displayLine(words(item.summary))
  const isGrave = item.kind === 'alert' && item.level === 'danger'
  const lines = [
    `${isGrave ? style.red(summary) : summary}  ${style.dim(about.join(' · '))}`,
    ...(item.text === undefined ? [] : framed(item.text, io.columns)),
    style.dim(`  ${context.next(answerOf(item), { operator: true })}`),
  ]
  return `${lines.join('\n')}\n`
}

/** As the list of its kind prints it: of invitations the beginning, of what bears its time in its id the end. */
const idOf = ({ kind, id }: AttentionItem): string => (kind === 'invitation' ? short(id) : shortId(id))

/** What is typed to say yes, or to put it away. */
function answerOf(item: AttentionItem): string {
  switch (item.kind) {
    case 'friend_request':
      return `friends accept ${shownName(item.from.name)}`
    case 'stranger':
      return `requests accept ${shownName(item.from.name)}`
    case 'invitation':
      return `project join ${idOf(item)}`
    case 'approval':
      return `approvals grant ${shortId(item.id)}`
    case 'alert':
      return `attention dismiss ${shortId(item.id)}`
  }
}
