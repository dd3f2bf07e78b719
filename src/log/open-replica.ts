import type { Clock } from '../base/clock.ts'
import { AgoraError, isErrorCode } from '../base/errors.ts'
import type { Draft } from '../contract/state.ts'
import { COUNTS, type Verdict } from '../contract/verdict.ts'
import type { NodeKey } from '../identity/signing.ts'
import { createChains } from './chains.ts'
import type { CheckedEntry } from './checked.ts'
import { makeEntry } from './entry.ts'
import type { EntryStore } from './entry-store.ts'
import { createFold, type FoldLimits, isSame, type Judged, upgradeNeeded } from './fold.ts'
import { isForked, lacking } from './lacking.ts'
import { parentsOf } from './parents.ts'
import { type KnownLog, placeEntry } from './place-entry.ts'
import { createRecent } from './recent.ts'
import type { Admitted, EntryInput, Replica } from './replica.ts'
import { hashState } from './state-hash.ts'
import { comparePlaces, type LogView, type Place, type Placed, type SpaceRules } from './types.ts'
import { createWaitingRoom } from './waiting.ts'

export interface ReplicaParts<Judgement, Tables extends object> {
  /** The id of the first entry, whether or not it is here already. */
  space: string
  rules: SpaceRules<Judgement, Tables>
  store: EntryStore
  clock: Clock
  /** Signs what is appended; a log that is only read needs none. */
  key?: NodeKey | undefined
  limits?: Partial<FoldLimits> | undefined
}

/**
 * Opens the log of a space as it is stored and folds what is behind its latest snapshot. It writes only where the rules are of another version than those
 * that folded it last: then it should run within a write.
 */
export function openReplica<Judgement, Tables extends object>(
  parts: ReplicaParts<Judgement, Tables>,
): Replica<Judgement, Tables> {
  const { space, rules, store, clock, key } = parts
  const recent = createRecent(store)
  const chains = createChains(store.chainEnds())
  for (const end of chains.ends()) recent.add(end)
  const waiting = createWaitingRoom()
  let authority = store.ofTypes(rules.isAuthority)
  const view: LogView = {
    placed: (id) => recent.get(id),
    chains: () => chains.all(),
    at(chain, position) {
      const end = chains.ends()[chain]
      return end?.position === position ? end : store.at(chain, position)
    },
    authority: () => authority,
  }
  let judgement = rules.judge(authority, view)
  const judge = (entry: Placed): Verdict =>
    rules.isAuthority(entry.type) ? rules.authorityVerdict(judgement, entry.id) : rules.contentVerdict(judgement, entry)
  const fold = createFold({ rules, store, view, limits: parts.limits })
  fold.forward([], judge)
  let hash: string | undefined
  /** Empty as long as there is no first entry. */
  let kind = ''

  const known: KnownLog = {
    space,
    chains,
    placed: (id) => view.placed(id),
    mayBegin: (entry) => rules.mayBegin(entry, view),
  }

  /** Makes an entry one of the log in memory; answers what takes it back. */
  function include(entry: Placed): () => void {
    const removeEnd = chains.add(entry)
    const before = authority
    if (rules.isAuthority(entry.type)) authority = inserted(authority, entry)
    recent.add(entry)
    return () => {
      removeEnd()
      authority = before
      recent.remove(entry.id)
    }
  }

  /** After these were added: judges and folds as far as they change anything. */
  function catchUp(added: readonly Placed[]): Pick<Admitted, 'refolded' | 'changed'> {
    hash = undefined
    const fresh = [...added].sort(comparePlaces)
    let from: Place | undefined = fresh[0]
    if (fresh.some(({ type }) => rules.isAuthority(type)) || rules.mustJudge(judgement, fresh)) {
      const before = judgement
      judgement = rules.judge(authority, view)
      if (fold.place()) {
        const isFresh = new Set(fresh.map(({ id }) => id))
        const other = authority.find(
          ({ id }) =>
            !isFresh.has(id) && !isSame(rules.authorityVerdict(before, id), rules.authorityVerdict(judgement, id)),
        )
        from = lowest([from, other, rules.changedFrom(before, judgement, view)])
      }
    }
    if (from) fold.rollback(from)
    return fold.forward(fresh, judge)
  }

  function take(checked: CheckedEntry, entry: Placed) {
    const isRedacted = fold.isRedacted(entry.id)
    const { header, facts } = checked.signed
    store.insert({
      entry,
      signed: isRedacted ? { header, facts } : checked.signed,
      texts: isRedacted ? undefined : checked.texts,
      subject: rules.subject(entry),
      // What most come to; folding puts it right.
      verdict: COUNTS,
      searched: rules.searched?.includes(entry.type) === true,
      receivedAt: clock.now(),
    })
    include(entry)
  }

  /** The entry that would be written, and what it would come to. Without `placed` it could not even stand in the log. */
  function draft(input: EntryInput): { checked: CheckedEntry; placed?: Placed | undefined; judged: Judged } {
    if (!key) throw new AgoraError('internal', 'This log was opened to be read.')
    const unseen = fold.stoppedBy() === undefined ? [] : store.ofTypes((type) => !rules.isKnown(type))
    const parents = parentsOf({ chains, view }, key.did, unseen)
    if (!parents) throw older(fold.stoppedBy())
    const { prev, heads, lamport } = parents
    const checked = makeEntry(key, {
      space,
      author: input.author,
      seq: prev ? prev.seq + 1 : 0,
      prev: prev?.id,
      heads: heads.map(({ id }) => id),
      lamport,
      at: clock.now(),
      type: input.type,
      facts: input.facts,
      texts: input.texts,
    })
    const { placed, fault } = placeEntry(checked, known)
    if (placed) return { checked, placed, judged: tried(placed) }
    const reason = `This node cannot write here: ${fault?.detail ?? 'its parents are missing'}.`
    return { checked, judged: { verdict: { state: 'denied', code: 'not_member', reason } } }
  }

  function tried(placed: Placed): Judged {
    const exclude = include(placed)
    const before = judgement
    try {
      if (rules.isAuthority(placed.type) || rules.mustJudge(judgement, [placed]))
        judgement = rules.judge(authority, view)
      return fold.try(placed, judge)
    } finally {
      judgement = before
      exclude()
    }
  }

  /** The unknown type that forbids to write this; what takes those who write such out may be written all the same. */
  const refusedFor = (type: string): string | undefined =>
    rules.isRemedy?.(type) === true ? undefined : fold.stoppedBy()

  return {
    space,
    get kind() {
      kind ||= store.at(0, 0)?.type.split('.')[0] ?? ''
      return kind
    },
    state: () => fold.state.draft as Draft<Tables>,
    judgement: () => judgement,
    log: () => view,
    upgradeNeeded: () => fold.stoppedBy(),
    tips: () =>
      chains
        .tips()
        .map(({ id }) => id)
        .sort(),
    branches: () => chains.branches(),
    count: () => store.count(),

    trial(input) {
      const type = refusedFor(input.type)
      return type === undefined ? draft(input).judged.verdict : upgradeNeeded(type)
    },
    append(input, changed) {
      const type = refusedFor(input.type)
      if (type !== undefined) throw older(type)
      const { checked, placed, judged } = draft(input)
      if (!placed || judged.verdict.state !== 'counts') throw refusalError(judged)
      take(checked, placed)
      const result = catchUp([placed])
      changed?.push(...result.changed)
      return placed
    },
    admit(entries, from) {
      const admitted: Admitted = { added: [], missing: [], refolded: 0, changed: [], faults: [], forks: [] }
      const waits: string[] = []
      const queue = entries.map((entry) => ({ entry, from }))
      // It grows meanwhile by what waited.
      for (const item of queue) {
        const { id, signed, texts, header } = item.entry
        const { prev } = header
        // While a log is caught up with, nearly all that comes follows an end: then it is not here.
        const existing = prev !== undefined && chains.isEnd(prev) ? undefined : recent.get(id)
        if (existing) {
          if (texts && signed.texts !== undefined && !fold.isRedacted(id) && store.signed(id)?.texts === undefined) {
            store.fillTexts(id, signed.texts, texts, rules.searched?.includes(existing.type) === true)
          }
          continue
        }
        const { placed, missing, fault } = placeEntry(item.entry, known)
        if (missing) {
          waiting.add(item.entry, item.from, missing)
          waits.push(...missing)
          continue
        }
        if (fault) {
          admitted.faults.push({ id, ...fault, from: item.from })
          waiting.forget(id)
          continue
        }
        if (placed.position === 0 && chains.of(placed.node).length > 0) admitted.forks.push(placed)
        take(item.entry, placed)
        admitted.added.push(placed)
        queue.push(...waiting.release(id))
      }
      admitted.missing = [...new Set(waits)].filter((id) => !recent.get(id) && !waiting.has(id))
      if (admitted.added.length > 0) Object.assign(admitted, pick(catchUp(admitted.added)))
      return admitted
    },

    lacking: (branches, options) => lacking({ store, chains, get: recent.get }, branches, options),
    isForked: (branches) => isForked({ store, chains, get: recent.get }, branches),
    isEnd: chains.isEnd,
    signed: store.signed,
    get: recent.get,
    texts: (id) => store.logged(id)?.texts,
    verdict: store.verdict,
    logged: store.logged,
    query: store.query,
    search: store.search,
    withPrefix: store.withPrefix,
    stateHash() {
      hash ??= hashState({ tables: rules.tables, draft: fold.state.draft, judged: rules.summary(judgement), store })
      return hash
    },
    snapshot: () => fold.snapshot(),
  }
}

const older = (type: string | undefined) =>
  new AgoraError('upgrade_needed', `Members write entries here that this version does not know (${type}).`, {
    hint: 'Install a newer Agora. If somebody only wants to disturb: suspending or removing whoever wrote them works all the same.',
  })

const pick = ({ refolded, changed }: Pick<Admitted, 'refolded' | 'changed'>) => ({ refolded, changed })

const lowest = (places: (Place | undefined)[]): Place | undefined =>
  places.filter((place) => place !== undefined).sort(comparePlaces)[0]

/** In order of place; most come last. */
function inserted(sorted: readonly Placed[], entry: Placed): Placed[] {
  const index = sorted.findLastIndex((other) => comparePlaces(other, entry) < 0)
  return sorted.toSpliced(index + 1, 0, entry)
}

function refusalError({ verdict, refusal }: Judged): AgoraError {
  if (refusal) {
    const code = isErrorCode(refusal.code) ? refusal.code : 'invalid_input'
    return new AgoraError(code, refusal.reason, refusal.field === undefined ? {} : { field: refusal.field })
  }
  if (verdict.state === 'denied' || verdict.state === 'refused') {
    return new AgoraError(isErrorCode(verdict.code) ? verdict.code : 'not_permitted', verdict.reason)
  }
  return new AgoraError('not_permitted', 'A restriction holds what this node writes here.')
}
