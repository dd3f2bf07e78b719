import type { Applied, Draft, Lookup, Refusal } from '../contract/state.ts'
import type { Verdict } from '../contract/verdict.ts'

/** Where an entry stands in the order in which content is folded. */
export interface Place {
  lamport: number
  id: string
}

/** By (lamport, id), ids by UTF-16 code units: the same on every node. */
export const comparePlaces = (a: Place, b: Place): number =>
  a.lamport - b.lamport || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/**
 * An entry whose parents are all here. Entries of one node that follow each other by `prev` are a chain; a fork begins a new one, so every entry has a
 * chain and a position in it. These numbers are this node's own and differ from node to node.
 */
export interface Placed extends Applied {
  seq: number
  prev: string | undefined
  heads: readonly string[]
  chain: number
  /** From 0. */
  position: number
  /** By chain: how many of its entries are this one or in its past. Shorter than the number of chains where those came later. */
  clock: Uint32Array
}

/** Whether `earlier` can be reached from `later` through prev and heads; not true of an entry and itself. */
export const isPast = (earlier: Placed, later: Placed): boolean =>
  earlier.id !== later.id && (later.clock[earlier.chain] ?? 0) > earlier.position

export const isConcurrent = (a: Placed, b: Placed): boolean => a.id !== b.id && !isPast(a, b) && !isPast(b, a)

export interface Chain {
  chain: number
  node: string
  /** Entries in it. */
  length: number
}

/** The log of one space as rules may look into it: everything here is the same on every node that has the same entries, but for the numbers of chains. */
export interface LogView {
  placed(id: string): Placed | undefined
  chains(): readonly Chain[]
  at(chain: number, position: number): Placed | undefined
  /** All authority entries, in order of place, whatever became of them. */
  authority(): readonly Placed[]
}

/**
 * The rules of one kind of space, as the log needs them. `Judgement` is what was decided of all authority entries together; everything else is judged by
 * it, one by one.
 */
export interface SpaceRules<Judgement = unknown, Tables extends object = Record<string, unknown>> {
  /** Raised whenever a state or verdict may come out otherwise than before: then what was folded by the older rules is folded anew. 0 when absent. */
  version?: number
  /** Types of entries whose texts are to be found by their words. */
  searched?: readonly string[]
  /** Names of the tables, in the order in which they are hashed. */
  tables: readonly (keyof Tables & string)[]
  /** Whether an entry of this type is judged before all content. It is applied at its place all the same, if it counts. */
  isAuthority(type: string): boolean
  /** False for a type of a newer version: the fold stops there. */
  isKnown(type: string): boolean
  /**
   * Whether an entry of this type may be written though the fold stops at an unknown one: what takes somebody out, and so holds what that one wrote. It is
   * written as if the unknown ones, and what follows them, had not come.
   */
  isRemedy?(type: string): boolean
  /**
   * Whether a chain may begin with this entry (it has no `prev`), by what is in its past alone: the space's first entry, or the answer to an invitation of
   * its node. Anything else is not taken in at all.
   */
  mayBegin(entry: Placed, log: LogView): boolean
  /** Judges all authority entries together, given in order of place. */
  judge(authority: readonly Placed[], log: LogView): Judgement
  /** Whether these entries, though none of them is an authority entry, may change what was judged. */
  mustJudge(judgement: Judgement, added: readonly Placed[]): boolean
  /** The verdict on an authority entry that was judged. */
  authorityVerdict(judgement: Judgement, id: string): Verdict
  /** The verdict on any other entry. */
  contentVerdict(judgement: Judgement, entry: Placed): Verdict
  /**
   * From which place on verdicts on content may differ between two judgements; undefined when none can. May be lower than necessary, never higher.
   */
  changedFrom(before: Judgement, after: Judgement, log: LogView): Place | undefined
  /** Applies an entry that counts, of whatever type. */
  apply(state: Draft<Tables>, entry: Applied, log: Lookup): Refusal | undefined
  /** Of an entry that counts: whose texts it takes away. */
  redacts(entry: Applied): string | undefined
  /** What an entry is about (a task, a room, a member's DID), for filtering the audit trail. */
  subject(entry: Applied): string | undefined
  /** What was judged, as JSON: part of the state's hash. */
  summary(judgement: Judgement): unknown
  /** The nodes that are members now. */
  members(judgement: Judgement): ReadonlySet<string>
  /** The entry by which a node was removed and is no member any more. */
  removal(judgement: Judgement, node: string): string | undefined
}
