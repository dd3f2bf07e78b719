import { nodeOf } from '../../base/did.ts'
import type { FailureReason, Stage } from '../../contract/envelope.ts'
import { learn, type Standing, shownStanding } from '../../contract/progress.ts'
import { inboxOf } from '../../core/events.ts'
import type { Progress } from '../../core/outbox.ts'
import { createWaiters } from '../../core/waiters.ts'
import type { WakeParts } from './parts.ts'
import type { WakeAsked } from './schema.ts'
import type { AskedRow, WakeTables } from './tables.ts'

/** The requests to be woken that this node sent, and what became of them. */
export function createAsked({ clock, database, events, outbox, directory }: WakeParts, tables: WakeTables) {
  const changes = createWaiters(clock)
  /** Looked at with every receipt that comes; most are of other things. */
  const known = new Set(tables.listAsked({ limit: 100_000 }).map((row) => row.id))

  const standing = (row: AskedRow): Standing => ({
    stage: row.stage as Stage,
    note: row.note,
    times: JSON.parse(row.times),
  })

  return {
    changed: changes.wait,
    view: (row: AskedRow): WakeAsked => ({
      id: row.id,
      from: row.from_did,
      to: row.to_did,
      to_name: directory.nameOf(row.to_did),
      reason: row.reason,
      ...shownStanding(standing(row), outbox.find(row.id, nodeOf(row.to_did))?.first_sent_at),
      ...(row.failure === null ? {} : { failure: row.failure as FailureReason }),
    }),
    /** Within a write. */
    add(row: AskedRow): void {
      tables.insertAsked(row)
      database.afterCommit(() => known.add(row.id))
    },
    /** Within a write, but for `sent`. */
    progress({ id, peer, reason, ...learned }: Progress): void {
      if (!known.has(id)) return
      if (learned.stage === 'sent') {
        changes.wake(id)
        return
      }
      const row = tables.asked(id)
      if (!row || nodeOf(row.to_did) !== peer) return
      const next = learn(standing(row), learned)
      if (!next) return
      const { stage, note } = next
      tables.changeAsked(id, { stage, note, failure: reason ?? null, times: JSON.stringify(next.times) })
      events.emit('wake.progress', inboxOf(row.from_did), {
        id,
        to: row.to_did,
        stage,
        ...(note === null ? {} : { note }),
        ...(reason === undefined ? {} : { reason }),
      })
      database.afterCommit(() => changes.wake(id))
    },
  }
}
export type Asked = ReturnType<typeof createAsked>
