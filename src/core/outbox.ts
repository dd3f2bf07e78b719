import { sql as raw } from 'kysely'
import type { Clock } from '../base/clock.ts'
import { type FailureReason, TIME_TO_LIVE } from '../contract/envelope.ts'
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

export type Settled = Pick<OutboxRow, 'seq' | 'id' | 'type' | 'first_sent_at'>

export interface Outbox extends LinkListener {
  /** Within a write: keeps the envelope for `peer` (a node DID) until it is receipted or expires, and sends it as soon as there is a link. */
  post(sealed: Sealed, peer: string): void
  /** Within a write: the envelope has come to an end there; answers what was known of it, if it was still waiting. */
  settle(id: string, peer: string): Settled | undefined
  /** Within a write: a receipt tells of an envelope, which has come to its end here by that. Whoever listens for progress is told. */
  learn(progress: Omit<Progress, 'sentAt'>): void
  /** Within a write: everything that waits for a peer comes to nothing. */
  abandon(peer: string, reason: FailureReason): void
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

/** Ms until it is written down that an envelope was sent. Most have their receipt by then, and it need not be written at all. */
const MARK_AFTER = 100

type Posted = Pick<OutboxRow, 'seq' | 'id' | 'type' | 'envelope'>

interface Lane {
  link: Link
  /** The last that was taken to be sent. */
  cursor: number
  /** Posted since and committed: all that there is after the cursor, or else `behind` says that there is more on disk. */
  fresh: Posted[]
  freshSize: number
  behind: boolean
  /** Sent on this link and not yet kept by the other side, in order. */
  flying: { seq: number; type: string }[]
  acknowledged: number
  pumping: boolean
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
  timeToLive = () => TIME_TO_LIVE,
}: {
  clock: Clock
  database: Database
  telemetry: Telemetry
  timeToLive?(): number
}): Outbox {
  const lanes = new Map<string, Lane>()
  const listeners: ((progress: Progress) => void)[] = []
  let idleWaiters: (() => void)[] = []
  let settling = 0
  /** What was sent and neither settled nor written down as sent, by its number. */
  const unmarked = new Map<number, { id: string; peer: string; type: string; at: number }>()
  let cancelMarking: (() => void) | undefined

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
  const markSent = database.statement<{ seq: number; at: number }>((value) =>
    sql
      .updateTable('outbox')
      .set((e) => ({
        attempts: e('attempts', '+', 1),
        first_sent_at: e.fn.coalesce('first_sent_at', e.val(value('at'))),
      }))
      .where('seq', '=', value('seq')),
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
  const removeById = database.statement<{ id: string; peer: string }, Settled>((value) =>
    sql
      .deleteFrom('outbox')
      .where('id', '=', value('id'))
      .where('peer', '=', value('peer'))
      .returning(['seq', 'id', 'type', 'first_sent_at']),
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

  /** What was posted just now goes out from memory; a lane that cannot hold it all reads it from disk when it comes to it. */
  function offer(peer: string, posted: Posted) {
    const lane = lanes.get(peer)
    if (!lane || posted.seq <= lane.cursor) return
    lane.freshSize += posted.envelope.length
    lane.behind ||= lane.fresh.length >= BATCH || lane.freshSize > BATCH_SIZE
    if (lane.behind) emptyFresh(lane)
    else lane.fresh.push(posted)
    wake(peer)
  }

  function emptyFresh(lane: Lane): Posted[] {
    const { fresh } = lane
    lane.fresh = []
    lane.freshSize = 0
    return fresh
  }

  function takeNext(peer: string, lane: Lane): Posted[] {
    if (!lane.behind) return emptyFresh(lane)
    const { rows, more } = ahead(peer, lane.cursor)
    lane.behind = more
    return rows
  }

  function wake(peer: string) {
    const lane = lanes.get(peer)
    if (lane && !lane.pumping) void pump(peer, lane)
  }

  async function pump(peer: string, lane: Lane): Promise<void> {
    lane.pumping = true
    try {
      // Whatever else this commit holds goes along.
      await Promise.resolve()
      while (lane.flying.length < WINDOW && lanes.get(peer) === lane) {
        const rows = takeNext(peer, lane)
        const last = rows.at(-1)
        if (!last) break
        for (const row of rows) lane.flying.push({ seq: row.seq, type: row.type })
        lane.cursor = last.seq
        await lane.link.send(rows.map((row) => Buffer.from(row.envelope)))
        const now = clock.now()
        for (const { seq, id, type } of rows) {
          unmarked.set(seq, { id, peer, type, at: unmarked.get(seq)?.at ?? now })
          telemetry.count('envelopes_sent', { type })
        }
        cancelMarking ??= clock.after(MARK_AFTER, mark)
      }
    } catch (error) {
      // The link is gone or the disk refuses: all of it is still in the outbox, and goes again with the next link.
      telemetry.log.debug({ peer, error: String(error) }, 'sending stopped')
    } finally {
      lane.pumping = false
      settleIdle()
    }
  }

  /** Writes down what was sent and has not come to its end. */
  function mark() {
    cancelMarking?.()
    cancelMarking = undefined
    const sent = [...unmarked]
    if (sent.length === 0) return
    void note(() => {
      for (const [seq, { at }] of sent) if (unmarked.has(seq)) markSent.run({ seq, at })
    }).then(() => {
      for (const [seq, { id, peer, type, at }] of sent) {
        if (unmarked.delete(seq) && type !== receiptWire.type) tell({ id, peer, stage: 'sent', at })
      }
    })
  }

  function settle(id: string, peer: string): Settled | undefined {
    const row = removeById.first({ id, peer })
    if (!row) return undefined
    const first_sent_at = row.first_sent_at ?? unmarked.get(row.seq)?.at ?? null
    database.afterCommit(() => unmarked.delete(row.seq))
    return { ...row, first_sent_at }
  }

  function settleIdle() {
    if (idleWaiters.length === 0) return
    if (unmarked.size > 0 && settling === 0) mark()
    const busy = settling > 0 || [...lanes.values()].some((lane) => lane.pumping || lane.flying.length > 0)
    if (busy) return
    const waiters = idleWaiters
    idleWaiters = []
    for (const resolve of waiters) resolve()
  }

  return {
    post({ envelope, text }, peer) {
      const now = clock.now()
      const { id, type } = envelope
      const { lastId: seq } = insert.run({ id, peer, type, envelope: text, now, expires: now + timeToLive() })
      database.afterCommit(() => offer(peer, { seq, id, type, envelope: text }))
    },
    settle,
    learn: (progress) => tell({ ...progress, sentAt: settle(progress.id, progress.peer)?.first_sent_at ?? undefined }),
    abandon(peer, reason) {
      const at = clock.now()
      for (const { id, type } of database.all(
        sql.selectFrom('outbox').select(['id', 'type']).where('peer', '=', peer).orderBy('seq'),
      )) {
        const settled = settle(id, peer)
        if (type === receiptWire.type) continue
        tell({ id, peer, stage: 'failed', at, sentAt: settled?.first_sent_at ?? undefined, reason })
      }
    },
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
      lanes.set(peer, {
        link,
        cursor: 0,
        fresh: [],
        freshSize: 0,
        behind: true,
        flying: [],
        acknowledged: 0,
        pumping: false,
      })
      wake(peer)
    },
    linkAcknowledged(peer, link, frames) {
      const lane = lanes.get(peer)
      if (lane?.link !== link) return
      const kept = lane.flying.splice(0, frames - lane.acknowledged)
      lane.acknowledged = frames
      // A receipt is at its end once the other side has it on disk; all else ends with its own receipt.
      const ended = kept.filter((row) => row.type === receiptWire.type)
      for (const { seq } of ended) unmarked.delete(seq)
      wake(peer)
      if (ended.length === 0) return settleIdle()
      void note(() => {
        for (const { seq } of ended) remove.run({ seq })
      })
    },
    linkDown(peer, link) {
      if (lanes.get(peer)?.link === link) lanes.delete(peer)
      mark()
      settleIdle()
    },
    idle: () =>
      new Promise((resolve) => {
        idleWaiters.push(resolve)
        settleIdle()
      }),
  }
}
