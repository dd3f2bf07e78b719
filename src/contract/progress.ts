import { rfc3339 } from '../base/clock.ts'
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

/** When (ms) each stage was reached, and when what is noted on `stored` was. */
export type StageTimes = Partial<Record<Stage | 'noted', number>>
export interface Standing {
  stage: Stage
  note: string | null
  times: StageTimes
}
export interface Learned {
  stage: Stage
  at: number
  sentAt?: number | undefined
  note?: string | undefined
}

/** How an envelope stands after something was learned of it; undefined when that is nothing new. */
export function learn({ stage, note, times }: Standing, learned: Learned): Standing | undefined {
  const isNote = renotes({ stage, note, notedAt: times.noted ?? times.stored ?? 0 }, learned)
  if (!isNote && !advances(stage, learned.stage)) return undefined
  return {
    stage: learned.stage,
    note: learned.note ?? null,
    // A stage is reached once: what is noted on it does not change when.
    times: {
      [learned.stage]: learned.at,
      ...times,
      ...(learned.sentAt ? { sent: learned.sentAt } : {}),
      ...(isNote ? { noted: learned.at } : {}),
    },
  }
}

/**
 * As it is shown, times as RFC 3339. That it was sent is known to the outbox alone until a receipt comes: `sentAt` is when, by its word.
 */
export function shownStanding({ stage, note, times }: Standing, sentAt: number | null | undefined) {
  const { noted, ...reached } = times
  const isSent = stage === 'queued' && typeof sentAt === 'number'
  const all = { ...reached, ...(isSent ? { sent: sentAt } : {}), ...(note !== null && noted ? { noted } : {}) }
  return {
    stage: isSent ? ('sent' as const) : stage,
    ...(note === null ? {} : { note }),
    times: Object.fromEntries(Object.entries(all).map(([name, at]) => [name, rfc3339(at)])),
  }
}
