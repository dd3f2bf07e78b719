import type { Server } from '@modelcontextprotocol/sdk/server/index.js'
import type { RequestId } from '@modelcontextprotocol/sdk/types.js'
import { messageOf } from '../base/errors.ts'
import { title } from './text.ts'

/** The call because of which somebody is asked; when it is given up, the question is. */
export interface Because {
  requestId: RequestId
  signal: AbortSignal
}

/** The person who sits at the client, where the client can ask one. A model cannot answer for them. */
export interface Person {
  /** Whether there is one to be asked. */
  isThere(): boolean
  /** `cancel` when they would not say. */
  ask(question: string, because: Because): Promise<'accept' | 'decline' | 'cancel'>
}

export const personAt = (server: Server): Person => ({
  isThere: () => server.getClientCapabilities()?.elicitation !== undefined,
  async ask(question, { requestId, signal }) {
    const answer = await server.elicitInput(
      { message: question, requestedSchema: { type: 'object', properties: {} } },
      { relatedRequestId: requestId, signal },
    )
    return answer.action
  },
})

/** Grants or denies an approval as the operator. */
export type Decide = (approval: string, allow: boolean) => Promise<void>

/**
 * Puts what waits for the operator before the person at the client, who is the operator where this program may use the operator's token. Answers what became of
 * it; undefined when it still waits.
 */
export async function decidedAtClient(
  approval: { id: string; summary: string },
  { person, decide, who, because }: { person: Person; decide: Decide; who: string; because: Because },
): Promise<string | undefined> {
  const what = title(approval.summary, 500)
  const answer = await person.ask(`${who} asks to ${what}. Allow it?`, because)
  if (answer === 'cancel') return undefined
  try {
    await decide(approval.id, answer === 'accept')
  } catch (error) {
    // Another rule stands before it, such as the owner's passphrase: it waits where that can be given.
    return `It was ${answer === 'accept' ? 'allowed' : 'denied'}, and could not be settled here: ${title(messageOf(error), 300)} It waits for the operator.`
  }
  return answer === 'accept'
    ? `Allowed by the person at this client, and done: ${what}.`
    : `The person at this client said no: ${what}.`
}
