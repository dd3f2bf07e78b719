import type { Clock } from '../base/clock.ts'
import { RECEIPTS_MAX, type Receipt, receiptWire } from '../contract/receipt.ts'
import type { NodeKey } from '../identity/signing.ts'
import { seal } from './envelopes.ts'
import type { Outbox } from './outbox.ts'

/** Within a write: tells a peer what became of envelopes it sent, as many at a time as fit. */
export function postReceipts(
  { key, clock, outbox }: { key: NodeKey; clock: Clock; outbox: Pick<Outbox, 'post'> },
  peer: string,
  receipts: Receipt[],
): void {
  for (let start = 0; start < receipts.length; start += RECEIPTS_MAX) {
    const body = { receipts: receipts.slice(start, start + RECEIPTS_MAX) }
    outbox.post(seal({ key, clock }, { type: receiptWire.type, from: key.did, to: peer, body }), peer)
  }
}
