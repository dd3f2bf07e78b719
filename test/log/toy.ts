import type { Applied, Draft, Lookup, Refusal } from '../../src/contract/state.ts'
import { COUNTS, type Verdict } from '../../src/contract/verdict.ts'
import { isConcurrent, isPast, type Placed, type SpaceRules } from '../../src/log/types.ts'

/**
 * Rules small enough to see through: the creator admits members (`toy.admit {who}`), holds them (`toy.hold {who}`) and lifts that (`toy.lift {who}`). An
 * entry counts if its author was admitted in its past, and no hold of it that it had not seen lifted stands. Members append to lists, whose order shows.
 */
export type ToyTables = {
  lists: { items: string[] }
  authority: string
}
export interface ToyJudgement {
  creator: string
  authority: readonly Placed[]
}

const authorityTypes = ['toy.create', 'toy.admit', 'toy.hold', 'toy.lift']
const contentTypes = ['toy.list', 'toy.push', 'toy.redact', 'toy.begin']

const denied = (code: string): Verdict => ({ state: 'denied', code, reason: `It is ${code}.` })

/** A hold takes an admission away that was not seen by it, nor has seen it. */
const strikes = ({ creator }: ToyJudgement, hold: Placed, admit: Placed): boolean =>
  hold.type === 'toy.hold' &&
  admit.type === 'toy.admit' &&
  hold.author === creator &&
  hold.body['who'] === admit.body['who'] &&
  isConcurrent(hold, admit)

export function toyRules({ known = contentTypes, version = 0 } = {}): SpaceRules<ToyJudgement, ToyTables> {
  const admitsOf = (judgement: ToyJudgement, node: string) =>
    judgement.authority.filter(
      (one) =>
        one.type === 'toy.admit' &&
        one.body['who'] === node &&
        one.author === judgement.creator &&
        !judgement.authority.some((other) => strikes(judgement, other, one)),
    )
  const contentVerdict = (judgement: ToyJudgement, entry: Placed): Verdict => {
    if (entry.author !== judgement.creator && !admitsOf(judgement, entry.node).some((admit) => isPast(admit, entry))) {
      return denied('not_member')
    }
    const own = judgement.authority.filter(
      ({ author, body }) => author === judgement.creator && body['who'] === entry.node,
    )
    for (const hold of own.filter(({ type }) => type === 'toy.hold')) {
      // A lift takes effect on what it had seen, and on what had seen it.
      const isLifted = own.some(
        (lift) => lift.type === 'toy.lift' && isPast(hold, lift) && (isPast(entry, lift) || isPast(lift, entry)),
      )
      if (!isLifted && !isPast(entry, hold)) return { state: 'held', by: hold.id }
    }
    return COUNTS
  }
  return {
    version,
    searched: ['toy.push'],
    tables: ['lists', 'authority'],
    isAuthority: (type) => authorityTypes.includes(type),
    isKnown: (type) => authorityTypes.includes(type) || known.includes(type),
    mayBegin: (entry, log) =>
      entry.type === 'toy.create'
        ? entry.heads.length === 0
        : log.authority().some((admit) => admit.body['who'] === entry.node && isPast(admit, entry)),
    judge: (authority) => ({ creator: authority[0]?.author ?? '', authority }),
    mustJudge: () => false,
    authorityVerdict(judgement, id) {
      const entry = judgement.authority.find((one) => one.id === id)
      if (entry?.author !== judgement.creator) return denied('not_permitted')
      const other = judgement.authority.find((one) => strikes(judgement, one, entry))
      return other ? { state: 'held', by: other.id } : COUNTS
    },
    contentVerdict,
    changedFrom(before, after, log) {
      // Plainly, and slowly: the lowest of all entries whose verdict is another.
      let lowest: Placed | undefined
      for (const { chain, length } of log.chains()) {
        for (let position = 0; position < length; position++) {
          const entry = log.at(chain, position)
          if (!entry || authorityTypes.includes(entry.type)) continue
          const same = JSON.stringify(contentVerdict(before, entry)) === JSON.stringify(contentVerdict(after, entry))
          if (!same && (!lowest || entry.lamport < lowest.lamport)) lowest = entry
        }
      }
      return lowest && { lamport: lowest.lamport, id: '' }
    },
    apply,
    redacts: ({ type, body }) => (type === 'toy.redact' ? String(body['entry']) : undefined),
    subject: ({ body }) => (typeof body['list'] === 'string' ? body['list'] : undefined),
    summary: ({ creator }) => creator,
    members: () => new Set(),
    removal: () => undefined,
  }
}

function apply(state: Draft<ToyTables>, entry: Applied, log: Lookup): Refusal | undefined {
  const { type, body } = entry
  if (type === 'toy.list') {
    const id = String(body['id'])
    if (state.has('lists', id)) return { code: 'already_exists', reason: 'There is such a list.' }
    state.set('lists', id, { items: [] })
  }
  if (type === 'toy.push') {
    const id = String(body['list'])
    const list = state.get('lists', id)
    if (!list) return { code: 'not_found', reason: 'There is no such list.', subject: id }
    if (list.items.includes(String(body['item']))) return { code: 'already_exists', reason: 'It is in the list.' }
    if (typeof body['reply_to'] === 'string' && !log.past(body['reply_to'])) {
      return { code: 'not_found', reason: 'No such entry.', subject: body['reply_to'] }
    }
    state.set('lists', id, { items: [...list.items, String(body['item'])] })
  }
  if (type.startsWith('toy.admit') || type === 'toy.hold' || type === 'toy.lift') {
    state.set('authority', entry.id, type)
  }
  return undefined
}
