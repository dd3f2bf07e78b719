/** The beginnings of ids that are unambiguous among those shown; four characters at least, eight where that does. */
export function shortIds(ids: readonly string[]): (id: string) => string {
  let length = 8
  while (length < 36 && new Set(ids.map((id) => id.slice(0, length))).size < new Set(ids).size) length++
  return (id) => id.slice(0, length)
}

/**
 * The same for ids that begin with the time they were made at (UUIDv7): their ends tell them apart.
 */
export const shortEnd = (id: string): string => id.slice(-8)

/** `3 min ago (2026-11-24 12:05)`; in UTC. */
export function when(time: string | undefined, now: number): string {
  if (time === undefined) return 'never'
  return `${span(now - Date.parse(time))} (${time.slice(0, 16).replace('T', ' ')} UTC)`
}

function span(ms: number): string {
  const length = roughly(Math.abs(ms))
  return ms < 0 ? `in ${length}` : ms < 1500 ? 'now' : `${length} ago`
}

function roughly(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** Lines of a list, or what to say when it is empty; how to get the rest when there is more. */
export function list(lines: readonly string[], empty: string, cursor?: string): string {
  if (lines.length === 0) return empty
  return [...lines, ...(cursor === undefined ? [] : [`More: cursor "${cursor}"`])].join('\n')
}

/** What others called something, on one line and not so long that it tires. */
export { oneLine as title } from './frame.ts'
