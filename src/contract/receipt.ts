import { z } from 'zod'
import { FailureReason, MessageId, Stage, Timestamp } from './envelope.ts'
import { wireType } from './wire.ts'

/** What became of one envelope at its receiver. */
export const Receipt = z.looseObject({
  id: MessageId,
  stage: Stage.extract(['stored', 'shown', 'acknowledged', 'failed']),
  at: Timestamp,
  note: z.string().max(200).optional(),
  reason: z.string().max(64).optional(),
})
export type Receipt = z.output<typeof Receipt>

export const RECEIPTS_MAX = 500

/** Body of the envelope type `receipt`: between nodes (bare DIDs), many at a time, never receipted themselves. */
export const receiptWire = wireType({
  type: 'receipt',
  body: z.looseObject({ receipts: z.array(Receipt).min(1).max(RECEIPTS_MAX) }),
  permissions: ['receipt.send'],
  receipted: false,
})

/** A reason from a newer peer that this version does not know is kept as what it says in general. */
export const knownReason = (reason: string | undefined): FailureReason =>
  FailureReason.safeParse(reason).data ?? 'not_permitted'
