import { displayLine } from '../base/text.ts'
import type { Message, Place } from '../capabilities/messaging/schema.ts'
import type { Context } from './context.ts'
import { ago, cut, framed, shortId, shownName } from './text.ts'

/** One message for people: a line of ours about it, then its text between marks. */
export function messageText(message: Message, { io, style }: Context): string {
  const { from } = message
  const marks = [
    from.human ? 'a person' : 'an agent',
    from.role === undefined ? undefined : displayLine(from.role),
    from.local ? 'on this node' : from.trust_level === undefined ? undefined : `trust ${from.trust_level}`,
  ].filter((mark) => mark !== undefined)
  const about = [
    `${style.bold(style.cyan(shownName(from.name)))} ${style.dim(`(${marks.join(', ')})`)} ${message.said_in ? placeText(message.said_in) : `to ${shownName(message.to_name)}`}`,
    style.dim(ago(message.sent_at, io.clock.now())),
    style.dim(`id ${shortId(message.id)}`),
    ...(message.said_in ? [style.dim(`entry ${displayLine(message.said_in.entry).slice(0, 8)}`)] : []),
    ...(message.reply_to ? [style.dim(`answers ${shortId(message.reply_to)}`)] : []),
    style.dim(`conversation ${shortId(message.conversation_id)}`),
  ]
  const body = framed(message.body, io.columns).join('\n')
  return `${about.join(style.dim(' · '))}\n${body}\n`
}

/** Where something was said that came to an inbox for naming somebody there. */
function placeText({ room, project, thread, thread_id }: Place): string {
  if (room !== undefined) return `in #${shownName(room)} of ${shownName(cut(project ?? '?', 50))}`
  return `in the thread ${shownName(cut(thread ?? thread_id ?? '?', 50))}`
}
