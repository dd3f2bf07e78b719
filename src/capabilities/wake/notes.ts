import { rfc3339 } from '../../base/clock.ts'
import { nodeOf } from '../../base/did.ts'
import type { Receipt } from '../../contract/receipt.ts'
import { grantPeer } from '../../core/dispatch.ts'
import { postReceipts } from '../../core/receipts.ts'
import type { Asked } from './asked.ts'
import type { WakeParts } from './parts.ts'
import type { WakeNote } from './schema.ts'
import type { CallRow, WakeTables } from './tables.ts'

/** Tells those who called what became of it. */
export function createNotes(parts: WakeParts, tables: WakeTables, asked: Asked) {
  const { clock, key, book, mail } = parts

  /** This node itself, its agents, and peers that are trusted so far. */
  const mayWake = (from: string): boolean =>
    nodeOf(from) === key.did || grantPeer(nodeOf(from), book.trust(nodeOf(from)), ['wake.message']) !== undefined

  return {
    mayWake,
    /** Within a write. A note's time never falls behind that of the one before it, whatever the clock does: it would not count. */
    tell(calls: CallRow[], note: WakeNote): void {
      const noted = calls.filter((call) => mayWake(call.from_did))
      const at = Math.max(clock.now(), ...noted.map((call) => call.noted_at + 1))
      if (noted.length === 0) return
      tables.changeCalls(
        noted.map((call) => call.position),
        { note, noted_at: at },
      )
      mail.note(
        noted.flatMap((call) => (call.message === null ? [] : [call.message])),
        note,
        at,
      )
      const requests = noted.filter((call) => call.kind === 'request')
      for (const [peer, list] of Map.groupBy(requests, (call) => nodeOf(call.from_did))) {
        const receipts = list.map((call): Receipt => ({ id: call.envelope_id, stage: 'stored', at: rfc3339(at), note }))
        if (peer !== key.did) postReceipts(parts, peer, receipts)
        else for (const { id } of receipts) asked.progress({ id, peer, stage: 'stored', at, note })
      }
    },
  }
}
export type Notes = ReturnType<typeof createNotes>
