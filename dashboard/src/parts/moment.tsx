import { Tooltip } from '@mantine/core'
import { useSyncExternalStore } from 'react'

/** One timer for all that is shown relative to now; none while nothing is. */
function ticker(every: number) {
  let now = Date.now()
  let timer: ReturnType<typeof setInterval> | undefined
  const readers = new Set<() => void>()
  return {
    now: () => now,
    subscribe(reader: () => void): () => void {
      if (readers.size === 0) now = Date.now()
      readers.add(reader)
      timer ??= setInterval(() => {
        now = Date.now()
        for (const each of readers) each()
      }, every)
      return () => {
        readers.delete(reader)
        if (readers.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
  }
}
const slow = ticker(15_000)
const fast = ticker(1000)

/** Ms since the epoch, renewed every 15 s. */
export const useNow = (): number => useSyncExternalStore(slow.subscribe, slow.now)
/** The same every second: only for what counts down. */
export const useSecond = (): number => useSyncExternalStore(fast.subscribe, fast.now)

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' })

const steps: [seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 'second'],
  [3600, 'minute'],
  [86_400, 'hour'],
  [7 * 86_400, 'day'],
  [30 * 86_400, 'week'],
  [365 * 86_400, 'month'],
]

export function relativeText(at: number, from: number): string {
  const seconds = (at - from) / 1000
  const size = Math.abs(seconds)
  if (size < 45) return seconds > 5 ? 'in a moment' : 'just now'
  let before = 1
  for (const [limit, unit] of steps) {
    if (size < limit) return relative.format(Math.round(seconds / before), unit)
    before = limit
  }
  return relative.format(Math.round(seconds / (365 * 86_400)), 'year')
}

export const absoluteText = (at: string | number): string => absolute.format(new Date(at))

/** A point in time, as far from now as it is; whole and in the reader's zone when pointed at, by the browser's own means: lists have one in each row. */
export function Moment({ at }: { at: string }) {
  const from = useNow()
  const time = Date.parse(at)
  return (
    <time dateTime={at} title={absoluteText(time)}>
      {relativeText(time, Math.max(from, Date.now()))}
    </time>
  )
}

/** `3 min`, `2 h 5 min`, `4 d`: how long something took or lasts. */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`
  const hours = Math.floor(seconds / 3600)
  if (hours < 24) {
    const minutes = Math.round((seconds % 3600) / 60)
    return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`
  }
  const rest = Math.round((seconds % 86_400) / 3600)
  return rest === 0 ? `${Math.floor(seconds / 86_400)} d` : `${Math.floor(seconds / 86_400)} d ${rest} h`
}

/** What is left until a point in time, counting down: `14:05`, from an hour on `2 h 5 min`; `0:00` when it is over. */
export function Countdown({ until }: { until: string }) {
  const seconds = Math.max(0, Math.round((Date.parse(until) - useSecond()) / 1000))
  const text =
    seconds >= 3600 ? durationText(seconds) : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return (
    <Tooltip label={`until ${absoluteText(until)}`}>
      <time dateTime={until} style={{ fontVariantNumeric: 'tabular-nums' }}>
        {text}
      </time>
    </Tooltip>
  )
}
