import { nodeOf } from '../base/did.ts'
import { type Chains, clockOf } from './chains.ts'
import type { CheckedEntry, FaultReason } from './checked.ts'
import type { Placed } from './types.ts'

export type Placing =
  | { placed: Placed; missing?: never; fault?: never }
  | { placed?: never; missing: string[]; fault?: never }
  | { placed?: never; missing?: never; fault: { reason: FaultReason; detail: string } }

const fault = (reason: FaultReason, detail: string): Placing => ({ fault: { reason, detail } })

/** Of a log, what an entry's place in it depends on. */
export interface KnownLog {
  space: string
  chains: Pick<Chains, 'next'>
  /** An entry that is here and has its place. */
  placed(id: string): Placed | undefined
  /** Whether the node of an entry without `prev` may write here at all. */
  mayBegin(entry: Placed): boolean
}

/**
 * Gives a checked entry its place among those that are here, or says which of its parents are missing, or why nobody honest can have written it. All that
 * is said here of an entry follows from its own past: every node says the same.
 */
export function placeEntry({ id, header, body }: CheckedEntry, log: KnownLog): Placing {
  const { prev, heads, seq, lamport, author, type } = header
  if ((header.space ?? id) !== log.space) return fault('wrong_space', `it is of the space ${header.space ?? id}`)
  for (let index = 0; index < heads.length; index++) {
    const head = heads[index] as string
    if (head === prev) return fault('wrong_heads', 'prev is among the heads')
    if (index > 0 && (heads[index - 1] as string) >= head) return fault('wrong_heads', 'they are not sorted')
  }

  const missing: string[] = []
  const parents: Placed[] = []
  const find = (parent: string): Placed | undefined => {
    const found = log.placed(parent)
    if (found) parents.push(found)
    else missing.push(parent)
    return found
  }
  const before = prev === undefined ? undefined : find(prev)
  for (const head of heads) find(head)
  if (missing.length > 0) return { missing }

  const node = nodeOf(author)
  if (before && before.node !== node) return fault('wrong_prev', `prev is an entry of ${before.node}`)
  if (seq !== (before ? before.seq + 1 : 0)) return fault('wrong_prev', `seq ${seq} after ${before?.seq ?? 'nothing'}`)
  const highest = parents.reduce((high, parent) => Math.max(high, parent.lamport), 0)
  if (lamport !== highest + 1) return fault('wrong_lamport', `${lamport} after ${highest}`)

  const { chain, position } = log.chains.next(before)
  const placed: Placed = {
    id,
    author,
    node,
    lamport,
    at: Date.parse(header.at),
    type,
    body,
    seq,
    prev,
    heads,
    chain,
    position,
    clock: clockOf(parents, chain, position),
  }
  if (!before && !log.mayBegin(placed)) {
    return fault('may_not_begin', `nothing in its past lets ${node} write here`)
  }
  return { placed }
}
