import type { Policy } from './schema.ts'

/** Mail or a request that may wake somebody, and has not yet. Times in ms since the epoch. */
export interface Call {
  position: number
  kind: 'message' | 'request'
  /** Whose limit it counts against; undefined for this node's operator, who has none. */
  payer: string | undefined
  /** The sender's trust; 4 for this node itself. */
  trust: number
  at: number
  /** What its sender was told last. */
  note: string | null
}

/** What is known of one inbox when it is asked whether to wake its reader. */
export interface Sleeper {
  policy: Policy
  calls: readonly Call[]
  isRunning: boolean
  isReading: boolean
  /** When somebody last read. */
  lastRead: number
  /** When the last wake ended. */
  lastEnd: number | undefined
  /** Wakes for a payer since midnight. */
  wokenToday(payer: string): number
}

export interface Step {
  /** Run the hook for these, now. */
  wake: Call[]
  /** Requests to wake who is there already. */
  awake: Call[]
  /** Their senders are to be told that they do not wake for now. */
  denied: { call: Call; why: 'hours' | 'per_day' }[]
  /** When to ask again if nothing happens before; undefined: only then. */
  until: number | undefined
}

/** Debounced no longer than so many times after the first: who never stops writing wakes, too. */
const DEBOUNCE_LIMIT = 10

const step = (values: Partial<Step>): Step => ({ wake: [], awake: [], denied: [], until: undefined, ...values })

/** Whether to wake now, whom to tell that it is not done, and when to ask again. */
export function nextStep({ policy, ...sleeper }: Sleeper, now: number): Step {
  const calls = sleeper.calls.filter((call) => call.trust >= policy.min_trust)
  if (calls.length === 0 || sleeper.isRunning) return step({})
  // What lies ahead was noted by a clock that was wrong: nobody should wait for it to come.
  const past = (at: number) => (at > now ? Number.NEGATIVE_INFINITY : at)
  if (sleeper.isReading) return step({ awake: calls.filter((call) => call.kind === 'request') })
  const there = past(sleeper.lastRead) + policy.after_seconds * 1000
  if (there > now) return step({ until: there })
  const debounce = policy.debounce_seconds * 1000
  const times = calls.map((call) => past(call.at))
  const due = Math.max(
    Math.min(Math.max(...times) + debounce, Math.min(...times) + DEBOUNCE_LIMIT * debounce),
    past(sleeper.lastEnd ?? Number.NEGATIVE_INFINITY) + policy.pause_seconds * 1000,
  )
  if (due > now) return step({ until: due })
  if (!isOpen(policy.hours, now)) {
    return step({ denied: untold(calls, 'hours'), until: opensAt(policy.hours, now) })
  }
  const spent = (call: Call) => call.payer !== undefined && sleeper.wokenToday(call.payer) >= policy.per_day
  const limited = calls.filter(spent)
  const wake = calls.filter((call) => !spent(call))
  return step({ wake, denied: untold(limited, 'per_day'), until: limited.length > 0 ? nextMidnight(now) : undefined })
}

const untold = (calls: Call[], why: 'hours' | 'per_day') =>
  calls.filter((call) => call.note !== 'wake_denied').map((call) => ({ call, why }))

const MINUTES = 24 * 60
const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

/** Whether a time falls within hours such as `08:00-22:00` of this machine's day; the end is not within them. */
export function isOpen(hours: string, now: number): boolean {
  const date = new Date(now)
  const minute = date.getHours() * 60 + date.getMinutes()
  const [from, to] = [minuteOf(hours.slice(0, 5)), minuteOf(hours.slice(6))]
  return from < to ? minute >= from && minute < to : minute >= from || minute < to
}

/** When they begin next. On the day a clock is put forward they may not come at all, and it is the day after. */
export function opensAt(hours: string, now: number): number {
  const from = minuteOf(hours.slice(0, 5)) % MINUTES
  for (let day = 0; day < 3; day++) {
    const at = localTime(now, day, from)
    if (at > now && isOpen(hours, at)) return at
  }
  return nextMidnight(now)
}

export const nextMidnight = (now: number): number => localTime(now, 1, 0)
export const lastMidnight = (now: number): number => localTime(now, 0, 0)

function localTime(now: number, days: number, minute: number): number {
  const date = new Date(now)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, 0, minute).getTime()
}
