import type { SignedEntry, Texts } from '../contract/entry.ts'
import type { Draft } from '../contract/state.ts'
import type { Verdict } from '../contract/verdict.ts'
import type { CheckedEntry, EntryFault } from './checked.ts'
import type { EntryQuery, LoggedEntry } from './entry-store.ts'
import type { LogView, Place, Placed } from './types.ts'

/** What is to be written; the log adds the rest. */
export interface EntryInput {
  /** The DID of this node or of one of its agents. */
  author: string
  type: string
  facts: Record<string, unknown>
  texts?: Texts | undefined
}

/** The last entry of a chain, as `log.have` tells it. A node has several after a fork. */
export interface Branch {
  node: string
  seq: number
  id: string
}

export interface Change {
  entry: Placed
  before: Verdict
  after: Verdict
}

export interface Admitted {
  /** In the order in which they were taken in: parents first. Their verdicts: `verdict(id)`. */
  added: Placed[]
  /** Parents that are neither here nor wait themselves: to be asked for. */
  missing: string[]
  /** Entries that were folded again, the added ones not counted: what these cost beside themselves. */
  refolded: number
  /** Entries that were here before, and whose verdict is another now. */
  changed: Change[]
  /** Not taken in, and never will be; `from` is who brought it. */
  faults: (EntryFault & { from: string | undefined })[]
  /** Of the added ones those that began a second chain of their node: evidence that it wrote two entries where one should follow the other. */
  forks: Placed[]
}

export interface LackingOptions {
  /** About how much at once, by the length of header, facts and texts; at least one entry is given. */
  bytes: number
  /** Only this entry and what is in its past: for a member that it removed. */
  until?: string | undefined
  /** Goes on behind this place, where the answer before ended. */
  after?: Place | undefined
}

/**
 * A space's log on this node and what is folded of it. All answers are at once; what writes runs within one write of the store. If that write
 * fails or is rolled back, the replica knows of entries that are not there: it must be thrown away and opened anew.
 */
export interface Replica<Judgement = unknown, Tables extends object = Record<string, unknown>> {
  readonly space: string
  /** By the first entry's type: `project` of `project.create`. */
  readonly kind: string
  /** What was folded; read, never written. */
  state(): Draft<Tables>
  judgement(): Judgement
  log(): LogView
  /** The unknown type of entry at which the fold stops. */
  upgradeNeeded(): string | undefined
  /** Entries that are no other's parent, sorted. */
  tips(): string[]
  branches(): Branch[]
  /** How many entries are here. */
  count(): number

  /**
   * Signs and takes in an entry of this node, behind everything that is here.
   * @param changed is given those whose verdict is another for it.
   * @throws AgoraError with the code of the verdict when it would not count, `upgrade_needed`.
   */
  append(input: EntryInput, changed?: Change[]): Placed
  /** What `append` would come to, without writing anything. */
  trial(input: EntryInput): Verdict
  /**
   * Takes in entries that were checked, in any order. Those whose parents are missing wait in memory, at most 10,000 entries or 32 MiB of them; the
   * oldest are dropped first.
   * @param from who brought them, as given back with faults.
   */
  admit(entries: readonly CheckedEntry[], from?: string): Admitted

  /**
   * What somebody lacks who told these branches, parents first. `after` is given while there may be more; entries that come meanwhile may be missed by
   * going on, for they are told of by themselves.
   */
  lacking(branches: readonly Branch[], options: LackingOptions): { entries: SignedEntry[]; after: Place | undefined }
  /**
   * Whether somebody who told these branches has a fork that is not known here. They may take it that this node has all their entries of that node, and
   * `lacking` here takes it so of them: once they were sent what they lack, tell them the branches here again.
   */
  isForked(branches: readonly Branch[]): boolean
  /** Whether this entry is here and the last of its chain: then nothing that follows it there is here. Costs less than to look for that. */
  isEnd(id: string): boolean
  signed(id: string): SignedEntry | undefined
  get(id: string): Placed | undefined
  texts(id: string): Texts | undefined
  verdict(id: string): Verdict | undefined
  logged(id: string): LoggedEntry | undefined
  query(query: EntryQuery): LoggedEntry[]
  /** Entries whose texts hold all these words, newest first. */
  search(words: string, query: EntryQuery): LoggedEntry[]
  /** Ids of entries that begin so. */
  withPrefix(prefix: string, limit: number): string[]

  /** SHA-256 in hex over the tables, what was judged, and the ids of the entries that count. */
  stateHash(): string
  /** Within a write: keeps the state so that the next opening is quick. */
  snapshot(): void
}
