import { byteLength } from '../../base/text.ts'
import { BODY_MAX, type Envelope } from '../../contract/envelope.ts'
import { knownReason, type Receipt, receiptWire } from '../../contract/receipt.ts'
import type { Outcome, Sender, WireHandler } from '../../core/inbound.ts'
import type { Mailbox } from './mailbox.ts'
import type { MessagingParts } from './parts.ts'
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
    const row = tables.insertMessage(values)
    if (!held) {
      mailbox.take(row, inboxes)
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
