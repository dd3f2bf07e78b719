import { agentDid, nodeOf } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { newId } from '../../base/ids.ts'
import { FRAME_MAX, type Stage, stages } from '../../contract/envelope.ts'
import { type CallContext, grantPeer, type Handlers } from '../../core/dispatch.ts'
import { seal } from '../../core/envelopes.ts'
import { inboxOf } from '../../core/events.ts'
import type { Parsed } from '../../operations.ts'
import type { Mailbox, Spoken } from './mailbox.ts'
import type { MessagingParts } from './parts.ts'
import type { MessageRow } from './rows.ts'
import { messageWire, type Place } from './schema.ts'
import { createTurns, pausedError } from './turns.ts'

type Sending = Parsed<'messages.send'>

/** A message about to be kept. */
interface Said {
  id: string
  conversation: string
  spoken: Spoken
}

export function sendHandler(parts: MessagingParts, mailbox: Mailbox): Handlers['messages.send'] {
  const { clock, key, database, outbox, book, directory, network, agents } = parts
  const { tables } = mailbox
  const { speak } = createTurns(parts, mailbox)

  /** The message a reply answers, if the caller has it. */
  function answered(id: string, from: string): MessageRow {
    const row = tables
      .ofId(id)
      .find((message) => message.from_did === from || tables.deliveryOf(inboxOf(from), message.position))
    if (row) return row
    throw new AgoraError('not_found', 'reply_to: there is no such message among yours.', { field: 'reply_to' })
  }

  function everybody(from: string): string[] {
    const local = agents
      .names()
      .map((name) => agentDid(key.did, name))
      .filter((did) => did !== from)
    const peers = network.peers().map((peer) => peer.did)
    return [...local, ...peers.filter((did) => grantPeer(did, book.trust(did), ['message.broadcast']))]
  }

  /** Within a write: signs and keeps one message. */
  function keep(from: string, to: string, input: Sending, said: Said, answers?: MessageRow): MessageRow {
    const { id, conversation, spoken } = said
    const now = clock.now()
    const parts = {
      id,
      type: messageWire.type,
      from,
      to,
      conversation_id: conversation === id ? undefined : conversation,
      reply_to: input.reply_to,
      trace: spoken.trace,
      body: { text: input.body },
    }
    const sealed = seal({ key, clock }, parts)
    // Control characters take six bytes in JSON: a text within its limit can still be too long for a frame.
    if (Buffer.byteLength(sealed.text) > FRAME_MAX) {
      throw new AgoraError('too_large', `body: the message takes more than ${FRAME_MAX} bytes when written as JSON.`, {
        field: 'body',
      })
    }
    const local = nodeOf(to) === key.did
    const stage: Stage = local ? 'stored' : 'queued'
    const values = {
      id,
      from_did: from,
      to_did: to,
      conversation_id: conversation,
      sent_at: now,
      received_at: local ? now : null,
      direction: local ? ('local' as const) : ('out' as const),
      held: 0,
      stage,
      note: null,
      reason: null,
      times: JSON.stringify({ queued: now, ...(local ? { stored: now } : {}) }),
      envelope: sealed.text,
    }
    const row = tables.insertMessage(values)
    if (answers) {
      const inbox = inboxOf(from)
      const delivered = tables.deliveryOf(inbox, answers.position)
      if (delivered) mailbox.acknowledge(inbox, delivered)
    }
    mailbox.enter(row, spoken, local ? mailbox.inboxesFor(to, from) : [])
    if (!local) outbox.post(sealed, nodeOf(to))
    return row
  }

  function keptBefore(from: string, to: string, { id, body }: Sending): MessageRow | undefined {
    const row = id === undefined ? undefined : tables.ofId(id).find((message) => message.from_did === from)
    if (row && (row.to_did !== to || JSON.parse(row.envelope).body.text !== body)) {
      throw new AgoraError('already_exists', 'id: another message was sent under this id.', { field: 'id' })
    }
    return row
  }

  async function settled(row: MessageRow, { wait_for: goal, timeout }: Sending, signal: AbortSignal) {
    const deadline = clock.now() + timeout * 1000
    for (let current = row; ; current = { ...row, ...tables.standing(row.position) }) {
      // Only whoever waits for `sent` need ask the outbox for it.
      const stage = goal === 'sent' ? mailbox.delivery(current).stage : current.stage
      const waits = goal !== undefined && rank(stage) >= 0 && rank(stage) < rank(goal)
      // For a peer that is away the answer would only come later, and say the same.
      const reached = !waits || (!network.peer(nodeOf(row.to_did)) && mailbox.delivery(current).stage === 'queued')
      const left = deadline - clock.now()
      if (reached || left <= 0 || signal.aborted) return mailbox.delivery(current)
      // Whoever stops waiting is still told how far it came: the message itself is kept.
      await mailbox.waitForStage(row.id, left, signal).catch(() => false)
    }
  }

  return async (input, { actor, signal }: CallContext) => {
    const from = actor.kind === 'agent' || actor.kind === 'operator' ? actor.did : key.did
    const answers = input.reply_to === undefined ? undefined : answered(input.reply_to, from)
    if (answers && answers.space !== null) throw saidElsewhere(mailbox.said(answers)?.place)
    const conversationId = input.conversation_id ?? answers?.conversation_id
    const to = input.to === undefined ? answers && otherSide(answers, from) : directory.resolve(input.to, 'to')
    if (to !== undefined && book.isBlocked(nodeOf(to))) {
      throw new AgoraError('blocked', `to: ${directory.nameOf(nodeOf(to))} is blocked.`, {
        field: 'to',
        hint: 'Unblock it first: `agora friends unblock`.',
      })
    }
    if (to === from) throw new AgoraError('invalid_input', 'to: this is the sender itself.', { field: 'to' })

    if (to !== undefined) {
      const kept = await database.write(() => {
        const before = keptBefore(from, to, input)
        if (before) return before
        const id = input.id ?? newId(clock.now())
        const conversation = conversationId ?? id
        const spoken = speak(from, id, conversation)
        return 'refused' in spoken ? spoken : keep(from, to, input, { id, conversation, spoken }, answers)
      })
      if ('refused' in kept) throw pausedError(kept.refused)
      return settled(kept, input, signal)
    }
    if (input.id !== undefined) {
      throw new AgoraError('invalid_input', 'id: a broadcast makes many messages; it takes no id.', { field: 'id' })
    }
    const recipients = everybody(from)
    if (recipients.length === 0) return { items: [] }
    const kept = await database.write(() => {
      const ids = recipients.map(() => newId(clock.now()))
      const [first = ''] = ids
      const conversation = conversationId ?? first
      const spoken = speak(from, first, conversation)
      if ('refused' in spoken) return spoken
      return recipients.map((to, index) => keep(from, to, input, { id: ids[index] ?? first, conversation, spoken }))
    })
    if ('refused' in kept) throw pausedError(kept.refused)
    return { items: await Promise.all(kept.map((row) => settled(row, input, signal))) }
  }
}

const rank = (stage: string): number => stages.indexOf(stage as never)

/** A reply goes to whoever wrote, or, to a message of one's own, to whom that went. */
const otherSide = (row: MessageRow, self: string): string => (row.from_did === self ? row.to_did : row.from_did)

function saidElsewhere(place: Place | undefined): AgoraError {
  const [where, how] =
    place?.thread_id === undefined
      ? [`the room #${place?.room} of the project ${place?.project}`, 'in that room']
      : [`the thread ${place.thread ?? place.thread_id}`, 'in that thread']
  return new AgoraError('invalid_input', `reply_to: this was said in ${where}, and is answered there.`, {
    field: 'reply_to',
    hint: `Say it ${how}; or send a message of its own, without reply_to.`,
  })
}
