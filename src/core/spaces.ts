import type { Clock } from '../base/clock.ts'
import { AgoraError, isErrorCode } from '../base/errors.ts'
import type { Texts } from '../contract/entry.ts'
import type { NodeKey } from '../identity/signing.ts'
import type { CheckedEntry } from '../log/checked.ts'
import { makeEntry } from '../log/entry.ts'
import type { Admitted, Change, Replica } from '../log/replica.ts'
import type { Placed, SpaceRules } from '../log/types.ts'
import type { Database } from '../store/database.ts'
import { type SpaceInfo, type SpaceKind, type SpaceStatus, spaceRows } from './space-rows.ts'

export type { SpaceInfo, SpaceKind, SpaceStatus } from './space-rows.ts'

export interface SpacesParts {
  clock: Clock
  key: NodeKey
  database: Database
  /** Who is a member of a space of each kind. */
  rules: Readonly<Record<SpaceKind, Pick<SpaceRules, 'members' | 'removal'>>>
  /** Opens the log of a space, which is empty when nothing of it is here. */
  openLog(space: string, kind: SpaceKind): Replica
  /** How the space is called now, and whether nothing more can be written there; asked after every change. */
  describe?(replica: Replica): { title: string; closed?: boolean }
  /** Why nothing is written in a space now, though its log would take it. */
  refusal?(space: string): AgoraError | undefined
}

/** What has come into a log at once, or is another now by it. */
export interface SpaceNews {
  space: string
  kind: SpaceKind
  replica: Replica
  added: Placed[]
  /** Entries that were here before, and whose verdict is another. */
  changed: Change[]
  forks: Placed[]
  /** The peer that brought it; undefined when it was written here. */
  from: string | undefined
}

export interface FirstEntry {
  author: string
  facts: Record<string, unknown>
  texts?: Texts | undefined
}

/** The replicas of this node. Everything that changes a log passes here, within a write of the database. */
export interface Spaces {
  list(kind?: SpaceKind): SpaceInfo[]
  info(space: string): SpaceInfo | undefined
  /** @throws AgoraError `not_found` when nothing of this space is here. */
  replica<Judgement = unknown, Tables extends object = Record<string, unknown>>(
    space: string,
  ): Replica<Judgement, Tables>
  /**
   * The whole id of what begins with `text`, at least four characters of it.
   * @throws AgoraError `not_found`, `ambiguous_name` with the candidates.
   */
  resolve(text: string, field: string, kind?: SpaceKind): string
  /** The nodes that are members, by the log as it is here. */
  members(space: string): ReadonlySet<string>
  /** The entry by which a node was a member and is none any more. */
  removal(space: string, node: string): string | undefined

  /** Begins a space. `then` runs within the same write, behind the first entry. */
  create(kind: SpaceKind, first: FirstEntry, then?: (replica: Replica, entry: Placed) => void): Promise<Placed>
  /** Within a write: a space of which this node knows by an invitation is here from now on; one that it left or was removed from keeps what it has. */
  joinWithin(space: string, joining: Joining): Admitted
  /** One write of the database; what `work` appends is told to the listeners within it, and to members after it. */
  write<Result>(space: string, work: (replica: Replica) => Result): Promise<Result>
  /** The same within somebody else's write. */
  writeWithin<Result>(space: string, work: (replica: Replica) => Result): Result
  /** Takes in entries that were checked. */
  admit(space: string, entries: readonly CheckedEntry[], from: string | undefined): Promise<Admitted>
  admitWithin(space: string, entries: readonly CheckedEntry[], from: string | undefined): Admitted
  /** Within a write: this node is not of the space any more, though its log does not say so. */
  leaveWithin(space: string): void

  /** Called within the write: what follows from entries is on disk with them. */
  onEntries(listener: (news: SpaceNews) => void): void
  /** Called after the commit. */
  onCommitted(listener: (news: SpaceNews) => void): void
  /** Called after the commit by which this node began to join a space. */
  onJoining(listener: (space: string) => void): void
  /** Within a write: keeps the states, so that the next start is quick. */
  snapshot(): void
}

export interface Joining {
  kind: SpaceKind
  title?: string | undefined
  /** The space's first entry, and what else is known of its log. */
  entries: readonly CheckedEntry[]
  /** Nodes that are members as the invitation says: until the log says who is, they are believed about this space. */
  members: readonly string[]
}

const PREFIX_MIN = 4
/** Nodes that are believed while a space is joined. */
const VIA_MAX = 512

export function createSpaces({ clock, key, database, rules, openLog, describe, refusal }: SpacesParts): Spaces {
  const rows = spaceRows(database)
  const replicas = new Map<string, Replica>()
  const listeners: ((news: SpaceNews) => void)[] = []
  const committed: ((news: SpaceNews) => void)[] = []
  const joined: ((space: string) => void)[] = []

  const nothingOf = (space: string) =>
    new AgoraError('not_found', `Nothing of ${space} is here.`, { hint: 'See `agora project list`.' })

  function open(space: string): Replica {
    const known = replicas.get(space)
    if (known) return known
    const info = rows.get(space)
    if (!info) throw nothingOf(space)
    const replica = openLog(space, info.kind)
    replicas.set(space, replica)
    return replica
  }

  /** Within a write: what is in memory of the space goes when what this write does to it is undone. */
  function touch(space: string): void {
    database.afterRollback(() => replicas.delete(space))
  }

  function membersOf(space: string): ReadonlySet<string> {
    const info = rows.get(space)
    if (!info) return new Set()
    const replica = open(space)
    return replica.count() === 0 ? new Set() : rules[info.kind].members(replica.judgement())
  }

  function removalOf(space: string, node: string): string | undefined {
    const info = rows.get(space)
    if (!info) return undefined
    const replica = open(space)
    return replica.count() === 0 ? undefined : rules[info.kind].removal(replica.judgement(), node)
  }

  /** Within a write, after the log has changed: how this node stands to the space now. */
  function refresh(info: SpaceInfo, replica: Replica): void {
    const { title, closed = false } = describe?.(replica) ?? { title: info.title }
    const status = statusOf(info, replica, closed)
    if (status !== info.status || title !== info.title) rows.change(info.id, { status, title })
  }

  function statusOf({ id, status }: SpaceInfo, replica: Replica, closed: boolean): SpaceStatus {
    if (membersOf(id).has(key.did)) return closed ? 'closed' : 'member'
    if (status === 'joining' || status === 'left') return status
    const by = removalOf(id, key.did)
    // Whom nobody removed went by itself.
    return by === undefined || replica.get(by)?.node === key.did ? 'left' : 'removed'
  }

  /** Within a write: tells what came into a log. */
  function tell(news: SpaceNews): void {
    const info = rows.get(news.space)
    if (!info || news.added.length + news.changed.length === 0) return
    refresh(info, news.replica)
    for (const listener of listeners) listener(news)
    database.afterCommit(() => {
      for (const listener of committed) listener(news)
    })
  }

  /** Signed until it is of no space that is here: the same words at the same time would be the same entry. */
  function firstEntry(kind: SpaceKind, { author, facts, texts }: FirstEntry): CheckedEntry {
    for (let at = clock.now(); ; at++) {
      const parts = { author, seq: 0, prev: undefined, heads: [], lamport: 1, at, type: `${kind}.create`, facts, texts }
      const entry = makeEntry(key, parts)
      if (!rows.get(entry.id)) return entry
    }
  }

  function writeWithin<Result>(space: string, work: (replica: Replica) => Result): Result {
    const replica = open(space)
    const { kind } = rows.get(space) as SpaceInfo
    const added: Placed[] = []
    const changed: Change[] = []
    // It stands before the log and is no copy of it, for one is made for every write.
    const watched: Replica = Object.create(replica)
    watched.trial = (input) => {
      const refused = refusal?.(space)
      return refused ? { state: 'refused', code: refused.code, reason: refused.message } : replica.trial(input)
    }
    watched.append = (input) => {
      const refused = refusal?.(space)
      if (refused) throw refused
      touch(space)
      const entry = replica.append(input, changed)
      added.push(entry)
      return entry
    }
    try {
      return work(watched)
    } finally {
      // Also when it threw: whoever catches that goes on with what was written before.
      tell({ space, kind, replica, added, changed, forks: [], from: undefined })
    }
  }

  function admitWithin(space: string, entries: readonly CheckedEntry[], from: string | undefined): Admitted {
    const replica = open(space)
    const { kind } = rows.get(space) as SpaceInfo
    touch(space)
    const admitted = replica.admit(entries, from)
    const { added, changed, forks } = admitted
    tell({ space, kind, replica, added, changed, forks, from })
    return admitted
  }

  return {
    list: rows.list,
    info: rows.get,
    replica: <Judgement, Tables extends object>(space: string) => open(space) as Replica<Judgement, Tables>,
    resolve(text, field, kind) {
      const whole = rows.get(text)
      if (whole && (kind === undefined || whole.kind === kind)) return whole.id
      const found = rows
        .list(kind)
        .filter(({ id }) => id === text || (text.length >= PREFIX_MIN && id.startsWith(text)))
      const [first] = found
      if (!first) {
        const short = text.length < PREFIX_MIN ? ` At least ${PREFIX_MIN} characters are needed.` : ''
        throw new AgoraError('not_found', `${field}: there is no ${kind ?? 'space'} ${text}.${short}`, { field })
      }
      if (found.length === 1) return first.id
      const candidates = found.map(({ id, title }) => `${id} (${title})`)
      throw new AgoraError('ambiguous_name', `${field}: ${text} fits several.`, { field, candidates })
    },
    members: membersOf,
    removal: removalOf,
    create(kind, first, then) {
      return database.write(() => {
        const entry = firstEntry(kind, first)
        rows.add({ id: entry.id, kind, status: 'member', created_at: clock.now(), title: '', via: [] })
        const [placed] = admitWithin(entry.id, [entry], undefined).added
        const verdict = replicas.get(entry.id)?.verdict(entry.id)
        if (!placed || verdict?.state !== 'counts') throw refused(kind, verdict)
        if (then) writeWithin(entry.id, (replica) => then(replica, placed))
        return placed
      })
    },
    joinWithin(space, { kind, title = '', entries, members }) {
      const known = rows.get(space)
      const via = [...new Set(members)].filter((did) => did !== key.did)
      if (!known) rows.add({ id: space, kind, status: 'joining', created_at: clock.now(), title, via })
      else if (known.status === 'joining') {
        // Whoever says the same later takes nobody's place.
        rows.change(space, { via: [...new Set([...known.via, ...via])].slice(0, VIA_MAX) })
      } else if (known.status === 'left' || known.status === 'removed') rows.change(space, { status: 'joining', via })
      const admitted = admitWithin(space, entries, undefined)
      database.afterCommit(() => {
        for (const listener of joined) listener(space)
      })
      return admitted
    },
    write: (space, work) => database.write(() => writeWithin(space, work)),
    writeWithin,
    admit: (space, entries, from) => database.write(() => admitWithin(space, entries, from)),
    admitWithin,
    leaveWithin: (space) => rows.change(space, { status: 'left' }),
    onEntries: (listener) => void listeners.push(listener),
    onCommitted: (listener) => void committed.push(listener),
    onJoining: (listener) => void joined.push(listener),
    snapshot() {
      for (const replica of replicas.values()) if (replica.count() > 0) replica.snapshot()
    },
  }
}

function refused(kind: SpaceKind, verdict: ReturnType<Replica['verdict']>): AgoraError {
  const { code, reason } = verdict && 'code' in verdict ? verdict : { code: 'malformed', reason: 'it cannot be read.' }
  return new AgoraError(isErrorCode(code) ? code : 'malformed', `A ${kind} cannot begin so: ${reason}`)
}
