import { sql as raw } from 'kysely'
import type { Clock } from '../base/clock.ts'
import { TIME_TO_LIVE } from '../contract/envelope.ts'
import { receiptWire } from '../contract/receipt.ts'
import type { Database } from '../store/database.ts'
import { sqlBuilder } from '../store/database.ts'
import type { Sealed } from './envelopes.ts'
import type { Link, LinkListener } from './network.ts'
import type { Telemetry } from './telemetry.ts'

/** Something learned about an envelope this node sent. `sentAt` and `at` in ms since the epoch. */
export interface Progress {
  id: string
  peer: string
  stage: 'sent' | 'stored' | 'shown' | 'acknowledged' | 'failed' | 'expired'
  at: number
  sentAt?: number | undefined
  note?: string | undefined
  reason?: string | undefined
}

export interface OutboxRow {
  seq: number
  id: string
  peer: string
  type: string
  envelope: string
  attempts: number
  first_sent_at: number | null
  created_at: number
  expires_at: number
}

export interface Outbox extends LinkListener {
  /** Within a write: keeps the envelope for `peer` (a node DID) until it is receipted or expires, and sends it as soon as there is a link. */
  post(sealed: Sealed, peer: string): void
  /** Within a write: the envelope has come to an end there; answers its row, if it was still waiting. */
  settle(id: string, peer: string): OutboxRow | undefined
  /** Within a write: a receipt tells of an envelope, which has come to its end here by that. Whoever listens for progress is told. */
  learn(progress: Omit<Progress, 'sentAt'>): void
  /** Where an envelope stands that is not settled yet. */
  find(id: string, peer: string): OutboxRow | undefined
  /** Everything but receipts that waits, oldest first, after `seq`. */
  list(seq: number, limit: number): OutboxRow[]
  count(): number
  /** How many envelopes with receipts wait for a peer. */
  receiptsWaiting(peer: string): number
  /** Within a write: ends what is older than its time to live. */
  expire(): void
  /** Called within the write, but for `sent`: after the fact, outside of one. */
  onProgress(listener: (progress: Progress) => void): void
  /** Resolves when all that can be sent now has been sent and kept by the other side. */
  idle(): Promise<void>
}

/** Envelopes read and sent at a time, and on their way without the other side having kept them. */
const BATCH = 64
/** Characters of envelopes read at a time, or one envelope: what a peer that does not read costs here. */
const BATCH_SIZE = 1 << 20
const WINDOW = 1024

interface Lane {
  link: Link
  cursor: number
  /** Sent on this link and not yet kept by the other side, in order. */
  flying: { seq: number; type: string }[]
  acknowledged: number
  pumping: boolean
  again: boolean
}

const sql = sqlBuilder<{ outbox: OutboxRow }>()

/**
 * Everything this node has to tell others, on disk before anyone is told that it was taken. One lane a peer, in order; a lane begins at its oldest
 * envelope whenever the link comes up, since what was not receipted may not have arrived, and the receiver knows what it has.
 */
export function createOutbox({
  clock,
  database,
  telemetry,
  timeToLive = TIME_TO_LIVE,
}: {
  clock: Clock
  database: Database
  telemetry: Telemetry
  timeToLive?: number
}): Outbox {
  const lanes = new Map<string, Lane>()
  const listeners: ((progress: Progress) => void)[] = []
  let idleWaiters: (() => void)[] = []
  let settling = 0

  const insert = database.statement<{
    id: string
    peer: string
    type: string
    envelope: string
    now: number
    expires: number
  }>((value) =>
    sql.insertInto('outbox').values({
      id: value('id'),
      peer: value('peer'),
      type: value('type'),
      envelope: value('envelope'),
      created_at: value('now'),
      expires_at: value('expires'),
    } as never),
  )
  const next = database.statement<{ peer: string; cursor: number }, OutboxRow>((value) =>
    sql
      .selectFrom('outbox')
      .selectAll()
      .where('peer', '=', value('peer'))
      .where('seq', '>', value('cursor'))
      .orderBy('seq')
      .limit(BATCH),
  )
  const markSent = database.statement<{ peer: string; from: number; to: number; now: number }>((value) =>
    sql
      .updateTable('outbox')
      .set((e) => ({
        attempts: e('attempts', '+', 1),
        first_sent_at: e.fn.coalesce('first_sent_at', e.val(value('now'))),
      }))
      .where('peer', '=', value('peer'))
      .where('seq', '>=', value('from'))
      .where('seq', '<=', value('to')),
  )
  const byId = database.statement<{ id: string; peer: string }, OutboxRow>((value) =>
    sql.selectFrom('outbox').selectAll().where('id', '=', value('id')).where('peer', '=', value('peer')),
  )
  // The type stands in the query itself, or SQLite could not use the index of receipts alone.
  const waiting = database.statement<{ peer: string }, { count: number | string | bigint }>((value) =>
    sql
      .selectFrom('outbox')
      .select((e) => e.fn.countAll().as('count'))
      .where('peer', '=', value('peer'))
      .where(raw<boolean>`type = ${raw.lit(receiptWire.type)}`),
  )
  const remove = database.statement<{ seq: number }>((value) =>
    sql.deleteFrom('outbox').where('seq', '=', value('seq')),
  )

  /** Notes what can be lost without harm: then it is only sent again, and the other side tells it for what it is. */
  async function note(work: () => void): Promise<void> {
    settling++
    try {
      await database.later(work)
    } catch (error) {
      telemetry.log.warn({ error: String(error) }, 'the outbox could not note what was sent')
    }
    settling--
    settleIdle()
  }
  const tell = (progress: Progress) => {
    for (const listener of listeners) listener(progress)
  }

  /** The next rows to send, and whether there may be more. */
  function ahead(peer: string, cursor: number): { rows: OutboxRow[]; more: boolean } {
    const rows: OutboxRow[] = []
    let size = 0
    for (const row of next.iterate({ peer, cursor })) {
      size += row.envelope.length
      if (size > BATCH_SIZE && rows.length > 0) return { rows, more: true }
      rows.push(row)
    }
    return { rows, more: rows.length === BATCH }
  }

  function wake(peer: string) {
    const lane = lanes.get(peer)
    if (!lane) return
    lane.again = true
    if (!lane.pumping) void pump(peer, lane)
  }

  async function pump(peer: string, lane: Lane): Promise<void> {
    lane.pumping = true
    try {
      while (lane.again && lane.flying.length < WINDOW && lanes.get(peer) === lane) {
        const { rows, more } = ahead(peer, lane.cursor)
        const last = rows.at(-1)
        lane.again = more
        if (!last) break
        for (const row of rows) lane.flying.push({ seq: row.seq, type: row.type })
        lane.cursor = last.seq
        await lane.link.send(rows.map((row) => Buffer.from(row.envelope)))
        const now = clock.now()
        const from = rows[0]?.seq ?? last.seq
        void note(() => markSent.run({ peer, from, to: last.seq, now })).then(() => {
          for (const { id, type } of rows) {
            if (type !== receiptWire.type) tell({ id, peer, stage: 'sent', at: now })
          }
        })
        for (const { type } of rows) telemetry.count('envelopes_sent', { type })
      }
    } catch (error) {
      // The link is gone or the disk refuses: all of it is still in the outbox, and goes again with the next link.
      telemetry.log.debug({ peer, error: String(error) }, 'sending stopped')
    } finally {
      lane.pumping = false
      settleIdle()
    }
  }

  function settle(id: string, peer: string) {
    const row = byId.first({ id, peer })
    if (row) remove.run({ seq: row.seq })
    return row
  }

  function settleIdle() {
    const busy = settling > 0 || [...lanes.values()].some((lane) => lane.pumping || lane.flying.length > 0)
    if (busy) return
    const waiters = idleWaiters
    idleWaiters = []
    for (const resolve of waiters) resolve()
  }

  return {
    post({ envelope, text }, peer) {
      const now = clock.now()
      insert.run({ id: envelope.id, peer, type: envelope.type, envelope: text, now, expires: now + timeToLive })
      database.afterCommit(() => wake(peer))
    },
    settle,
    learn: (progress) => tell({ ...progress, sentAt: settle(progress.id, progress.peer)?.first_sent_at ?? undefined }),
    find: (id, peer) => byId.first({ id, peer }),
    list: (seq, limit) =>
      database.all(
        sql
          .selectFrom('outbox')
          .selectAll()
          .where('seq', '>', seq)
          .where('type', '!=', receiptWire.type)
          .orderBy('seq')
          .limit(limit),
      ),
    count: () =>
      Number(
        database.first(
          sql
            .selectFrom('outbox')
            .select((e) => e.fn.countAll().as('count'))
            .where('type', '!=', receiptWire.type),
        )?.count ?? 0,
      ),
    receiptsWaiting: (peer) => Number(waiting.first({ peer })?.count ?? 0),
    expire() {
      const now = clock.now()
      for (const row of database.all(sql.selectFrom('outbox').selectAll().where('expires_at', '<=', now).limit(1000))) {
        remove.run({ seq: row.seq })
        if (row.type === receiptWire.type) continue
        tell({
          id: row.id,
          peer: row.peer,
          stage: 'expired',
          at: now,
          sentAt: row.first_sent_at ?? undefined,
          reason: 'expired',
        })
      }
    },
    onProgress: (listener) => void listeners.push(listener),
    linkUp(peer, link) {
      lanes.set(peer, { link, cursor: 0, flying: [], acknowledged: 0, pumping: false, again: true })
      wake(peer)
    },
    linkAcknowledged(peer, link, frames) {
      const lane = lanes.get(peer)
      if (lane?.link !== link) return
      const kept = lane.flying.splice(0, frames - lane.acknowledged)
      lane.acknowledged = frames
      // A receipt is at its end once the other side has it on disk; all else ends with its own receipt.
      const ended = kept.filter((row) => row.type === receiptWire.type)
      wake(peer)
      if (ended.length === 0) return settleIdle()
      void note(() => {
        for (const { seq } of ended) remove.run({ seq })
      })
    },
    linkDown(peer, link) {
      if (lanes.get(peer)?.link === link) lanes.delete(peer)
      settleIdle()
    },
    idle: () =>
      new Promise((resolve) => {
        idleWaiters.push(resolve)
        settleIdle()
      }),
  }
}
