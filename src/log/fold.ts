import type { Lookup, Refusal } from '../contract/state.ts'
import { COUNTS, type Verdict } from '../contract/verdict.ts'
import type { EntryStore } from './entry-store.ts'
import { type Changes, createFoldedState, type FoldedState } from './folded-state.ts'
import type { Change } from './replica.ts'
import { comparePlaces, isPast, type LogView, type Place, type Placed, type SpaceRules } from './types.ts'

/** How a fold weighs memory and disk against work; tests make it small. */
export interface FoldLimits {
  /** Steps that can be taken back one by one; deeper it goes by snapshots. */
  journal: number
  /** Entries read at once. */
  page: number
  /** Entries between two snapshots; more when the state is large, for writing it costs as much as its bytes' share of entries. */
  snapshotEvery: number
  snapshotBytesPerEntry: number
  /**
   * So far behind the end they are taken: what others write at the same time comes in between the latest entries, and makes a snapshot behind it worthless.
   */
  snapshotBehind: number
}
const LIMITS: FoldLimits = {
  journal: 4096,
  page: 1000,
  snapshotEvery: 2000,
  snapshotBytesPerEntry: 1000,
  snapshotBehind: 256,
}

/** Tables of the fold itself, beside those of the rules: which things held entries made, and whose texts are taken away. */
const HELD = '$held'
const REDACTED = '$redacted'

export interface Judged {
  verdict: Verdict
  /** What the rules answered, when they applied it and it came to nothing. */
  refusal?: Refusal | undefined
  /** Whose texts it takes away. */
  redacts?: string | undefined
}

export interface FoldResult {
  /** Entries folded that had been folded before. */
  refolded: number
  changed: Change[]
}

export interface Fold {
  state: FoldedState
  /** Of the latest entry folded in. */
  place(): Place | undefined
  stoppedBy(): string | undefined
  isRedacted(id: string): boolean
  /** What an entry behind all others would come to; leaves no trace. */
  try(entry: Placed, judge: (entry: Placed) => Verdict): Judged
  /** Takes back all entries from a place on. */
  rollback(to: Place): void
  /** Folds in all that is stored behind where the fold is. `fresh`: those that were never folded, in order of place. */
  forward(fresh: readonly Placed[], judge: (entry: Placed) => Verdict): FoldResult
  snapshot(): void
}

/** Folds the entries of a log in order of place, and takes steps back where something came in between or is judged otherwise now. */
export function createFold(parts: {
  // biome-ignore lint/suspicious/noExplicitAny: the rules alone know their tables.
  rules: Pick<SpaceRules<any, any>, 'version' | 'tables' | 'isKnown' | 'apply' | 'redacts'>
  store: EntryStore
  view: LogView
  limits?: Partial<FoldLimits> | undefined
}): Fold {
  const { rules, store, view } = parts
  const limits = { ...LIMITS, ...parts.limits }
  const version = rules.version ?? 0
  const state = createFoldedState([...rules.tables, HELD, REDACTED])
  const { draft } = state
  let journal: { place: Place; changes: Changes }[] = []
  /** Where the journal begins: behind this place, or at the very first entry. */
  let base: Place | undefined
  let place: Place | undefined
  let folded = 0
  let stopped: { type: string; place: Place } | undefined
  let lastSnapshot = { folded: 0, bytes: 0 }
  resume(undefined)

  /** Goes on from the latest snapshot below a place. */
  function resume(below: Place | undefined) {
    const found = store.snapshotBefore(below)
    const usable = found?.version === version ? found : undefined
    if (found && !usable) store.dropSnapshots(undefined)
    state.load(usable?.state)
    place = usable?.place
    base = place
    folded = usable?.folded ?? 0
    journal = []
    lastSnapshot = { folded, bytes: usable?.state.length ?? 0 }
  }

  function heldBy(subject: string, before: Place): string | undefined {
    const by = draft.get(HELD, subject)
    if (by !== undefined) return by as string
    // What entries refer to are things, or other entries.
    const entry = view.placed(subject)
    if (!entry || comparePlaces(entry, before) >= 0) return undefined
    const verdict = store.verdict(subject)
    return verdict?.state === 'held' ? verdict.by : undefined
  }

  /** Applies one entry; what it wrote is what `state.taken()` answers next. `stop` when a newer version is needed to know. */
  function step(entry: Placed, judge: (entry: Placed) => Verdict): Judged | 'stop' {
    const verdict = judge(entry)
    const made = typeof entry.body['id'] === 'string' ? entry.body['id'] : undefined
    const hold = (by: string): Verdict => {
      if (made !== undefined) draft.set(HELD, made, by)
      return { state: 'held', by }
    }
    if (verdict.state === 'held') return { verdict: hold(verdict.by) }
    if (verdict.state !== 'counts') return { verdict }
    if (!rules.isKnown(entry.type)) return 'stop'
    const log: Lookup = {
      past(id) {
        const found = view.placed(id)
        return found && isPast(found, entry) ? found : undefined
      },
    }
    const refusal = rules.apply(draft, entry, log)
    if (refusal) {
      state.undo(state.taken())
      const by = refusal.subject === undefined ? undefined : heldBy(refusal.subject, entry)
      if (by !== undefined) return { verdict: hold(by), refusal }
      return { verdict: { state: 'refused', code: refusal.code, reason: refusal.reason }, refusal }
    }
    if (made !== undefined) draft.delete(HELD, made)
    const redacts = rules.redacts(entry)
    if (redacts !== undefined && !draft.has(REDACTED, redacts)) draft.set(REDACTED, redacts, entry.id)
    return { verdict: COUNTS, redacts }
  }

  function keep(entry: Placed) {
    const { lamport, id } = entry
    place = { lamport, id }
    folded++
    journal.push({ place, changes: state.taken() })
    if (journal.length >= 2 * limits.journal) {
      base = journal[journal.length - limits.journal - 1]?.place
      journal = journal.slice(-limits.journal)
    }
  }

  /** Keeps the state as it was `behind` steps ago. */
  function snapshot(behind = 0) {
    const steps = journal.length - Math.min(behind, journal.length)
    const at = journal[steps - 1]?.place ?? base
    const count = folded - (journal.length - steps)
    if (!at || lastSnapshot.folded === count) return
    const redone = journal
      .slice(steps)
      .reverse()
      .map(({ changes }) => state.undo(changes))
    const saved = state.saved()
    for (const changes of redone.reverse()) state.undo(changes)
    store.saveSnapshot({ place: at, version, folded: count, state: saved })
    lastSnapshot = { folded: count, bytes: saved.length }
  }

  function snapshotWhenDue() {
    const every = Math.max(limits.snapshotEvery, lastSnapshot.bytes / limits.snapshotBytesPerEntry)
    // Those of a long fold's beginning would be replaced before it ends.
    const isNearEnd = store.count() - folded <= 4 * every
    if (isNearEnd && folded - lastSnapshot.folded >= every + limits.snapshotBehind) snapshot(limits.snapshotBehind)
  }

  return {
    state,
    place: () => place,
    stoppedBy: () => stopped?.type,
    isRedacted: (id) => draft.has(REDACTED, id),
    snapshot: () => snapshot(),

    try(entry, judge) {
      const judged = step(entry, judge)
      state.undo(state.taken())
      return judged === 'stop' ? { verdict: upgradeNeeded(entry.type) } : judged
    },

    rollback(to) {
      if (stopped && comparePlaces(stopped.place, to) >= 0) stopped = undefined
      if (!place || comparePlaces(place, to) < 0) return
      store.dropSnapshots(to)
      for (let last = journal.at(-1); last && comparePlaces(last.place, to) >= 0; last = journal.at(-1)) {
        state.undo(last.changes)
        journal.pop()
        folded--
      }
      place = journal.at(-1)?.place ?? base
      if (place && comparePlaces(place, to) >= 0) resume(to)
      lastSnapshot.folded = Math.min(lastSnapshot.folded, folded)
    },

    forward(fresh, judge) {
      const isFresh = new Set(fresh.map(({ id }) => id))
      const result: FoldResult = { refolded: 0, changed: [] }
      const record = (entry: Placed, before: Verdict, { verdict, redacts }: Judged) => {
        if (!isSame(before, verdict)) {
          store.setVerdict(entry.id, verdict)
          if (!isFresh.has(entry.id)) result.changed.push({ entry, before, after: verdict })
        }
        if (redacts !== undefined) store.dropTexts(redacts)
      }
      const foldIn = (entry: Placed, before: Verdict): void => {
        const judged: Judged | 'stop' = stopped ? 'stop' : step(entry, judge)
        if (judged === 'stop') {
          stopped ??= { type: entry.type, place: { lamport: entry.lamport, id: entry.id } }
          record(entry, before, { verdict: upgradeNeeded(stopped.type) })
        } else {
          if (!isFresh.has(entry.id)) result.refolded++
          keep(entry)
          record(entry, before, judged)
        }
      }

      const behind = stopped?.place ?? place
      const first = fresh[0]
      const isAtEnd =
        first && (!behind || comparePlaces(behind, first) < 0) && (stopped || folded + fresh.length === store.count())
      if (isAtEnd) {
        for (const entry of fresh) foldIn(entry, COUNTS)
        snapshotWhenDue()
        return result
      }
      // Where it stopped before, it will again, if at all.
      stopped = undefined
      for (let from = place; ; ) {
        const page = store.page(from, limits.page)
        for (const { entry, verdict } of page) foldIn(entry, verdict)
        snapshotWhenDue()
        const last = page.at(-1)?.entry
        if (!last || page.length < limits.page) return result
        from = { lamport: last.lamport, id: last.id }
      }
    },
  }
}

/** The verdict on all that stands behind an entry of a type that is not known here. */
export const upgradeNeeded = (type: string): Verdict => ({
  state: 'refused',
  code: 'upgrade_needed',
  reason: `A newer Agora is needed to know what ${type} means.`,
})

export const isSame = (a: Verdict, b: Verdict): boolean =>
  a.state === b.state &&
  ('by' in a ? a.by : undefined) === ('by' in b ? b.by : undefined) &&
  ('code' in a ? a.code : undefined) === ('code' in b ? b.code : undefined) &&
  ('reason' in a ? a.reason : undefined) === ('reason' in b ? b.reason : undefined)
