const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Ms between two marks of the axis, and whether a day or a time is written at it. */
const steps: readonly (readonly [number, 'time' | 'day'])[] = [
  [MINUTE, 'time'],
  [5 * MINUTE, 'time'],
  [15 * MINUTE, 'time'],
  [HOUR, 'time'],
  [6 * HOUR, 'time'],
  [DAY, 'day'],
  [2 * DAY, 'day'],
  [7 * DAY, 'day'],
  [28 * DAY, 'day'],
  [91 * DAY, 'day'],
  [364 * DAY, 'day'],
]
const MARKS_MAX = 5

const forms = {
  time: new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }),
  day: new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' }),
}

/** The marks of an axis of time, at full times of the reader's zone; at most five. Ms since the epoch. */
export function ticksOf(from: number, to: number): { at: number; label: string }[] {
  const [step, form] = steps.find(([size]) => (to - from) / size <= MARKS_MAX) ?? [
    Math.ceil((to - from) / MARKS_MAX),
    'day',
  ]
  const zone = new Date(to).getTimezoneOffset() * MINUTE
  const ticks: { at: number; label: string }[] = []
  // Not at the very edges, where there is no room for what is written.
  const margin = (to - from) * 0.04
  for (let at = Math.ceil((from - zone) / step) * step + zone; at <= to - margin; at += step) {
    if (at >= from + margin) ticks.push({ at, label: forms[form].format(at) })
  }
  return ticks
}
