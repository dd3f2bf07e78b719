import { rfc3339 } from '../../base/clock.ts'
import { nodeOf } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { byteLength } from '../../base/text.ts'
import { BODY_MAX, type Envelope } from '../../contract/envelope.ts'
import { knownReason, type Receipt, receiptWire } from '../../contract/receipt.ts'
import type { Askings, Handlers } from '../../core/dispatch.ts'
import type { Outcome, Sender, WireHandler } from '../../core/inbound.ts'
import type { Mailbox } from './mailbox.ts'
import type { MessagingParts } from './parts.ts'
import type { MessageRow } from './rows.ts'
import { hear } from './rules.ts'
import { messageWire } from './schema.ts'

/** Messages of one stranger, and of all, that wait for the operator. */
export const REQUESTS_OF_ONE = 20
export const REQUESTS_OF_ALL = 1000

/** The envelope types `message` and `receipt`. */
export function messagingWire(
  { clock, outbox, book, events, network }: MessagingParts,
  mailbox: Mailbox,
): WireHandler[] {
  const { tables } = mailbox

  function message(envelope: Envelope, text: string, { did, granted }: Sender): Outcome {
    if (byteLength(String(envelope.body['text'])) > BODY_MAX) return { stage: 'failed', reason: 'too_large' }
    const inboxes = mailbox.inboxesFor(envelope.to, envelope.from)
    const held = granted !== 'message.deliver'
    // A stranger is not told which agents there are.
    if (inboxes.length === 0 && !held) return { stage: 'failed', reason: 'unknown_agent' }
    if (held && (tables.heldCount(did) >= REQUESTS_OF_ONE || tables.heldCount() >= REQUESTS_OF_ALL)) {
      return { stage: 'failed', reason: 'requests_full' }
    }
    const now = clock.now()
    const values = {
      id: envelope.id,
      from_did: envelope.from,
      to_did: envelope.to,
      conversation_id: envelope.conversation_id ?? envelope.id,
      sent_at: Date.parse(envelope.sent_at),
      received_at: now,
      direction: 'in' as const,
      held: held ? 1 : 0,
      stage: 'stored',
      note: null,
      reason: null,
      times: JSON.stringify({ stored: now }),
      envelope: text,
    }
    const row = { ...values, position: tables.insertMessage(values) }
    if (!held) {
      take(mailbox, row, inboxes)
      return { stage: 'stored' }
    }
    const name = network.peer(did)?.name
    if (name !== undefined && !book.get(did)) book.setTrust(did, 0, name)
    events.emit('request.received', undefined, { did, ...(name === undefined ? {} : { name }), id: envelope.id })
    return { stage: 'stored', note: 'request' }
  }

  function receipts({ body }: Envelope, { did }: Sender): undefined {
    for (const { id, stage, at, note, reason } of body['receipts'] as Receipt[]) {
      outbox.learn({
        id,
        peer: did,
        stage,
        at: Date.parse(at),
        note,
        reason: stage === 'failed' ? knownReason(reason) : undefined,
      })
    }
  }

  return [
    { definition: messageWire, handle: message },
    { definition: receiptWire, handle: (envelope, _, sender) => receipts(envelope, sender) },
  ]
}

/** Within a write: delivers a message that was kept. */
function take(mailbox: Mailbox, row: MessageRow, inboxes: string[]): void {
  const { trace } = JSON.parse(row.envelope) as Envelope
  const speaker = nodeOf(row.from_did) === row.from_did ? 'person' : 'agent'
  mailbox.enter(row, hear(speaker, row.id, mailbox.talk(row.conversation_id), trace), inboxes)
}

/** Finds a stranger whose mail waits, by its DID, or as it is shown; `Directory` resolves neither. */
function strangers({ book, network, directory }: MessagingParts, { tables }: Mailbox) {
  const nameOf = (did: string) => book.get(did)?.name ?? network.peer(did)?.name ?? directory.nameOf(did)
  function find(peer: string): { did: string; rows: MessageRow[] } {
    const senders = [...new Set(tables.held().map((row) => nodeOf(row.from_did)))]
    const did = senders.find((sender) => sender === peer || directory.nameOf(sender) === peer)
    const namesakes = senders.filter((sender) => nameOf(sender) === peer)
    if (did === undefined && namesakes.length === 0) {
      throw new AgoraError('not_found', `peer: no messages of ${JSON.stringify(peer)} wait here.`, {
        field: 'peer',
        hint: '`agora requests` lists who waits.',
        candidates: senders.map(directory.nameOf).slice(0, 10),
      })
    }
    // Trust is given to a DID: a name that somebody else has too says nothing about whose it is.
    if (did === undefined) {
      throw new AgoraError('ambiguous_name', `peer: not only one peer calls itself ${JSON.stringify(peer)}.`, {
        field: 'peer',
        hint: 'Give the DID of the one you mean.',
        candidates: namesakes,
      })
    }
    return { did, rows: tables.held(did) }
  }

  return { find, nameOf }
}

/** What letting a stranger in would mean, for agents that ask for it. */
export function requestAskings(parts: MessagingParts, mailbox: Mailbox): Pick<Askings, 'requests.accept'> {
  const { find } = strangers(parts, mailbox)
  return {
    'requests.accept'({ peer }) {
      const { did } = find(peer)
      const name = parts.directory.nameOf(did)
      return { input: { peer: did }, summary: `let in ${name} (${did}), whose messages wait, with trust 1` }
    },
  }
}

/** The box of strangers' mail: seen by the operator alone, until it is accepted or dropped. */
export function requestHandlers(
  parts: MessagingParts,
  mailbox: Mailbox,
): Pick<Handlers, 'requests.list' | 'requests.accept' | 'requests.drop'> {
  const { database, directory, book, events } = parts
  const { tables } = mailbox
  const { find, nameOf } = strangers(parts, mailbox)

  return {
    'requests.list': () => {
      const groups = Map.groupBy(tables.held(), (row) => nodeOf(row.from_did))
      return {
        items: [...groups].map(([did, rows]) => ({
          did,
          name: directory.nameOf(did),
          count: rows.length,
          first_at: rfc3339(rows[0]?.received_at ?? 0),
          messages: rows.map((row) => {
            const { id, body, sent_at } = mailbox.view(row)
            return { id, body, sent_at }
          }),
        })),
      }
    },

    'requests.accept': async ({ peer }) => {
      const { did, delivered } = await database.write(() => {
        const { did, rows } = find(peer)
        const trust = book.trust(did)
        if (trust < 1) book.setTrust(did, 1, nameOf(did))
        let delivered = 0
        for (const row of rows) {
          tables.release(row.position)
          const inboxes = mailbox.inboxesFor(row.to_did, row.from_did)
          // Written for an agent that is not here: the operator, who has seen it, keeps it.
          take(mailbox, row, inboxes.length > 0 ? inboxes : mailbox.inboxesFor(nodeOf(row.to_did), row.from_did))
          delivered++
        }
        // Their senders were told that it waits; now it does not.
        mailbox.report(rows, 'stored')
        events.emit('request.accepted', undefined, { did, delivered })
        return { did, delivered }
      })
      return { did, name: directory.nameOf(did), trust_level: book.trust(did), delivered }
    },

    'requests.drop': ({ peer }) =>
      database.write(() => {
        const { did, rows } = find(peer)
        for (const row of rows) tables.drop(row.position)
        events.emit('request.dropped', undefined, { did, dropped: rows.length })
        return { did, dropped: rows.length }
      }),
  }
}
