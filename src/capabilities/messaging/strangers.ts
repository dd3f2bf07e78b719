import { rfc3339 } from '../../base/clock.ts'
import { nodeOf } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import type { Askings, Handlers } from '../../core/dispatch.ts'
import type { Mailbox } from './mailbox.ts'
import type { MessagingParts } from './parts.ts'
import type { MessageRow } from './rows.ts'

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
        const delivered = rows.length
        // Who is given trust is let in, whatever gave it.
        if (book.trust(did) < 1) book.setTrust(did, 1, nameOf(did))
        else mailbox.letIn(did)
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
