import type { SignedEntry, Texts } from '../contract/entry.ts'
import type { Verdict } from '../contract/verdict.ts'
import type { Place, Placed } from './types.ts'

/** An entry with everything that is known of it here: what audit and histories show. */
export interface LoggedEntry extends Placed {
  /** Without the salt; undefined when there were none, or they were redacted. */
  texts: Texts | undefined
  /** Of which an entry had texts that are gone. */
  redacted: boolean
  verdict: Verdict
  subject: string | undefined
  /** In ms since the epoch, by this node's clock. */
  receivedAt: number
  /** Grows in the order in which entries were taken in here, over all spaces. */
  arrival: number
}

/** What of a log is asked for; what is left out does not narrow. */
export interface EntryQuery {
  /** The DID of an agent: its entries; of a node: those of the node and all its agents. */
  author?: string | undefined
  types?: readonly string[] | undefined
  subject?: string | undefined
  states?: readonly Verdict['state'][] | undefined
  /** By the clocks of the authors, in ms since the epoch: from `since` on, and before `until`. */
  since?: number | undefined
  until?: number | undefined
  /** `newest` first, which is the default, or `oldest`; in the order in which content is folded. */
  order?: 'newest' | 'oldest' | undefined
  /** Goes on behind this place. */
  after?: Place | undefined
  limit: number
}

/** What a fold came to at a place. */
export interface StoredSnapshot {
  /** Of the latest entry folded in. */
  place: Place
  /** By rules of this version. */
  version: number
  /** How many entries were folded up to here. */
  folded: number
  state: string
}

export interface NewEntry {
  entry: Placed
  signed: SignedEntry
  texts: Texts | undefined
  subject: string | undefined
  verdict: Verdict
  /** Whether its texts are to be found by their words. */
  searched: boolean
  receivedAt: number
}

/** The entries of one space, on disk or in memory. Synchronous; all that changes it runs within a write of whoever owns it. */
export interface EntryStore {
  insert(entry: NewEntry): void
  setVerdict(id: string, verdict: Verdict): void
  /** Takes the texts of an entry away, for good. */
  dropTexts(id: string): void
  /** Gives an entry that came without its texts those that came later. */
  fillTexts(id: string, signed: string, texts: Texts, searched: boolean): void

  count(): number
  /** Of entries that count, in order of place, behind `after`. */
  counting(after: Place | undefined, limit: number): Place[]
  placed(id: string): Placed | undefined
  verdict(id: string): Verdict | undefined
  signed(id: string): SignedEntry | undefined
  logged(id: string): LoggedEntry | undefined
  at(chain: number, position: number): Placed | undefined
  /** The latest entry of each chain, by number of the chain. */
  chainEnds(): Placed[]
  /** In order of place, behind `after`. */
  page(after: Place | undefined, limit: number): { entry: Placed; verdict: Verdict }[]
  /** In order of place. */
  ofTypes(wanted: (type: string) => boolean): Placed[]
  placeAt(chain: number, position: number): Place | undefined
  /** Entries of a chain from a position on, in its order. */
  signedOf(chain: number, from: number, limit: number): StoredSigned[]

  query(query: EntryQuery): LoggedEntry[]
  /** Ids that begin so, at most `limit`. */
  withPrefix(prefix: string, limit: number): string[]
  /** Entries that count whose texts hold all these words, newest first. */
  search(words: string, query: EntryQuery): LoggedEntry[]

  saveSnapshot(snapshot: StoredSnapshot): void
  /** The latest below a place, or of all. */
  snapshotBefore(place: Place | undefined): StoredSnapshot | undefined
  /** Forgets those at or behind a place. */
  dropSnapshots(from: Place | undefined): void
}

export interface StoredSigned extends Place {
  signed: SignedEntry
}
