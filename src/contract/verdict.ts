/** What became of an entry in the fold; the same on every node that has the same entries. */
export type Verdict =
  | { state: 'counts' }
  /** A restriction that its author had not seen holds it; it has no effect until it is reinstated. `by`: the id of that entry. */
  | { state: 'held'; by: string }
  /** Its author had no right to it. */
  | { state: 'denied'; code: string; reason: string }
  /** It was permitted, and what it says cannot be done: the task does not exist, a dependency would go in a circle. */
  | { state: 'refused'; code: string; reason: string }

export const COUNTS: Verdict = { state: 'counts' }
