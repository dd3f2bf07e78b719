/**
 * What a fold's rules work on: tables of plain JSON values by key. Values are never changed in place; a new one is set. Whoever holds the tables keeps what
 * was there before, so that a fold can be rolled back, or run for trial.
 */
export interface Draft<Tables extends object> {
  get<Name extends keyof Tables & string>(table: Name, key: string): Tables[Name] | undefined
  has(table: keyof Tables & string, key: string): boolean
  set<Name extends keyof Tables & string>(table: Name, key: string, value: Tables[Name]): void
  delete(table: keyof Tables & string, key: string): void
  /** In no order that means anything. */
  entries<Name extends keyof Tables & string>(table: Name): Iterable<[string, Tables[Name]]>
  size(table: keyof Tables & string): number
}

/** An entry that may be applied: its author had the right to it, and nothing holds it. */
export interface Applied {
  id: string
  /** A DID, of an agent or of a node. */
  author: string
  /** The author's node. */
  node: string
  lamport: number
  /** By its author's clock, in ms; to be shown, never to be decided by. */
  at: number
  type: string
  /** The facts; of any shape until a rule has parsed them. */
  body: Record<string, unknown>
}

/** Why an entry, though permitted, changes nothing. The same on every node. */
export interface Refusal {
  /** Stable, such as `not_found`. */
  code: string
  /** A sentence. */
  reason: string
  /** The thing inside the space that is missing; so that what holds its creation can be named. */
  subject?: string
  field?: string
}

/** What rules may ask about the log beside their tables: the same answer on every node that has the entry. */
export interface Lookup {
  /** An entry that is in the past of the one being applied. */
  past(id: string): { type: string; author: string; node: string; body: Record<string, unknown> } | undefined
}

/** Applies an entry to the tables, or says why it cannot be. Must not write before it is sure. */
export type Apply<Tables extends object> = (state: Draft<Tables>, entry: Applied, log: Lookup) => Refusal | undefined
