/**
 * Text from others, made safe to show: control characters other than newline and tab, and the marks that reorder
 * what is displayed (bidirectional overrides and isolates) or hide text in it (Unicode tags), are removed. What is stored stays what was signed.
 */
const HIDDEN = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu

export const displayText = (text: string): string => text.replace(HIDDEN, '')

/** The same on one line, for tables and log lines. */
export const displayLine = (text: string): string => displayText(text).replace(/[\n\t]+/g, ' ')

/**
 * A name as one would type it in a shell: in single quotes when it holds more than letters, digits and the like, so that it can neither pass for
 * other words here nor do anything where it is pasted.
 */
export const shownName = (name: string): string =>
  /^[\p{L}\p{N}._@#:%-]+$/u.test(name) ? name : `'${displayLine(name).replaceAll("'", "'\\''")}'`

const SHORT = 60

/** What others called something, within a sentence of our own: in quotes, on one line, and too short to be a sentence of theirs. */
export function quotedShort(text: string): string {
  const line = displayLine(text)
  return JSON.stringify(line.length <= SHORT ? line : `${line.slice(0, SHORT - 1)}…`)
}

const UNSEEN = /(?!\n)\p{Cc}|[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** JSON for a person who decides on all of it: what cannot be seen is escaped, and not left out. */
export const visibleJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(UNSEEN, (character) => character.split('').map(escaped).join(''))

/** UTF-8 length in bytes. */
export const byteLength = (text: string): number => new TextEncoder().encode(text).length
