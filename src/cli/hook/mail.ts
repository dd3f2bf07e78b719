import { FRAME_NOTE, framed, inQuotes } from '../../mcp/frame.ts'
import { plural, shortEnd, when } from '../../mcp/text.ts'
import type { ToolContext } from '../../mcp/tool.ts'
import type { Output } from '../../operations.ts'

/** How many messages are looked at, how many told with their text, and how much of that. */
const LOOKED_AT = 50
const TOLD = 3
const LONGEST = 600

export interface News {
  /** Undefined when nothing has come. */
  text: string | undefined
  /** The newest message there is, told or not. */
  newest: string | undefined
}

/**
 * Mail that has come since a message, unread yet. Reading it so marks nothing: it stays unread until the agent reads it, for what a hook prints may reach
 * nobody.
 */
export async function mailSince(call: ToolContext['call'], told: string | undefined, now: number): Promise<News> {
  const { items } = await call('messages.read', { view: 'all', limit: LOOKED_AT })
  const known = items.findIndex(({ id }) => id === told)
  const fresh = (known < 0 ? items : items.slice(0, known)).filter((one) => one.shown_at === undefined)
  const newest = items[0]?.id ?? told
  if (fresh.length === 0) return { text: undefined, newest }
  const shown = fresh.toReversed().slice(0, TOLD)
  const left = fresh.length - shown.length
  const text = [
    `${plural(fresh.length, 'new message')} in Agora. ${FRAME_NOTE}`,
    ...shown.map((one) => shownMessage(one, now)),
    `${left > 0 ? `And ${left} more. ` : ''}They stay unread until agora_read_messages; agora_send_message answers.`,
  ].join('\n')
  return { text, newest }
}

type Message = Output<'messages.read'>['items'][number]

function shownMessage({ id, from, body, sent_at, said_in }: Message, now: number): string {
  const text = body.length <= LONGEST ? body : `${body.slice(0, LONGEST)}… (cut short)`
  const { thread, room, project = '' } = said_in ?? {}
  const place =
    thread === undefined
      ? room === undefined
        ? ''
        : `in #${room} of ${inQuotes(project)}, `
      : `in the thread ${inQuotes(thread)}, `
  return `[${shortEnd(id)}] ${framed(from, text, `${place}${when(sent_at, now)}`)}`
}
