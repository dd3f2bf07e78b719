import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import { type TokenBucket, tokenBucket } from '../base/token-bucket.ts'
import type { KnownAddress, PeerBook } from '../core/peer-book.ts'
import type { Telemetry } from '../core/telemetry.ts'
import {
  ADDRESSES_TOLD,
  ALWAYS_TRIED,
  GIVEN_PAUSE,
  GIVEN_UP_FOR,
  OLD_PAUSE_MAX,
  TELLERS_MAX,
  TOLD_AT_ONCE,
  TOLD_PER_SECOND,
  TRIED_MAX,
  TRIES,
} from './constants.ts'
import { toldAddress } from './reach.ts'

/** Who said that a peer is somewhere. */
export interface Teller {
  source: 'hello' | 'friend' | 'mdns'
  /** DID of who told, or what stands for it. */
  who: string
  /** It is on this very machine. */
  near: boolean
}

/**
 * Where friends may be reached, beyond where they were. What is told is a hint that costs a dial: it is taken for friends alone, so much at a time from each
 * teller, tried a few times in ever longer pauses, and given up. Who answers must prove to be the friend.
 */
export interface Whereabouts {
  told(did: string, addresses: readonly string[], teller: Teller): void
  /** Where to dial a peer now, best first: where it answered last, where the operator says, what was told. */
  plan(did: string, given: readonly string[]): string[]
  /** Whether it only was told that somebody is there. */
  isTold(did: string, address: string): boolean
  /** The peer answered there. */
  worked(did: string, address: string): void
  failed(did: string, address: string): void
  /**
   * Somebody else answered there: the operator is told, and it is not dialled for this peer for a day, or for an hour where the operator
   * said that it is there.
   */
  wrong(did: string, address: string, actual: string, isGiven: boolean): void
}

interface Tried {
  failures: number
  /** Ms since the epoch; not to be dialled before. */
  next: number
  /** Nothing is learned about it before `next`. */
  over: boolean
}

export function createWhereabouts({
  clock,
  book,
  telemetry,
  onLearned,
}: {
  clock: Clock
  book: PeerBook
  telemetry: Telemetry
  /** There is something new to try. */
  onLearned(did: string): void
}): Whereabouts {
  const tried = new Map<string, Tried>()
  const buckets = new Map<string, TokenBucket>()
  const tellers = new Map<string, string>()
  const keyOf = (did: string, address: string) => `${did} ${address}`
  const known = (did: string): KnownAddress[] => book.get(did)?.addresses ?? []
  const find = (did: string, address: string) => known(did).find((one) => one.address === address)

  function isOver(did: string, address: string): boolean {
    const one = tried.get(keyOf(did, address))
    return one?.over === true && clock.now() < one.next
  }

  const isDue = (did: string, address: string): boolean => clock.now() >= (tried.get(keyOf(did, address))?.next ?? 0)

  function bucketOf(who: string): TokenBucket {
    const bucket = buckets.get(who) ?? tokenBucket({ clock, perSecond: TOLD_PER_SECOND, burst: TOLD_AT_ONCE })
    put(buckets, who, bucket, TELLERS_MAX)
    return bucket
  }

  function giveUp(did: string, address: string, ms: number): void {
    put(tried, keyOf(did, address), { failures: 0, next: clock.now() + ms, over: true }, TRIED_MAX)
    note(book.unlearn(did, address))
  }

  const note = (writing: Promise<void>): void => {
    writing.catch((error) => telemetry.log.warn({ error: messageOf(error) }, 'an address could not be noted'))
  }

  return {
    told(did, addresses, { source, who, near }) {
      if (book.get(did)?.friend_since === undefined || book.trust(did) < 1) return
      const fitting = addresses.slice(0, ADDRESSES_TOLD).flatMap((text) => toldAddress(text, did, near) ?? [])
      const fresh = new Set<string>()
      for (const address of fitting) {
        if (fresh.has(address) || find(did, address) || isOver(did, address)) continue
        if (bucketOf(who).take() > 0) {
          telemetry.count('rate_limited', { what: 'addresses' })
          break
        }
        fresh.add(address)
        put(tellers, keyOf(did, address), who, TRIED_MAX)
      }
      if (fresh.size === 0) return
      // Those known already stay among the newest; those left out above come another time.
      const taken = fitting.filter((address) => fresh.has(address) || find(did, address))
      note(book.learn(did, taken, source).then(() => onLearned(did)))
    },
    plan(did, given) {
      const due = known(did).filter(({ address }) => isDue(did, address))
      const worked = due.filter(({ last_success }) => last_success !== undefined)
      const all = new Set([...worked, ...given.map((address) => ({ address })), ...due].map(({ address }) => address))
      return [...all].filter((address) => !isOver(did, address))
    },
    isTold: (did, address) => (find(did, address)?.source ?? 'dialled') !== 'dialled',
    worked(did, address) {
      tried.delete(keyOf(did, address))
    },
    failed(did, address) {
      const rank = known(did).findIndex((one) => one.address === address)
      const hasWorked = known(did)[rank]?.last_success !== undefined
      // Where it was last is dialled whenever it is looked for; elsewhere less and less.
      if (rank < 0 || isOver(did, address) || (hasWorked && rank < ALWAYS_TRIED)) return
      const failures = (tried.get(keyOf(did, address))?.failures ?? 0) + 1
      const pause = hasWorked ? Math.min(OLD_PAUSE_MAX, TRIES[failures - 1] ?? OLD_PAUSE_MAX) : TRIES[failures - 1]
      if (pause === undefined) return giveUp(did, address, GIVEN_UP_FOR)
      put(tried, keyOf(did, address), { failures, next: clock.now() + pause, over: false }, TRIED_MAX)
    },
    wrong(did, address, actual, isGiven) {
      const one = find(did, address)
      telemetry.security('wrong_key_at_address', did, {
        address,
        found: actual,
        ...(one?.last_success === undefined
          ? { told_by: tellers.get(keyOf(did, address)) }
          : { last_success: one.last_success }),
      })
      giveUp(did, address, isGiven ? GIVEN_PAUSE : GIVEN_UP_FOR)
    },
  }
}

/** Sets it as the newest; past `max` the oldest is forgotten. */
function put<Value>(map: Map<string, Value>, key: string, value: Value, max: number): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > max && oldest !== undefined) map.delete(oldest)
}
