import { parseDid } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { OPERATOR_INBOX } from '../../core/events.ts'
import type { Mailbox, Spoken } from './mailbox.ts'
import type { MessagingParts } from './parts.ts'
import type { AgentTrace } from './rows.ts'
import { takeTurn } from './rules.ts'

/** Who may speak now, so that agents do not talk in circles. */
export function createTurns(parts: MessagingParts, mailbox: Mailbox) {
  const { clock, events, agents, conversationBudget } = parts
  const { tables } = mailbox

  /** Within a write: a turn to say `id`, which a broadcast says to many; or the conversation in which the agent may not speak now. */
  function speak(from: string, id: string, conversation: string): Spoken | { refused: string } {
    const { agent } = parseDid(from)
    const heard = agent === undefined ? undefined : agents.trace(agent)
    const speaker = agent === undefined ? 'person' : 'agent'
    const turn = takeTurn(speaker, id, mailbox.talk(conversation), heard, conversationBudget())
    return 'refused' in turn ? pause(turn.refused, conversation, heard) : turn
  }

  function pause(
    why: 'paused' | 'exhausted',
    conversation: string,
    heard: AgentTrace | undefined,
  ): { refused: string } {
    // A talk that moves from one conversation to the next is stopped where it came from.
    const known = tables.conversation(conversation) ?? (heard && tables.conversation(heard.conversation_id))
    if (why === 'exhausted' && known && known.paused_at === null) {
      const { last_position: position, ...rest } = known
      tables.putConversation({ ...rest, position, paused_at: clock.now() })
      events.emit('conversation.paused', OPERATOR_INBOX, {
        conversation_id: known.id,
        agent_messages: known.agent_messages,
      })
    }
    return { refused: known?.id ?? conversation }
  }

  return { speak }
}

export const pausedError = (conversation: string): AgoraError =>
  new AgoraError('conversation_paused', 'Agents have said much in this conversation without a person; it is paused.', {
    hint: `The operator has been asked. A word of theirs in it, or \`agora conversations resume ${conversation}\`, lets it go on.`,
  })
