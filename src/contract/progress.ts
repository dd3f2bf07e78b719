import { type Stage, stages } from './envelope.ts'

/**
 * Whether what is learned of an envelope may be written over what is known. It only moves forward; once it has ended badly only proof that it arrived after
 * all moves it on.
 */
export function advances(known: Stage, learned: Stage): boolean {
  const [from, to] = [stages.indexOf(known as never), stages.indexOf(learned as never)]
  const ended = from < 0
  const arrived = to >= stages.indexOf('stored')
  if (ended) return arrived
  if (to < 0) return from < stages.indexOf('stored')
  return to > from
}

/** Of two notes of the same moment the one further on holds; one that is not known stands before those of waking. */
const order = ['request', undefined, 'wake_denied', 'waking', 'woken', 'wake_idle', 'wake_failed', 'awake']
const rank = (note: string | undefined): number => {
  const place = order.indexOf(note)
  return place < 0 ? 1.5 : place
}

/**
 * Whether a note on the stage `stored` takes the place of what was noted there: the later one does, by the clock of who tells, in whatever order they
 * come. No note is one, too: what waited to be accepted waits no more.
 */
export function renotes(
  known: { stage: string; note: string | null; notedAt: number },
  learned: { stage: string; note?: string | undefined; at: number },
): boolean {
  if (known.stage !== 'stored' || learned.stage !== 'stored') return false
  if (learned.at !== known.notedAt) return learned.at > known.notedAt
  return rank(learned.note) > rank(known.note ?? undefined)
}
