import type { Clock } from '../base/clock.ts'
import type { SignedEntry } from '../contract/entry.ts'
import type { CheckedEntry } from '../log/checked.ts'
import { checkEntry } from '../log/entry.ts'
import type { EntryStore } from '../log/entry-store.ts'
import { memoryStore } from '../log/memory-store.ts'
import { openReplica } from '../log/open-replica.ts'
import type { Replica } from '../log/replica.ts'
import type { Place } from '../log/types.ts'
import { standingOf } from './project.ts'
import { projectRules } from './project-rules.ts'
import { threadRules } from './thread.ts'

export interface LogFault {
  /** Undefined when the entry cannot even be read. */
  id: string | undefined
  /** Which of the entries that were given, from 0. */
  index: number
  reason: string
}

export interface CheckedLog {
  /** Whether every entry is as it should be, and all could be judged. */
  ok: boolean
  /** The first that is not; what follows it was not looked at. */
  fault: LogFault | undefined
  entries: number
  /** How many came to which verdict. */
  counts: number
  held: number
  denied: number
  refused: number
  /** The name of a project, the title of a thread. */
  name: string | undefined
  /** DIDs of nodes. */
  members: string[]
  tips: string[]
  /** Of those that were expected, the ones that are not here. */
  missing: string[]
  state_hash: string
  /** A type of entry this version does not know: what follows it could not be judged. */
  upgrade_needed: string | undefined
}

/** How many entries are checked side by side, and then folded. */
const BATCH = 1000

/**
 * Checks a log from nothing, in memory: every signature and hash, every chain, parent and right; and folds it.
 * @param entries parents before their children.
 * @param expected ids of entries that should be among them.
 */
export function checkLog(
  kind: 'project' | 'thread',
  space: string,
  entries: AsyncIterable<SignedEntry> | Iterable<SignedEntry>,
  clock: Clock,
  expected: readonly string[] = [],
): Promise<CheckedLog> {
  const store = memoryStore()
  if (kind === 'thread') {
    const replica = openReplica({ space, rules: threadRules, store, clock })
    const name = () => replica.judgement().standing?.title
    return check(replica, { store, entries, expected, name, members: () => threadRules.members(replica.judgement()) })
  }
  const replica = openReplica({ space, rules: projectRules, store, clock })
  const name = () => standingOf(replica.judgement()).name
  return check(replica, { store, entries, expected, name, members: () => projectRules.members(replica.judgement()) })
}

interface Parts {
  store: EntryStore
  entries: AsyncIterable<SignedEntry> | Iterable<SignedEntry>
  expected: readonly string[]
  name(): string | undefined
  members(): Iterable<string>
}

type Log = Pick<Replica, 'admit' | 'get' | 'tips' | 'stateHash' | 'upgradeNeeded'>

async function check(replica: Log, { store, entries, expected, name, members }: Parts): Promise<CheckedLog> {
  const fault = await firstFault(replica, entries)
  const states = { counts: 0, held: 0, denied: 0, refused: 0 }
  for (const { verdict } of everyEntry(store)) states[verdict.state]++
  const upgrade_needed = replica.upgradeNeeded()
  return {
    ok: fault === undefined && upgrade_needed === undefined,
    fault,
    entries: store.count(),
    ...states,
    name: name(),
    members: [...members()].sort(),
    tips: replica.tips(),
    missing: expected.filter((id) => !replica.get(id)),
    state_hash: replica.stateHash(),
    upgrade_needed,
  }
}

async function firstFault(replica: Log, entries: Parts['entries']): Promise<LogFault | undefined> {
  let batch: SignedEntry[] = []
  let first = 0
  const waiting = new Map<string, number>()

  async function take(): Promise<LogFault | undefined> {
    const checked = await Promise.all(batch.map((entry) => checkEntry(entry)))
    const wrong = checked.findIndex(({ fault }) => fault !== undefined)
    const sound = checked.slice(0, wrong < 0 ? undefined : wrong).map(({ entry }) => entry as CheckedEntry)
    const indexes = new Map(sound.map(({ id }, index) => [id, first + index]))
    const { added, faults } = replica.admit(sound)
    const [fault] = faults
    if (fault) return told(fault, indexes.get(fault.id ?? '') ?? waiting.get(fault.id ?? '') ?? first)
    for (const [id, index] of indexes) if (!replica.get(id)) waiting.set(id, index)
    for (const { id } of added) waiting.delete(id)
    const bad = checked[wrong]?.fault
    if (bad) return told(bad, first + wrong)
    first += batch.length
    batch = []
    return undefined
  }

  for await (const entry of entries) {
    batch.push(entry)
    const fault = batch.length < BATCH ? undefined : await take()
    if (fault) return fault
  }
  const fault = await take()
  if (fault) return fault
  const [orphan] = waiting
  return orphan && { id: orphan[0], index: orphan[1], reason: 'missing_parents: an entry it follows is not here' }
}

const told = ({ id, reason, detail }: { id: string | undefined; reason: string; detail: string }, index: number) => ({
  id,
  index,
  reason: `${reason}: ${detail}`,
})

function* everyEntry(store: EntryStore) {
  let after: Place | undefined
  for (;;) {
    const page = store.page(after, 1000)
    yield* page
    after = page.at(-1)?.entry
    if (page.length < 1000) return
  }
}
