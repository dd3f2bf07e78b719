import { createHash } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { type TokenBucket, tokenBucket } from '../base/token-bucket.ts'
import type { Telemetry } from '../core/telemetry.ts'
import { LOCATE_AT_ONCE, LOCATE_EVERY, LOCATED_ADDRESSES, LOCATED_ITEMS } from './constants.ts'
import { mayTell } from './reach.ts'
import { LOCATE_MAX } from './session/constants.ts'
import type { Session } from './session/index.ts'
import type { Located } from './session/messages.ts'

export interface LocatorParts {
  clock: Clock
  telemetry: Telemetry
  /** This node's DID. */
  self: string
  /** The friends this node looks for now, those that matter most first. */
  missing(): string[]
  /** Whether the peer is believed on where others are, and may be told. */
  mayTellEachOther(did: string): boolean
  /** Whether what the peer looks for is worth keeping in mind. */
  isFriend(did: string): boolean
  connected(): string[]
  session(did: string): Session | undefined
  places(did: string): string[]
  /** A friend that is looked for is said to be there. */
  onLocated(did: string, addresses: string[], teller: Session): void
}

/**
 * Friends find each other through a friend they have in common. Each tells it whom it looks for, in a form that it can read only of those it knows, and it
 * brings together those who look for each other. So nobody learns whom others look for, nor where somebody is who does not look for them.
 */
export interface Locator {
  /** Whom this node looks for may have changed. */
  refresh(): void
  onLocate(session: Session, wanted: string[]): void
  onLocated(session: Session, items: Located['items']): void
  /** The peer can be reached elsewhere now, or is trusted otherwise. */
  moved(did: string): void
  gone(did: string): void
}

/** What this node knows of one connected peer's search. */
interface Search {
  wanted: ReadonlySet<string>
  bucket: TokenBucket
}

/** What it asked a connected peer for. */
interface Asked {
  text: string
  at: number
  cancel: () => void
}

/** How `asker` names `sought` to a common friend, who can only compare it with those it knows. */
export const locateKey = (asker: string, sought: string): string =>
  createHash('sha256').update(`agora-locate-1\n${asker}\n${sought}`).digest().subarray(0, 16).toString('base64url')

export function createLocator(parts: LocatorParts): Locator {
  const { clock, telemetry, self, missing, mayTellEachOther, session, places } = parts
  const searches = new Map<string, Search>()
  const asked = new Map<string, Asked>()
  /** What one peer was told of another, so that it is not told again before it asks or that moves. */
  const told = new Map<string, string>()

  function refresh(): void {
    const friends = missing()
    for (const did of parts.connected()) ask(did, friends)
  }

  /** Asks one peer, when there is something new to ask and the last time is long enough ago. */
  function ask(did: string, friends = missing()): void {
    const to = session(did)
    if (!to || !mayTellEachOther(did)) return
    const before = asked.get(did)
    const wait = before ? before.at + LOCATE_EVERY - clock.now() : 0
    before?.cancel()
    if (before && wait > 0) {
      before.cancel = clock.after(wait, () => ask(did))
      return
    }
    const wanted = friends
      .filter((friend) => friend !== did)
      .slice(0, LOCATE_MAX)
      .map((friend) => locateKey(self, friend))
      .sort()
    const text = wanted.join()
    if (text === (before?.text ?? '')) return
    asked.set(did, { text, at: clock.now(), cancel: () => undefined })
    to.tell({ type: 'locate', wanted })
  }

  const seeks = (one: string, other: string): boolean => searches.get(one)?.wanted.has(locateKey(one, other)) === true

  /** Brings `did` together with all who look for it and whom it looks for. */
  function match(did: string): void {
    if (!searches.has(did) || !mayTellEachOther(did)) return
    const pairs = [...searches.keys()].filter(
      (other) => other !== did && mayTellEachOther(other) && seeks(did, other) && seeks(other, did),
    )
    for (const other of pairs) tell(other, [did])
    tell(did, pairs)
  }

  function tell(did: string, others: string[]): void {
    const to = session(did)
    if (!to) return
    const items: Located['items'] = []
    for (const other of others) {
      const addresses = places(other)
        .filter((address) => mayTell(address, to.near))
        .slice(0, LOCATED_ADDRESSES)
      const text = addresses.join()
      if (addresses.length === 0 || told.get(`${did} ${other}`) === text) continue
      told.set(`${did} ${other}`, text)
      items.push({ did: other, addresses })
    }
    for (let from = 0; from < items.length; from += LOCATED_ITEMS)
      to.tell({ type: 'located', items: items.slice(from, from + LOCATED_ITEMS) })
  }

  const forgetTold = (fits: (key: string) => boolean): void => {
    for (const key of told.keys()) if (fits(key)) told.delete(key)
  }

  return {
    refresh,
    onLocate({ did }, wanted) {
      if (!parts.isFriend(did)) return telemetry.count('frames_ignored', { what: 'locate' })
      const bucket =
        searches.get(did)?.bucket ?? tokenBucket({ clock, perSecond: 1000 / LOCATE_EVERY, burst: LOCATE_AT_ONCE })
      if (bucket.take() > 0) return telemetry.count('rate_limited', { what: 'locate' })
      searches.set(did, { wanted: new Set(wanted), bucket })
      forgetTold((key) => key.startsWith(`${did} `))
      match(did)
    },
    onLocated(teller, items) {
      if (!mayTellEachOther(teller.did)) return telemetry.count('frames_ignored', { what: 'located' })
      const wanted = new Set(missing())
      for (const { did, addresses } of items) {
        if (wanted.has(did)) parts.onLocated(did, addresses, teller)
        else telemetry.count('frames_ignored', { what: 'located' })
      }
    },
    moved(did) {
      ask(did)
      // As a search of its own: who moves without end has others told a few times.
      if (searches.get(did)?.bucket.take() === 0) match(did)
    },
    gone(did) {
      searches.delete(did)
      asked.get(did)?.cancel()
      asked.delete(did)
      forgetTold((key) => key.startsWith(`${did} `) || key.endsWith(` ${did}`))
    },
  }
}
