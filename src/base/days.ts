/** A calendar day of somebody's zone. */
export interface Day {
  /** `2026-11-24` */
  date: string
  /** Its first moment; ms since the epoch. */
  start: number
}

const HOUR = 3_600_000

/** Whether it names a zone of the IANA database known here. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    // RangeError: there is no such zone.
    return false
  }
}

/** The day in which `now` lies, and those before it: `count` days, the earliest first. */
export function lastDays(now: number, count: number, timeZone: string): Day[] {
  const form = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  })
  /** The local time, as if it were of UTC. */
  const local = (time: number): number => {
    const parts = Object.fromEntries(form.formatToParts(time).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }
  const days: Day[] = []
  const second = Math.floor(now / 1000) * 1000
  const today = new Date(local(now))
  let later = now
  for (let back = 0; back < count; back++) {
    const midnight = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() - back)
    later = firstMoment(midnight, back === 0 ? second - (local(now) - midnight) : later - 24 * HOUR, local)
    days.push({ date: new Date(midnight).toISOString().slice(0, 10), start: later })
  }
  return days.reverse()
}

/** When it is a local midnight for the first time, or later where the clocks skip it. `guess` is right on days when they are not moved. */
function firstMoment(midnight: number, guess: number, local: (time: number) => number): number {
  if (local(guess) === midnight && local(guess - HOUR) < midnight) return guess
  let [before, since] = [midnight - 16 * HOUR, midnight + 16 * HOUR]
  while (since - before > 1000) {
    const middle = Math.floor((before + since) / 2000) * 1000
    if (local(middle) < midnight) before = middle
    else since = middle
  }
  return since
}

/** The index of the day in which a moment lies; -1 before the first. What is later than the last day's beginning lies in the last. */
export function dayOf(days: readonly Day[], time: number): number {
  let [low, high] = [0, days.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((days[middle] as Day).start <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}
