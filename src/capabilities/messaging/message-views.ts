import { rfc3339 } from '../../base/clock.ts'
import { nodeOf } from '../../base/did.ts'
import type { Envelope, Stage } from '../../contract/envelope.ts'
import { type Standing, shownStanding } from '../../contract/progress.ts'
import { authorView } from '../../core/author-view.ts'
import type { Said, SaidReader } from '../../core/space-mail.ts'
import type { MessagingParts } from './parts.ts'
import type { InboxRow, MessageRow } from './rows.ts'
import type { Delivery, Message } from './schema.ts'

export const parse = (row: Pick<MessageRow, 'envelope'>): Envelope & { body: { text: string } } =>
  JSON.parse(row.envelope)

export const standing = (row: Pick<MessageRow, 'stage' | 'note' | 'times'>): Standing => ({
  stage: row.stage as Stage,
  note: row.note,
  times: JSON.parse(row.times),
})

/** Messages as the API shows them, those that were said in a space as its log has them. */
export function messageViews({
  key,
  outbox,
  book,
  directory,
}: Pick<MessagingParts, 'key' | 'outbox' | 'book' | 'directory'>) {
  const readers = new Map<string, SaidReader>()
  const authors = { self: key, book, directory }

  /** What was said in a space, by its log: there its text may have been taken away since. */
  function said(row: Pick<MessageRow, 'space' | 'envelope'>): Said | undefined {
    if (row.space === null) return undefined
    const { type, body } = parse(row)
    const entry = String(body['entry'])
    return readers.get(type)?.(row.space, entry) ?? { text: '', place: { entry }, evidence: row.envelope }
  }

  function message(row: MessageRow & Partial<Pick<InboxRow, 'shown_at' | 'acknowledged_at'>>): Message {
    const envelope = parse(row)
    const spoken = said(row)
    return {
      id: row.id,
      conversation_id: row.conversation_id,
      ...(envelope.reply_to ? { reply_to: envelope.reply_to } : {}),
      from: authorView(authors, row.from_did, spoken?.role),
      to: row.to_did,
      to_name: directory.nameOf(row.to_did),
      body: spoken?.text ?? envelope.body.text,
      sent_at: envelope.sent_at,
      ...(row.received_at === null ? {} : { received_at: rfc3339(row.received_at) }),
      ...(row.shown_at ? { shown_at: rfc3339(row.shown_at) } : {}),
      ...(row.acknowledged_at ? { acknowledged_at: rfc3339(row.acknowledged_at) } : {}),
      ...(spoken ? { said_in: spoken.place } : {}),
    }
  }

  /** How far a message of this node has come. `sent` is known to the outbox alone until a receipt comes. */
  function delivery(row: MessageRow): Delivery {
    const sentAt = row.stage === 'queued' ? outbox.find(row.id, nodeOf(row.to_did))?.first_sent_at : undefined
    return {
      id: row.id,
      to: row.to_did,
      to_name: directory.nameOf(row.to_did),
      conversation_id: row.conversation_id,
      ...shownStanding(standing(row), sentAt),
      ...(row.reason === null ? {} : { reason: row.reason as NonNullable<Delivery['reason']> }),
    }
  }
  return {
    message,
    delivery,
    said,
    /** Entries of this type are shown by it. */
    readsSaid: (type: string, reader: SaidReader) => void readers.set(type, reader),
    text(row: MessageRow | undefined): {
      text: string
      conversation_id: string
      where?: Record<string, string> | undefined
    } {
      const spoken = row && said(row)
      return {
        text: row ? (spoken?.text ?? parse(row).body.text) : '',
        conversation_id: row?.conversation_id ?? '',
        where: spoken && whereOf(spoken),
      }
    },
  }
}

/** Where something was said, as it is told to whoever is to answer there. */
function whereOf({ role, place }: Said): Record<string, string> {
  const { project, project_id, room, thread, thread_id, entry } = place
  const all = {
    Project: project,
    'Project id': project_id,
    Room: room,
    'Their role': role,
    Thread: thread,
    'Thread id': thread_id,
    Entry: entry,
  }
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined))
}
