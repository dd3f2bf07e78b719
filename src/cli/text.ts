import { displayLine, displayText } from '../base/text.ts'

/**
 * Columns a text takes on a terminal, never too few: whatever some terminal might show wide counts as two. Text of others must not
 * run over the edge, where the terminal would go on at the left margin as if it were ours.
 */
export const displayWidth = (text: string): number => {
  let width = 0
  for (const character of text) width += wide.test(character) ? 2 : 1
  return width
}
const wide =
  /[\u1100-\u11ff\u2600-\u27bf\u2b00-\u2bff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffe6\u{10000}-\u{10ffff}]|\p{Extended_Pictographic}|\p{Regional_Indicator}/u

/** Cut to at most `columns`, with `…` where something is missing. */
export function cut(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let kept = ''
  let width = 1
  for (const character of text) {
    width += displayWidth(character)
    if (width > columns) break
    kept += character
  }
  return `${kept}…`
}

/**
 * Text from others as lines that all begin with a mark of ours, wrapped so that no terminal breaks one itself: nothing in it can look like
 * a line of the program.
 */
export function framed(text: string, columns: number | undefined, mark = '  │ '): string[] {
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(20, columns - displayWidth(mark) - 1)
  return displayText(text)
    .replaceAll('\t', '    ')
    .split(/[\n\u2028\u2029]/)
    .flatMap((line) => wrapped(line, room))
    .map((line) => mark + line)
}

/** A line as lines of at most `room` columns, broken at spaces where there are any. */
export function wrapped(line: string, room: number): string[] {
  const lines: string[] = []
  let current = ''
  let width = 0
  for (const word of line.split(/(?<= )/)) {
    if (width > 0 && width + displayWidth(word.trimEnd()) > room) {
      lines.push(current)
      current = ''
      width = 0
    }
    for (const character of word) {
      const step = displayWidth(character)
      // A space that does not fit is where the line is broken.
      if (width + step > room && character === ' ') continue
      if (width + step > room) {
        lines.push(current)
        current = ''
        width = 0
      }
      current += character
      width += step
    }
  }
  return [...lines, current].map((each) => each.trimEnd())
}

export { shownName } from '../base/text.ts'

/** The last eight characters tell ids made at the same time apart; commands take them in place of the whole. */
export const shortId = (id: string): string => displayLine(id).slice(-8)

/** A length of time in ms, roughly: `12 s`, `5 min`, `3 h`, `2 d`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 || hours >= 10 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d`
}

export const ago = (time: string | undefined, now: number): string =>
  time === undefined ? '' : now - Date.parse(time) < 1500 ? 'now' : `${duration(now - Date.parse(time))} ago`

export const bytes = (count: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = count
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** JSON whose strings can do nothing to a terminal either: what JSON leaves as it is beyond ASCII's controls is escaped. */
export const safeJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
