import { displayLine } from '../../base/text.ts'

/** How far ahead a line is looked for that has moved. */
const WINDOW = 400
const LONGEST = 160

/**
 * What is different, as lines with `+` or `-` under their place, and nothing of what stands around them: a neighbour may hold a secret. Made for texts
 * that were added to or cut from, and no more.
 */
export function diff(before: string, after: string): string[] {
  const [old, now] = [linesOf(before), linesOf(after)]
  const shown: string[] = []
  let [i, j] = [0, 0]
  let isOpen = false
  const say = (sign: string, line: string) => {
    if (!isOpen) shown.push(`@@ line ${j + 1} @@`)
    isOpen = true
    const text = displayLine(line)
    shown.push(sign + (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text))
  }
  while (i < old.length || j < now.length) {
    if (i < old.length && old[i] === now[j]) {
      isOpen = false
      i++
      j++
      continue
    }
    const added = i < old.length ? now.slice(j, j + WINDOW).indexOf(old[i] ?? '') : Number.POSITIVE_INFINITY
    const taken = j < now.length ? old.slice(i, i + WINDOW).indexOf(now[j] ?? '') : Number.POSITIVE_INFINITY
    if (i < old.length && (added < 0 || (taken >= 0 && taken < added))) say('-', old[i++] ?? '')
    else say('+', now[j++] ?? '')
  }
  return shown
}

const linesOf = (text: string): string[] => {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
