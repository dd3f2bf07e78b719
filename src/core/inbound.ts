import type { TrustLevel } from '../authority/trust.ts'
import { type Clock, rfc3339 } from '../base/clock.ts'
import { nodeOf } from '../base/did.ts'
import { AgoraError } from '../base/errors.ts'
import type { Envelope, FailureReason } from '../contract/envelope.ts'
import type { Permission } from '../contract/permissions.ts'
import type { Receipt } from '../contract/receipt.ts'
import type { WireType } from '../contract/wire.ts'
import type { NodeKey } from '../identity/signing.ts'
import type { Database } from '../store/database.ts'
import { sqlBuilder } from '../store/database.ts'
import { grantPeer } from './dispatch.ts'
import { type Opened, open } from './envelopes.ts'
import type { Inbound, Taken } from './network.ts'
import { createOffences } from './offences.ts'
import type { Outbox } from './outbox.ts'
import type { PeerBook } from './peer-book.ts'
import { postReceipts } from './receipts.ts'
import type { Telemetry } from './telemetry.ts'

export interface Sender {
  /** The node at the other end of the connection. */
  did: string
  trust: TrustLevel
  /** The best it has of what the type asks for. */
  granted: Permission
}

export type Outcome = { stage: 'stored'; note?: string | undefined } | { stage: 'failed'; reason: FailureReason }

/** Takes one verified envelope within a write. `text` is the envelope as it came. Answers what the receipt says. */
export interface WireHandler<Checked = unknown> {
  definition: WireType
  /** What takes time, such as signatures within the body, of an envelope whose own signature is right; before the write, and given to `handle`. */
  check?(envelope: Envelope): Promise<Checked>
  handle(envelope: Envelope, text: string, sender: Sender, checked: Checked): Outcome | undefined
}

/** Envelopes of receipts that may wait for one stranger before nothing more is taken in from it. */
export const RECEIPTS_WAITING_MAX = 1000

interface Read {
  opened: Opened
  checked: unknown
}

interface SeenRow {
  id: string
  from_did: string
  received_at: number
  note: string | null
}
const sql = sqlBuilder<{ seen: SeenRow }>()

/** Every envelope from every peer passes here once: checked, permitted, handled, remembered and receipted in one commit. */
export function createInbound({
  key,
  clock,
  database,
  book,
  outbox,
  telemetry,
  handlers,
}: {
  key: NodeKey
  clock: Clock
  database: Database
  book: PeerBook
  outbox: Outbox
  telemetry: Telemetry
  handlers: WireHandler[]
}): Inbound & { idle(): Promise<void>; forget(olderThan: number): void } {
  const byType = new Map(handlers.map((handler) => [handler.definition.type, handler]))
  const offends = createOffences(clock)
  let busy = 0
  const idleWaiters: (() => void)[] = []

  const seen = database.statement<{ id: string; from: string }, SeenRow>((value) =>
    sql.selectFrom('seen').selectAll().where('id', '=', value('id')).where('from_did', '=', value('from')),
  )
  const remember = database.statement<{ id: string; from: string; now: number; note: string | null }>((value) =>
    sql.insertInto('seen').values({
      id: value('id'),
      from_did: value('from'),
      received_at: value('now'),
      note: value('note'),
    }),
  )

  /** The same with what its handler has to check first, for those whose body has the form of their type. */
  async function read(frame: Uint8Array, did: string, now: number): Promise<Read> {
    const opened = await open(frame, { remote: did, self: key.did, now })
    if (opened.offence !== undefined || opened.fault) return { opened, checked: undefined }
    const handler = byType.get(opened.envelope.type)
    const isFit = handler?.check && handler.definition.body.safeParse(opened.envelope.body).success
    return { opened, checked: isFit ? await handler.check?.(opened.envelope) : undefined }
  }

  /** Handles one envelope; the receipt owed for it, if any. */
  function take({ opened, checked }: Read, did: string): Receipt | undefined {
    if (opened.offence !== undefined) return undefined
    const { envelope, text, fault } = opened
    const { id, type, from } = envelope
    const at = rfc3339(clock.now())
    const handler = byType.get(type)
    if (handler?.definition.receipted !== false) {
      const before = seen.first({ id, from })
      if (before) {
        telemetry.count('envelopes_repeated', { type: handler ? type : 'unknown' })
        return {
          id,
          stage: 'stored',
          at: rfc3339(before.received_at),
          ...(before.note === null ? {} : { note: before.note }),
        }
      }
    }
    telemetry.count('envelopes_received', { type: handler ? type : 'unknown' })
    const outcome = decide()
    // What is never receipted is not even when it is refused.
    if (!outcome || handler?.definition.receipted === false) return undefined
    if (outcome.stage === 'failed') {
      // Not remembered: only its sender could send it again, and a stranger's refused envelopes would fill the disk.
      telemetry.count('envelopes_refused', { reason: outcome.reason })
      return { id, stage: 'failed', at, reason: outcome.reason }
    }
    const note = outcome.note ?? null
    remember.run({ id, from, now: clock.now(), note })
    return { id, stage: 'stored', at, ...(note === null ? {} : { note }) }

    function decide(): Outcome | undefined {
      // What was under way when it was shut out.
      if (book.isBlocked(did)) return { stage: 'failed', reason: 'not_permitted' }
      if (!handler) return { stage: 'failed', reason: 'unsupported_type' }
      const { definition } = handler
      // A receipt is as true late as on time, and taken again it changes nothing.
      if (fault && definition.receipted) return { stage: 'failed', reason: fault }
      if (!definition.body.safeParse(envelope.body).success) return { stage: 'failed', reason: 'malformed' }
      const trust = book.trust(did)
      const granted = grantPeer(did, trust, definition.permissions)
      if (!granted) return { stage: 'failed', reason: 'not_permitted' }
      return handler.handle(envelope, text, { did, trust, granted }, checked)
    }
  }

  function keep(batch: Read[], did: string): Promise<void> {
    return database.write(() => {
      const receipts: Receipt[] = []
      for (const one of batch) {
        const receipt = take(one, did)
        if (receipt) receipts.push(receipt)
      }
      postReceipts({ key, clock, outbox }, did, receipts)
    })
  }

  function offend(did: string, opened: Opened & { offence: string }): boolean {
    telemetry.count('envelopes_refused', { reason: opened.offence })
    telemetry.security(opened.offence, did, { detail: opened.detail })
    return offends(did)
  }

  function begin(did: string, frames: Uint8Array[]): () => Promise<Taken> {
    const now = clock.now()
    const reading = Promise.all(frames.map((frame) => read(frame, did, now)))
    reading.catch(() => undefined)
    return () => handle(did, reading)
  }

  async function handle(did: string, reading: Promise<Read[]>): Promise<Taken> {
    busy++
    try {
      return await takeIn(did, reading)
    } finally {
      busy--
      if (busy === 0) for (const resolve of idleWaiters.splice(0)) resolve()
    }
  }

  async function takeIn(did: string, reading: Promise<Read[]>): Promise<Taken> {
    // A stranger who sends and does not take its receipts would fill the disk with them; the stream ends, and it may come
    // again. Those who may fill inboxes are not held to it: two that owe each other much would wait for one another.
    if (book.trust(did) === 0 && outbox.receiptsWaiting(did) > RECEIPTS_WAITING_MAX) {
      telemetry.count('rate_limited', { what: 'receipts' })
      throw new AgoraError('rate_limited', `${did} does not take the receipts it is owed.`)
    }
    const batch = await reading
    try {
      await keep(batch, did)
    } catch (error) {
      if (error instanceof AgoraError && (error.kind === 'storage' || error.kind === 'unavailable')) throw error
      // One envelope that cannot be handled must not hold up the rest for ever: each for itself, and that one is refused.
      for (const one of batch) {
        const { opened } = one
        await keep([one], did).catch((cause) => {
          if (cause instanceof AgoraError && (cause.kind === 'storage' || cause.kind === 'unavailable')) throw cause
          telemetry.log.error(
            {
              did,
              id: opened.offence === undefined ? opened.envelope.id : undefined,
              error: String(cause?.stack ?? cause),
            },
            'an envelope could not be handled',
          )
        })
      }
    }
    let close = false
    for (const { opened } of batch) {
      if (opened.offence !== undefined) close = offend(did, opened) || close
    }
    return { close }
  }

  return {
    receive: async (did, frames) => begin(nodeOf(did), frames)(),
    begin: (did, frames) => begin(nodeOf(did), frames),
    idle: () => (busy === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve))),
    forget(olderThan) {
      database.run(sql.deleteFrom('seen').where('received_at', '<', olderThan))
    },
  }
}
