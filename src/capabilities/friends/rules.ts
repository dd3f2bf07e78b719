import type { TrustLevel } from '../../authority/trust.ts'

/** For so long a peer whose request was refused may not ask again, in ms. */
export const BARRED_FOR = 24 * 3_600_000
/** Given to a friend when nothing else is said. */
export const DEFAULT_TRUST: TrustLevel = 2

/**
 * What this node and one peer are to each other, as far as this node knows. Each envelope tells the sender's whole side of it, so only the latest matters:
 * whatever crosses, is lost or comes twice, both know the truth once the last one has arrived.
 */
export interface Relation {
  /** The trust of my entry for the peer; undefined when there is none. */
  gives: TrustLevel | undefined
  /** My request that waits for an answer. `revision` is that of the word which told it last. */
  asks: { offer: TrustLevel; message: string | undefined; revision: number } | undefined
  /** Of my last word, and of the last that the peer is known to have. */
  revision: number
  confirmed: number
  /** The trust I have with the peer; undefined when it has no entry for me, or I none for it. */
  theirTrust: TrustLevel | undefined
  /** The peer's request that waits for me. `given`: it has an entry for me already. */
  theirAsk: { trust: TrustLevel; given: boolean; message: string | undefined } | undefined
  /** Revision of the last word of the peer that was taken in. */
  seen: number
  /** Ms since the epoch until which its requests are refused; and why, in words for the peer. */
  barredUntil: number
  barReason: string | undefined
}

export const noRelation: Relation = {
  gives: undefined,
  asks: undefined,
  revision: 0,
  confirmed: 0,
  theirTrust: undefined,
  theirAsk: undefined,
  seen: 0,
  barredUntil: 0,
  barReason: undefined,
}

/** One side of a relation, as it is told. */
export interface Word {
  type: 'friend.request' | 'friend.accept' | 'friend.reject' | 'friend.revoke' | 'friend.trust'
  revision: number
  /** The last revision of the other side that was taken in. */
  seen: number
  /** A request of the other side waits here for its answer. */
  waits: boolean
  /** The trust the sender takes itself to have with the other side; null for none, undefined when it does not say. */
  has: TrustLevel | null | undefined
  trust?: TrustLevel | undefined
  /** With a request: the trust is given already, and not only offered. */
  given?: boolean | undefined
  message?: string | undefined
  reason?: string | undefined
}

export type Command =
  /** Gives the peer an entry, whatever it thinks of it; `ask` asks for one in return unless there is one. */
  | { do: 'give'; trust: TrustLevel; ask: boolean; message?: string | undefined }
  /** Asks first: the trust is given when the peer says yes. */
  | { do: 'ask'; offer: TrustLevel; message?: string | undefined }
  | { do: 'accept'; trust: TrustLevel; message?: string | undefined }
  | { do: 'reject'; reason?: string | undefined }
  /** Takes back the entry, and a request that waits for the peer. */
  | { do: 'remove'; reason?: string | undefined }
  /** The peer's node would not take the request. */
  | { do: 'refused' }
  /** The peer's node has no entry for this one, and knows of no request. */
  | { do: 'forgotten' }

export type News = 'request' | 'accepted' | 'rejected' | 'revoked' | 'trust'

export interface Change {
  relation: Relation
  /** What the peer is to be told. */
  word: Word | undefined
  /** What of it the operator is told; the peer's own words cause it. */
  news: News | undefined
}

/** This node's operator does something. `undefined` when there is nothing it could be done to. */
export function decide(relation: Relation, command: Command, now: number): Change | undefined {
  const { gives, asks, theirAsk, theirTrust } = relation
  switch (command.do) {
    case 'give': {
      const { trust, message } = command
      if (theirAsk) return accept(relation, trust, message, now)
      const next = { ...relation, gives: trust, barredUntil: 0 }
      // Whoever has an entry for me need not be asked for one.
      if (asks || (command.ask && theirTrust === undefined)) return ask(next, trust, message ?? asks?.message, now)
      return gives === trust ? silent(next) : say(next, now)
    }
    case 'ask': {
      if (theirAsk) return accept(relation, command.offer, command.message, now)
      return ask({ ...relation, barredUntil: 0 }, command.offer, command.message, now)
    }
    case 'accept':
      return theirAsk && accept(relation, command.trust, command.message, now)
    case 'reject': {
      if (!theirAsk) return undefined
      const { reason: barReason } = command
      return say({ ...relation, theirAsk: undefined, barredUntil: now + BARRED_FOR, barReason }, now)
    }
    case 'remove': {
      if (gives === undefined && !asks) return undefined
      return say({ ...relation, gives: undefined, asks: undefined, theirTrust: undefined }, now, 'friend.trust', {
        reason: command.reason,
      })
    }
    case 'refused':
      // What it may still be told: the trust it was given.
      return asks && { ...say({ ...relation, asks: undefined }, now), news: 'rejected' }
    case 'forgotten': {
      const next = { ...relation, asks: undefined, theirTrust: undefined, confirmed: relation.revision }
      return { ...silent(next), news: asks ? 'rejected' : theirTrust === undefined ? undefined : 'revoked' }
    }
  }
}

/** The peer says something. `too_soon`: it may not ask now; `unrelated`: it is told nothing and nothing is kept of it. */
export function receive(relation: Relation, word: Word, now: number): Change | 'too_soon' | 'unrelated' {
  const { gives, asks, theirAsk } = relation
  if (word.revision <= relation.seen) return silent(relation)
  const confirmed = Math.max(relation.confirmed, Math.min(word.seen, relation.revision))
  const heard = { ...relation, seen: word.revision, confirmed }
  const given = word.type === 'friend.request' ? word.given === true : word.trust !== undefined
  const theirTrust = given ? word.trust : undefined

  if (word.type === 'friend.request') {
    // Two who ask each other have both said yes, and who has an entry for the peer need not be asked again.
    if (asks || gives !== undefined) {
      const mine = gives ?? asks?.offer
      const next = { ...heard, theirTrust, theirAsk: undefined, gives: mine, asks: undefined }
      const news = asks ? 'accepted' : relation.theirTrust === theirTrust ? undefined : 'trust'
      return { ...say(next, now, 'friend.accept'), news }
    }
    if (relation.barredUntil > now) return 'too_soon'
    const asked = { trust: word.trust ?? 0, given, message: word.message }
    return { ...silent({ ...heard, theirAsk: asked }), news: 'request' }
  }

  if (gives === undefined && !asks && !theirAsk) return 'unrelated'
  // It had my request when it said this, and neither keeps it nor has an entry for me: so it was refused.
  const had = asks !== undefined && word.seen >= asks.revision
  const answered = given || (had && !word.waits)
  const yes = asks !== undefined && given
  const next: Relation = {
    ...heard,
    // What was only offered is given now.
    gives: yes ? (gives ?? asks.offer) : gives,
    asks: answered ? undefined : asks,
    theirAsk: undefined,
    theirTrust: gives === undefined && !yes ? undefined : theirTrust,
  }
  // Who has my last word and yet takes itself to have another trust is told again.
  const mistaken = word.has !== undefined && confirmed >= relation.revision && (word.has ?? undefined) !== next.gives
  // And a yes that was no answer: my request is still to arrive there, and would wait.
  const crossed = yes && !had
  const speaks = next.gives !== gives || mistaken || crossed
  return { ...(speaks ? say(next, now) : silent(next)), news: newsOf(relation, next) }
}

/** What the operator is told of the step from one to the other. */
function newsOf(before: Relation, after: Relation): News | undefined {
  if (before.asks && !after.asks) return after.theirTrust === undefined ? 'rejected' : 'accepted'
  if (before.theirTrust === after.theirTrust) return before.theirAsk ? 'revoked' : undefined
  return after.theirTrust === undefined ? 'revoked' : 'trust'
}

/** The peer has the word of that revision on disk. */
export const confirm = (relation: Relation, revision: number): Relation => ({
  ...relation,
  confirmed: Math.max(relation.confirmed, Math.min(revision, relation.revision)),
})

/** What the peer is to be told when it is there again: the last word anew, if it may not have come. */
export const retell = (relation: Relation, now: number): Change | undefined =>
  relation.confirmed < relation.revision ? say(relation, now) : undefined

/** My whole side of it, once more. */
export const tell = (relation: Relation, now: number): Change => say(relation, now)

/** Whether nothing of it need be kept: nothing waits, and no revision was used that must not come again. */
export const isBlank = ({ gives, theirAsk, revision }: Relation): boolean =>
  gives === undefined && !theirAsk && revision === 0

const silent = (relation: Relation): Change => ({ relation, word: undefined, news: undefined })

const ask = (relation: Relation, offer: TrustLevel, message: string | undefined, now: number): Change =>
  say({ ...relation, asks: { offer, message, revision: 0 } }, now)

function accept(relation: Relation, trust: TrustLevel, message: string | undefined, now: number): Change {
  const theirTrust = relation.theirAsk?.given ? relation.theirAsk.trust : undefined
  const next = { ...relation, gives: trust, asks: undefined, theirAsk: undefined, theirTrust, barredUntil: 0 }
  return say(next, now, 'friend.accept', { message })
}

const nextRevision = (relation: Relation, now: number): number => Math.max(relation.revision + 1, now)

/** Tells my whole side, by the type that fits it. */
function say(
  relation: Relation,
  now: number,
  yes: 'friend.accept' | 'friend.trust' = 'friend.trust',
  words: { message?: string | undefined; reason?: string | undefined } = {},
): Change {
  const { gives, asks, seen, theirAsk, theirTrust, barredUntil, barReason } = relation
  const revision = nextRevision(relation, now)
  const side = { revision, seen, waits: theirAsk !== undefined, has: theirTrust ?? null }
  const told = { ...relation, revision, asks: asks && { ...asks, revision } }
  const done = (word: Word): Change => ({ relation: told, word, news: undefined })
  if (asks) {
    const given = gives !== undefined
    return done({ type: 'friend.request', ...side, trust: gives ?? asks.offer, given, message: asks.message })
  }
  if (gives !== undefined) return done({ type: yes, ...side, trust: gives, message: words.message })
  if (barredUntil > now) return done({ type: 'friend.reject', ...side, reason: barReason })
  return done({ type: 'friend.revoke', ...side, reason: words.reason })
}
