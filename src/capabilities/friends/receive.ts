import type { Clock } from '../../base/clock.ts'
import { type TokenBucket, tokenBucket } from '../../base/token-bucket.ts'
import type { Envelope } from '../../contract/envelope.ts'
import type { Outcome, Sender, WireHandler } from '../../core/inbound.ts'
import type { Links } from './links.ts'
import { receive, type Word } from './rules.ts'
import { friendWires } from './schema.ts'
import type { FriendTables } from './tables.ts'

/** Requests of one stranger within an hour, and of all that wait. */
export const ASKS_AN_HOUR = 5
export const ASKS_WAITING = 1000
const WATCHED_MAX = 10_000

/** The envelope types `friend.*`: what a peer says of being friends. */
export function friendsWire(parts: { clock: Clock; self: string; links: Links; tables: FriendTables }): WireHandler[] {
  const { clock, self, links, tables } = parts
  const buckets = new Map<string, TokenBucket>()

  function mayAsk(did: string): boolean {
    let bucket = buckets.get(did)
    if (!bucket) {
      // Whoever comes with many identities must not grow this without end.
      if (buckets.size >= WATCHED_MAX) buckets.delete(buckets.keys().next().value ?? did)
      bucket = tokenBucket({ clock, perSecond: ASKS_AN_HOUR / 3600, burst: ASKS_AN_HOUR })
      buckets.set(did, bucket)
    }
    return bucket.take() === 0
  }

  function take(type: Word['type'], envelope: Envelope, { did }: Sender): Outcome {
    if (envelope.from !== did || envelope.to !== self) return { stage: 'failed', reason: 'malformed' }
    const before = links.relation(did)
    const word = wordOf(type, envelope.body)
    const isStranger = before.gives === undefined && !before.asks
    if (type === 'friend.request' && isStranger && word.revision > before.seen) {
      if (!mayAsk(did)) return { stage: 'failed', reason: 'too_soon' }
      if (!before.theirAsk && tables.pendingCount('in') >= ASKS_WAITING) {
        return { stage: 'failed', reason: 'requests_full' }
      }
    }
    const change = receive(before, word, clock.now())
    if (change === 'too_soon') return { stage: 'failed', reason: 'too_soon' }
    if (change === 'unrelated') return { stage: 'failed', reason: 'not_permitted' }
    links.heard(did, before, change, word)
    return { stage: 'stored' }
  }

  return Object.values(friendWires).map((definition) => ({
    definition,
    handle: (envelope, _, sender) => take(definition.type, envelope, sender),
  }))
}

/** The body was checked against the shape of its type. */
const wordOf = (type: Word['type'], body: Record<string, unknown>): Word => {
  const { trust_level: trust, waits = false, has, ...rest } = body
  return { ...rest, type, waits, has, trust } as Word
}
