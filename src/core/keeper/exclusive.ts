import type { FencingToken } from '../../contract/keeper-message.ts'
import type { Replica } from '../../log/replica.ts'

/** Something that somebody has alone, as the log says. */
export interface Holding {
  /** Which one of its kind: a task's id. */
  key: string
  /** A DID. */
  holder: string
  token: FencingToken
  /** The request it was granted on, if the log tells. */
  ask: string | undefined
}

export interface Grant {
  /** The keeper's node, in whose name it is written. */
  author: string
  holder: string
  token: FencingToken
  /** Ms since the epoch, by the keeper's clock. */
  until: number
  /** The id of the request. */
  ask: string
  /** What is wanted, of whatever shape it came in. */
  wish: unknown
}

/** Why the keeper ends what somebody has: its lease ran out; it may do nothing any more; whoever asked for it does not know that it got it. */
export type EndReason = 'lapsed' | 'suspended' | 'released'

/**
 * One kind of things that one alone can have at a time. What is held is what the log says; the keeper adds that grants are given out one by one, tokens
 * grow, and leases run out.
 */
export interface Exclusive {
  kind: string
  held(replica: Replica): Iterable<Holding>
  current(replica: Replica, key: string): Holding | undefined
  /** The highest token of this epoch that the log knows of, also of what is held no more. */
  latest(replica: Replica, epoch: number): number
  /**
   * Within a write: chooses what is granted and writes the entry that says so.
   * @throws AgoraError why it cannot be granted; nothing is written then.
   */
  grant(replica: Replica, grant: Grant): { key: string; entry: string }
  /** Within a write: writes the entry that ends it, in the name of `author`. @throws AgoraError */
  end(replica: Replica, holding: Holding, because: EndReason, author: string): void
}
