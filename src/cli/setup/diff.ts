import { displayLine } from '../../base/text.ts'

/** A line that only got a comma, or lost it, is the same one. */
const same = (line: string | undefined): string | undefined => line?.replace(/,?\r?$/, '')

/** How far ahead a line is looked for that has moved. */
const WINDOW = 400
/** Whoever keeps all on one line sees its beginning. */
const LONGEST = 400

/**
 * What is different, as lines with `+` or `-` under their place, and nothing of what stands around them: a neighbour may hold a secret. Made for texts
 * that were added to or cut from, and no more.
 */
export function diff(before: string, after: string): string[] {
  const [was, now] = [linesOf(before), linesOf(after)]
  const [old, next] = [was.map(same), now.map(same)]
  const shown: string[] = []
  let [i, j] = [0, 0]
  let isOpen = false
  const say = (sign: string, line: string, at: number) => {
    if (!isOpen) shown.push(`@@ line ${at + 1} @@`)
    isOpen = true
    const text = displayLine(line)
    shown.push(sign + (text.length > LONGEST ? `${text.slice(0, 40)}… (${text.length} characters)` : text))
  }
  while (i < old.length || j < now.length) {
    if (i < old.length && old[i] === next[j]) {
      isOpen = false
      i++
      j++
      continue
    }
    const added = i < old.length ? next.slice(j, j + WINDOW).indexOf(old[i]) : Number.POSITIVE_INFINITY
    const taken = j < now.length ? old.slice(i, i + WINDOW).indexOf(next[j]) : Number.POSITIVE_INFINITY
    if (i < old.length && (added < 0 || (taken >= 0 && taken < added))) say('-', was[i++] ?? '', j)
    else say('+', now[j] ?? '', j++)
  }
  return shown
}

const linesOf = (text: string): string[] => {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
