import type { z } from 'zod'
import type { Permission } from './permissions.ts'

/** One type of envelope a peer can send: the shape of its body and what the sender needs. The counterpart of an operation. */
export interface WireType<Body extends z.ZodType = z.ZodType> {
  type: string
  body: Body
  /** What the sending peer needs, best first: the first it has is what the handler is told it was granted. */
  permissions: readonly [Permission, ...Permission[]]
  /** Receipts are taken again without harm and never receipted; everything else is remembered by (from, id). */
  receipted: boolean
}

export const wireType = <const Type extends string, Body extends z.ZodType>(
  definition: WireType<Body> & { type: Type },
) => definition
