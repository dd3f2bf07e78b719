import { AgoraError } from '../base/errors.ts'
import type { Input, OperationName, Output } from '../operations.ts'

const WHOLE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** How many of the latest messages or conversations a shortened id is looked for in. */
const LOOK_BACK = 500

type Call = <Name extends OperationName>(name: Name, input: Input<Name>) => Promise<Output<Name>>

/** The whole id of a message of the inbox that was given by its end or beginning. */
export const messageId = (call: Call, typed: string): Promise<string> =>
  wholeId(typed, 'message', async () => {
    const { items } = await call('messages.read', { view: 'all', limit: LOOK_BACK })
    return items.map((message) => message.id)
  })

export const conversationId = (call: Call, typed: string): Promise<string> =>
  wholeId(typed, 'conversation', async () => {
    const { items } = await call('conversations.list', { limit: LOOK_BACK })
    return items.map((conversation) => conversation.id)
  })

/** @throws AgoraError `not_found`, `ambiguous_name` */
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
    hint: `Give the whole id, or its end as the list of ${what}s shows it.`,
  })
}
