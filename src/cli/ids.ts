import { AgoraError } from '../base/errors.ts'
import type { Context } from './context.ts'
import { shortId } from './text.ts'

const WHOLE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** How many of the latest messages or conversations a shortened id is looked for in. */
const LOOK_BACK = 500

/** The whole id of a message from the inbox that was given by its end, as `agora messages` prints it. */
export const messageId = (context: Context, typed: string): Promise<string> =>
  wholeId(typed, 'message', async () => {
    const { items } = await context.call('messages.read', { view: 'all', limit: LOOK_BACK })
    return items.map((message) => message.id)
  })

export const conversationId = (context: Context, typed: string): Promise<string> =>
  wholeId(typed, 'conversation', async () => {
    const { items } = await context.call('conversations.list', { limit: LOOK_BACK })
    return items.map((conversation) => conversation.id)
  })

async function wholeId(typed: string, what: string, latest: () => Promise<string[]>): Promise<string> {
  if (WHOLE.test(typed)) return typed.toLowerCase()
  const end = typed.toLowerCase()
  if (/^[0-9a-f-]{4,}$/.test(end)) {
    const [found, ...others] = [...new Set(await latest())].filter((id) => id.endsWith(end) || id.startsWith(end))
    if (found && others.length === 0) return found
    if (found) {
      throw new AgoraError('ambiguous_name', `Several ids of a ${what} fit ${JSON.stringify(typed)}.`, {
        candidates: [found, ...others],
      })
    }
  }
  throw new AgoraError('not_found', `No recent ${what} has the id ${JSON.stringify(typed)}.`, {
    hint: `Give the whole id, or its end as \`agora ${what}s\` prints it, e.g. ${shortId('0199a1b2-0000-7000-8000-00007f3a91bc')}.`,
  })
}
