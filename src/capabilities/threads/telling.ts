import { nodeOf, parseDid } from '../../base/did.ts'
import { SignedEntry } from '../../contract/entry.ts'
import type { Envelope } from '../../contract/envelope.ts'
import { seal } from '../../core/envelopes.ts'
import { inboxOf, OPERATOR_INBOX } from '../../core/events.ts'
import type { Outcome, Sender, WireHandler } from '../../core/inbound.ts'
import type { Progress } from '../../core/outbox.ts'
import { addressesOf } from '../../core/peer-book.ts'
import type { CheckedEntry } from '../../log/checked.ts'
import { checkEntry } from '../../log/entry.ts'
import { threadFacts } from '../../spaces/thread-facts.ts'
import type { ThreadParts } from './parts.ts'
import { threadWire } from './schema.ts'
import type { ThreadTables } from './tables.ts'
import type { ThreadReplica } from './views.ts'

interface Checked {
  create: CheckedEntry
  update: CheckedEntry | undefined
}

/** Threads that go on, into which one peer brought this node: each is kept at hand. */
export const THREADS_OF_ONE = 1_000
/** Nodes that are told: the rest is found in the log. */
const MEMBERS_MAX = 100

const stageOf: Partial<Record<Progress['stage'], 'joined' | 'refused' | 'expired'>> = {
  stored: 'joined',
  failed: 'refused',
  expired: 'expired',
}

/** How the nodes of participants learn of a thread: an envelope from whoever adds them; the rest comes by its log. */
export function createTelling(parts: ThreadParts, tables: ThreadTables) {
  const { clock, key, self, database, events, outbox, book, directory, spaces, agents } = parts

  /** Within a write: tells these nodes of a thread; `by` is the entry that added them. */
  function tell(log: ThreadReplica, nodes: Iterable<string>, by: string): void {
    const [create, update] = [log.signed(log.space), by === log.space ? undefined : log.signed(by)]
    const all = new Set([...(log.judgement().standing?.participants.keys() ?? [])].map(nodeOf))
    const members = [...all].slice(0, MEMBERS_MAX).map((did) => ({
      did,
      addresses: addressesOf(book, did),
    }))
    for (const node of new Set(nodes)) {
      if (node === self.did || !create) continue
      const body = { create, ...(update ? { update } : {}), members }
      const sealed = seal({ key, clock }, { type: threadWire.type, from: self.did, to: node, body })
      tables.put({ space: log.space, node, envelope: sealed.envelope.id, stage: 'invited', reason: null })
      outbox.post(sealed, node)
    }
  }

  /** Within a write, but for `sent`. */
  function progress({ id, peer, stage: learned, reason }: Progress): void {
    const stage = stageOf[learned]
    const row = stage && tables.ofEnvelope(id)
    if (!row || row.node !== peer) return
    tables.put({ ...row, stage, reason: reason ?? null })
    events.emit(`thread.${stage}`, OPERATOR_INBOX, {
      thread_id: row.space,
      did: peer,
      name: directory.nameOf(peer),
      ...(reason === undefined ? {} : { reason }),
    })
  }
  outbox.onProgress((learned) => {
    if (learned.stage !== 'sent') progress(learned)
  })

  async function check({ body }: Envelope): Promise<Checked | undefined> {
    const [create, update] = await Promise.all([checked(body['create']), checked(body['update'])])
    return create && { create, update }
  }
  async function checked(signed: unknown): Promise<CheckedEntry | undefined> {
    const { data } = SignedEntry.safeParse(signed)
    return data && (await checkEntry(data)).entry
  }

  /** Which of those that an invitation names are of this node and are there. */
  function invited(
    { create, update }: Checked,
    from: string,
  ): { dids: string[]; title?: string | undefined } | undefined {
    const adding = update ?? create
    const { data: facts } = threadFacts['thread.create'].safeParse(create.body)
    const { data: change } = threadFacts['thread.update'].safeParse(update?.body ?? {})
    const isWhole =
      create.header.type === 'thread.create' &&
      create.space === create.id &&
      (!update || (update.header.type === 'thread.update' && update.space === create.id))
    // Nobody is brought into a thread by hearsay: whoever adds tells.
    if (!isWhole || !facts || !change || nodeOf(adding.header.author) !== from) return undefined
    const named = update ? (change.add ?? []) : facts.participants
    return { dids: named.filter((did) => nodeOf(did) === self.did), title: change.title ?? facts.title }
  }

  /** How many threads go on that this peer told of first. */
  const broughtBy = (did: string): number =>
    spaces.list('thread').filter(({ status, via }) => (status === 'joining' || status === 'member') && via[0] === did)
      .length

  function receive(envelope: Envelope, sender: Sender, checked: Checked | undefined): Outcome {
    const found = checked && invited(checked, sender.did)
    if (!checked || !found || found.dids.length === 0) return { stage: 'failed', reason: 'malformed' }
    const there = found.dids.filter((did) => {
      const { agent } = parseDid(did)
      return agent === undefined || agents.has(agent)
    })
    if (there.length === 0) return { stage: 'failed', reason: 'unknown_agent' }
    const { create, update } = checked
    if (!spaces.info(create.id) && broughtBy(sender.did) >= THREADS_OF_ONE)
      return { stage: 'failed', reason: 'requests_full' }
    const members = envelope.body['members'] as { did: string; addresses: string[] }[]
    spaces.joinWithin(create.id, {
      kind: 'thread',
      title: found.title,
      entries: update ? [create, update] : [create],
      members: [...new Set([sender.did, ...members.map(({ did }) => nodeOf(did))])],
    })
    database.afterCommit(() => {
      for (const { did, addresses } of members)
        if (nodeOf(did) !== self.did && !book.isBlocked(nodeOf(did))) parts.seek?.(nodeOf(did), addresses, sender.did)
    })
    for (const did of there) {
      events.emit('thread.invited', inboxOf(did), {
        thread_id: create.id,
        from: create.header.author,
        from_name: directory.nameOf(create.header.author),
        ...(found.title === undefined ? {} : { title: found.title }),
      })
    }
    return { stage: 'stored' }
  }

  const wire: WireHandler<Checked | undefined> = {
    definition: threadWire,
    check,
    handle: (envelope, _text, sender, checked) => receive(envelope, sender, checked),
  }
  return { tell, wire }
}
