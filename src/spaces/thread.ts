import { nodeOf } from '../base/did.ts'
import { malformed } from '../contract/facts.ts'
import type { Refusal } from '../contract/state.ts'
import { COUNTS, type Verdict } from '../contract/verdict.ts'
import {
  comparePlaces,
  isConcurrent,
  isPast,
  type LogView,
  type Place,
  type Placed,
  type SpaceRules,
} from '../log/types.ts'
import {
  type Act,
  readAct,
  rulesThread,
  standingAt,
  standingBy,
  type ThreadStanding,
  takesPart,
  threadFacts,
} from './thread-facts.ts'

export { type ThreadStanding, takesPart } from './thread-facts.ts'

export interface ThreadJudgement {
  verdicts: ReadonlyMap<string, Verdict>
  /** Those that count, in order of place. */
  acts: readonly Act[]
  /** By all of them; undefined when the thread's first entry is malformed. */
  standing: ThreadStanding | undefined
  /** Nodes that took part and do no more, with the entry that removed the last of theirs. */
  removed: ReadonlyMap<string, string>
}

export type ThreadTables = {
  /** One row, `thread`. */
  thread: { messages: number; last_lamport: number; last_at: number }
}

/** Of one node other than its creator's, in what an update follows: each is looked at with all that was said of who takes part. */
export const THREAD_UPDATES_MAX = 256

const refused = (code: string, reason: string): Verdict => ({ state: 'refused', code, reason })
const denied = (reason: string, code = 'not_permitted'): Verdict => ({ state: 'denied', code, reason })
const unreadable = refused('malformed', 'Its facts are not of the form of its type.')
const ended = refused('thread_closed', 'This thread has ended.')

/** The removal that an entry's author had not seen; none when somebody who had seen it added the author again. */
function heldBy(acts: readonly Act[], entry: Placed): string | undefined {
  const meant = (did: string) => did === entry.author || did === entry.node
  const lifts = (other: Act, removal: Placed) =>
    other.type === 'update' && isPast(removal, other.entry) && other.facts.add?.some(meant) === true
  return acts.find(
    (act) =>
      act.type === 'update' &&
      act.entry.node !== entry.node &&
      act.facts.remove?.some(meant) === true &&
      isConcurrent(act.entry, entry) &&
      !acts.some((other) => lifts(other, act.entry)),
  )?.entry.id
}

/** The verdict on an act but the first, by those that count already. */
function verdictOn(act: Act, counting: readonly Act[]): Verdict {
  const before = standingAt(counting, act.entry)
  const { author } = act.entry
  if (!before || act.type === 'create') return denied('A thread begins with its first entry.')
  if (before.closedBy !== undefined) return ended
  if (rulesThread(before, author)) return COUNTS
  if (!takesPart(before.participants.keys(), author))
    return denied('Who takes no part in a thread can do nothing in it.', 'not_member')
  if (act.type === 'close' || act.facts.title !== undefined) return denied('Only its creator can do that to a thread.')
  const { add = [], remove = [] } = act.facts
  if (remove.some((did) => did !== author && nodeOf(did) !== author))
    return denied('Only its creator removes others from a thread.')
  if (add.length > 0 && before.create.closed === true) return denied('Only its creator adds to this thread.')
  const own = counting.filter(({ entry }) => entry.node === act.entry.node && isPast(entry, act.entry))
  if (own.length >= THREAD_UPDATES_MAX)
    return refused('limit_reached', `One can say ${THREAD_UPDATES_MAX} times who takes part, and no more.`)
  const by = heldBy(counting, act.entry)
  return by === undefined ? COUNTS : { state: 'held', by }
}

const rulesHere = (creator: string, { entry: { author } }: Act): boolean =>
  author === creator || author === nodeOf(creator)

/**
 * From what was judged before, where nothing new counts and so changes nothing for others: whoever writes what it may not costs others little. Undefined
 * where that is not so.
 */
function judgeOnward(authority: readonly Placed[], previous: ThreadJudgement): ThreadJudgement | undefined {
  const { standing, acts } = previous
  const added = authority.filter(({ id }) => !previous.verdicts.has(id))
  if (!standing || authority.length - added.length !== previous.verdicts.size) return undefined
  if (added.length === 0) return previous
  const verdicts = new Map(previous.verdicts)
  for (const entry of added) {
    const act = readAct(entry)
    if (act && rulesHere(standing.creator, act)) return undefined
    // As when all are judged together: with the creator's, and others' that stand before it.
    const counting = acts.filter((other) => rulesHere(standing.creator, other) || comparePlaces(other.entry, entry) < 0)
    const verdict = act ? verdictOn(act, counting) : unreadable
    if (verdict.state === 'counts') return undefined
    verdicts.set(entry.id, verdict)
  }
  return { ...previous, verdicts }
}

/** The creator's acts first: they depend on nobody else's, and hold others'. */
function judgeAll(authority: readonly Placed[]): ThreadJudgement {
  const verdicts = new Map<string, Verdict>()
  const read: Act[] = []
  for (const entry of authority) {
    const act = readAct(entry)
    if (act) read.push(act)
    else verdicts.set(entry.id, unreadable)
  }
  const first = read.find((act) => act.type === 'create' && act.entry.lamport === 1)
  const creator = first?.entry.author ?? ''
  const rules = (act: Act) => rulesHere(creator, act)
  let acts: Act[] = []
  for (const act of [...read.filter(rules), ...read.filter((act) => !rules(act))]) {
    const verdict = act === first ? COUNTS : verdictOn(act, acts)
    verdicts.set(act.entry.id, verdict)
    if (verdict.state === 'counts') acts = [...acts, act].sort((a, b) => comparePlaces(a.entry, b.entry))
  }
  const standing = standingBy(acts)
  return { verdicts, acts, standing, removed: removedNodes(acts, standing) }
}

const latest = new WeakMap<LogView, ThreadJudgement>()

function judge(authority: readonly Placed[], log: LogView): ThreadJudgement {
  const previous = latest.get(log)
  const judgement = (previous && judgeOnward(authority, previous)) ?? judgeAll(authority)
  latest.set(log, judgement)
  return judgement
}

function removedNodes(acts: readonly Act[], standing: ThreadStanding | undefined): Map<string, string> {
  const present = nodesOf(standing?.participants.keys() ?? [])
  const removed = new Map<string, string>()
  for (const act of acts) {
    for (const node of nodesOf((act.type === 'update' && act.facts.remove) || []))
      if (!present.has(node)) removed.set(node, act.entry.id)
  }
  return removed
}

const nodesOf = (dids: Iterable<string>): Set<string> => new Set([...dids].map(nodeOf))

function contentVerdict({ acts }: ThreadJudgement, entry: Placed): Verdict {
  const before = standingAt(acts, entry)
  if (!before || !takesPart(before.participants.keys(), entry.author))
    return denied('Who takes no part in a thread can say nothing in it.', 'not_member')
  if (before.closedBy !== undefined) return ended
  const by = heldBy(acts, entry)
  return by === undefined ? COUNTS : { state: 'held', by }
}

/** From the first act that counts now and did not, or the other way, and from what removals hold of those it names. */
function changedFrom(before: ThreadJudgement, after: ThreadJudgement, log: LogView): Place | undefined {
  const all = [...before.acts, ...after.acts]
  const differing = all.filter(({ entry: { id } }) => stateOf(before, id) !== stateOf(after, id))
  const named = nodesOf(differing.flatMap((act) => (act.type === 'update' ? namedIn(act) : [])))
  const places: (Place | undefined)[] = differing.map(({ entry }) => entry)
  for (const act of named.size > 0 ? all : []) {
    const removed = nodesOf((act.type === 'update' && act.facts.remove) || [])
    for (const { chain, node } of log.chains())
      if (removed.has(node) && named.has(node)) places.push(log.at(chain, act.entry.clock[chain] ?? 0))
  }
  return places.filter((place) => place !== undefined).sort(comparePlaces)[0]
}

const stateOf = ({ verdicts }: ThreadJudgement, id: string) => verdicts.get(id)?.state
const namedIn = ({ facts: { add = [], remove = [] } }: Act & { type: 'update' }) => [...add, ...remove]

const applyMessage: SpaceRules<ThreadJudgement, ThreadTables>['apply'] = (state, entry, log): Refusal | undefined => {
  if (entry.type !== 'thread.message') return undefined
  const { data: facts, error } = threadFacts['thread.message'].safeParse(entry.body)
  if (!facts) return malformed(error)
  if (facts.reply_to !== undefined && log.past(facts.reply_to)?.type !== 'thread.message')
    return { code: 'not_found', reason: 'What it answers is no message of this thread.', field: 'reply_to' }
  const messages = (state.get('thread', 'thread')?.messages ?? 0) + 1
  state.set('thread', 'thread', { messages, last_lamport: entry.lamport, last_at: entry.at })
  return undefined
}

/** How it is called, and whether nothing more can be said in it. */
export const describeThread = ({ standing }: ThreadJudgement): { title: string; closed: boolean } => ({
  title: standing?.title ?? '',
  closed: standing?.closedBy !== undefined,
})

/** Whoever was ever named may begin; whether what it writes counts is judged when all is. */
function names(entry: Placed, node: string): boolean {
  const act = readAct(entry)
  if (act?.type === 'create') return nodesOf([entry.author, ...act.facts.participants]).has(node)
  return act?.type === 'update' && nodesOf(act.facts.add ?? []).has(node)
}

/** The rules of a private thread: whoever made it says who takes part; those write. */
export const threadRules: SpaceRules<ThreadJudgement, ThreadTables> = {
  searched: ['thread.message'],
  tables: ['thread'],
  isAuthority: (type) => type !== 'thread.message' && Object.hasOwn(threadFacts, type),
  isKnown: (type) => Object.hasOwn(threadFacts, type),
  isRemedy: (type) => type === 'thread.update',
  mayBegin: (entry, log) =>
    entry.type === 'thread.create'
      ? entry.lamport === 1
      : log.authority().some((act) => isPast(act, entry) && names(act, entry.node)),
  judge,
  mustJudge: () => false,
  authorityVerdict: ({ verdicts }, id) => verdicts.get(id) ?? denied('It was not judged.'),
  contentVerdict,
  changedFrom,
  apply: applyMessage,
  redacts: () => undefined,
  subject: () => undefined,
  summary: ({ standing }) =>
    standing
      ? {
          title: standing.title ?? null,
          participants: [...standing.participants].sort(([a], [b]) => (a < b ? -1 : 1)),
          closed_by: standing.closedBy ?? null,
        }
      : null,
  members: ({ standing }) => nodesOf(standing?.participants.keys() ?? []),
  removal: ({ removed }, node) => removed.get(node),
}
