import { Tooltip } from '@mantine/core'
import { useSyncExternalStore } from 'react'

/** One timer for all that is shown relative to now. */
let now = Date.now()
const readers = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(reader: () => void): () => void {
  readers.add(reader)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of readers) each()
  }, 15_000)
  return () => {
    readers.delete(reader)
    if (readers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Ms since the epoch, renewed every 15 s. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now)

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

/** A point in time, as far from now as it is; whole and in the reader's zone when pointed at. */
export function Moment({ at }: { at: string }) {
  const from = useNow()
  const time = Date.parse(at)
  return (
    <Tooltip label={absoluteText(time)}>
      <time dateTime={at}>{relativeText(time, Math.max(from, Date.now()))}</time>
    </Tooltip>
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
