import { hash as digest } from 'node:crypto'
import { rfc3339 } from '../../base/clock.ts'
import { isNodeDid, nodeOf } from '../../base/did.ts'
import { idFrom, newId } from '../../base/ids.ts'
import { agentInbox, inboxOf } from '../../core/events.ts'
import type { SpaceMail, SpaceWord } from '../../core/space-mail.ts'
import type { Mailbox } from './mailbox.ts'
import type { MessagingParts } from './parts.ts'
import { hear } from './rules.ts'
import { createTurns, pausedError } from './turns.ts'

const hash = (text: string): Uint8Array => digest('sha256', text, 'buffer')
/** The latest time that fits into an id; authors' clocks say what they like. */
const TIME_MAX = 2 ** 48 - 1
const timeOf = (at: number): number => Math.min(Math.max(Math.trunc(at), 0), TIME_MAX)

/** The id in inboxes of what stands in a log: the same whenever it is made, so that it is delivered once. */
const messageIdOf = ({ id, at }: { id: string; at: number }): string => idFrom(timeOf(at), hash(id).subarray(0, 16))
const conversationOf = ({ space, topic }: Pick<SpaceWord, 'space' | 'topic'>): string =>
  idFrom(0, hash(`${space} ${topic}`).subarray(0, 16))

/** Brings to inboxes what was said in the logs of spaces. */
export function createSpaceMail(parts: MessagingParts, mailbox: Mailbox): SpaceMail {
  const { clock, key, book } = parts
  const { tables } = mailbox
  const { speak } = createTurns(parts, mailbox)

  function inboxesOf(to: readonly string[], author: string): string[] {
    const all = new Set(to.flatMap((did) => mailbox.inboxesFor(did, author)))
    if (nodeOf(author) === key.did) all.delete(inboxOf(author))
    return [...all]
  }

  return {
    readsSaid: mailbox.readsSaid,

    refusal(author, place) {
      const turn = speak(author, newId(clock.now()), conversationOf(place))
      return 'refused' in turn ? pausedError(turn.refused) : undefined
    },

    deliver(word) {
      const { space, entry, to, answers } = word
      const { author } = entry
      const conversation = conversationOf(word)
      const talk = mailbox.talk(conversation)
      const inboxes = inboxesOf(to, author)
      // A person's word to nobody here lets agents go on; where none has spoken since the last there is nothing to keep of it.
      if (inboxes.length === 0 && isNodeDid(author) && talk.agentMessages === 0 && !talk.paused) return false
      const id = messageIdOf(entry)
      const isOwn = nodeOf(author) === key.did
      if (tables.ofId(id).some((row) => row.from_did === author) || book.isBlocked(nodeOf(author))) return false
      const heard = hear(isNodeDid(author) ? 'person' : 'agent', id, talk, undefined)
      // A word of the operator's lets agents go on.
      const spoken = isOwn && isNodeDid(author) ? { ...heard, paused: false } : heard
      if (inboxes.length === 0) {
        const before = tables.conversation(conversation)
        tables.putConversation({
          id: conversation,
          messages: before?.messages ?? 0,
          position: before?.last_position ?? 0,
          agent_messages: spoken.agentMessages,
          trace: JSON.stringify(spoken.trace),
          paused_at: spoken.paused ? (before?.paused_at ?? clock.now()) : null,
        })
        return false
      }
      const now = clock.now()
      const [only] = to
      const to_did = to.length === 1 && only !== undefined ? only : key.did
      const row = tables.insertMessage({
        id,
        from_did: author,
        to_did,
        conversation_id: conversation,
        sent_at: timeOf(entry.at),
        received_at: now,
        direction: isOwn ? 'local' : 'in',
        held: 0,
        stage: 'stored',
        note: null,
        reason: null,
        times: JSON.stringify({ stored: now }),
        envelope: JSON.stringify({
          v: 1,
          id,
          type: entry.type,
          from: author,
          to: to_did,
          sent_at: rfc3339(timeOf(entry.at)),
          ...(answers ? { reply_to: messageIdOf(answers) } : {}),
          trace: spoken.trace,
          body: { entry: entry.id },
        }),
        space,
      })
      mailbox.enter(row, spoken, inboxes)
      return true
    },

    isUnread(agent, entry) {
      const row = tables.ofId(messageIdOf(entry)).find((one) => one.from_did === entry.author)
      const delivery = row && tables.deliveryOf(agentInbox(agent), row.position)
      return delivery && delivery.shown_at === null
    },

    unreadBeside: (agent, space) => tables.unreadBeside(agentInbox(agent), space),

    progress(place) {
      const row = tables.conversation(conversationOf(place))
      if (!row || row.paused_at !== null || row.agent_messages === 0) return
      const { last_position: position, ...rest } = row
      tables.putConversation({ ...rest, position, agent_messages: 0, trace: null })
    },
  }
}
