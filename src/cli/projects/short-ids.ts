import { displayLine } from '../../base/text.ts'

const LEAST = 8

/** Whether this is the whole id of a project or an entry. Told here, for the schemas are much to load for a command. */
export const isWholeId = (text: string): boolean => /^[1-9A-HJ-NP-Za-km-z]{40,44}$/.test(text)

/** Beginnings of ids, as short as tells those listed here apart: commands take them in place of the whole. */
export function shortest(ids: readonly string[]): (id: string) => string {
  const sorted = [...new Set(ids)].sort()
  const lengths = new Map(
    sorted.map((id, index) => [
      id,
      Math.max(LEAST, common(id, sorted[index - 1]) + 1, common(id, sorted[index + 1]) + 1),
    ]),
  )
  return (id) => displayLine(id).slice(0, lengths.get(id) ?? LEAST)
}

/** One alone. */
export const short = (id: string): string => displayLine(id).slice(0, LEAST)

function common(one: string, other: string | undefined): number {
  let length = 0
  while (other !== undefined && length < one.length && one[length] === other[length]) length++
  return length
}
