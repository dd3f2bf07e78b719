import type { RoomMessage } from '../../capabilities/rooms/schema.ts'
import type { ThreadMessage } from '../../capabilities/threads/schema.ts'
import type { Context } from '../context.ts'
import { ago, framed, shownName } from '../text.ts'
import { short } from './short-ids.ts'

type From = RoomMessage['from']

/** Whoever wrote something in a space, with what is known of them. */
export function authorText(from: From, { style }: Context): string {
  const marks = [
    from.human ? 'a person' : 'an agent',
    ...(from.role === undefined ? [] : [from.role]),
    ...(from.local ? ['on this node'] : from.trust_level === undefined ? [] : [`trust ${from.trust_level}`]),
  ]
  return `${style.bold(style.cyan(shownName(from.name)))} ${style.dim(`(${marks.join(', ')})`)}`
}

/** One message of a room or a thread: a line of ours about it, then its text between marks. */
export function saidText(message: RoomMessage | ThreadMessage, context: Context, room?: string): string {
  const { io, style } = context
  const about = [
    authorText(message.from, context) + (room === undefined ? '' : ` in #${shownName(room)}`),
    style.dim(ago(message.sent_at, io.clock.now())),
    style.dim(`id ${short(message.id)}`),
    ...(message.reply_to === undefined ? [] : [style.dim(`answers ${short(message.reply_to)}`)]),
  ]
  const body = message.redacted ? [style.dim('  (its text was taken away)')] : framed(message.body, io.columns)
  return `${about.join(style.dim(' · '))}\n${body.join('\n')}\n`
}
