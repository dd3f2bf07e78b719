/**
 * Text from others, made safe to show: control characters other than newline and tab, and the marks that reorder
 * what is displayed (bidirectional overrides and isolates) or hide text in it (Unicode tags), are removed. Whatever else cannot be seen is escaped, or two
 * texts could look alike, but for where it makes what is written: in emoji, and in scripts that need it. What is stored stays what was signed.
 */
const HIDDEN = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu

/** Within emoji: which form a sign has, and what joins several to one. */
const emoji = [
  String.raw`(?<=(?![\d#*])\p{Emoji})[\ufe0e\ufe0f]`,
  String.raw`(?<=[\d#*])\ufe0f(?=\u20e3)`,
  String.raw`(?<=\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier})\u200d(?=\p{Extended_Pictographic})`,
]
/** Scripts whose letters join, or do not, by what stands between them. */
const joining = 'Arab Syrc Nkoo Mong Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr Tibt'
  .split(' ')
  .map((script) => String.raw`\p{scx=${script}}`)
  .join('')
const letters = [
  String.raw`(?<=[${joining}])(?<=[\p{L}\p{M}])[\u200c\u200d](?=[${joining}])(?=\p{L})`,
  // At the end of a word, too: a virama (https://www.unicode.org/versions/Unicode17.0.0/core-spec/chapter-12/) takes another form before it.
  String.raw`(?<=[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca])[\u200c\u200d]`,
  String.raw`(?<=\p{sc=Han})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]`,
  String.raw`(?<=\p{sc=Mong})[\u180b-\u180f]`,
]
const UNSEEN_IN_TEXT = new RegExp(
  String.raw`(?!${[...emoji, ...letters].join('|')})[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]`,
  'gu',
)

const escaped = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

export const displayText = (text: string): string => text.replace(HIDDEN, '').replace(UNSEEN_IN_TEXT, escaped)

/** For a field in which a person goes on writing: an escape in it would become part of the text. */
export const editableText = (text: string): string => text.replace(HIDDEN, '').replace(UNSEEN_IN_TEXT, '')

/** What is shown, on one line, for tables and log lines. */
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

/** JSON for a person who decides on all of it: what cannot be seen is escaped, and not left out. */
export const visibleJson = (value: unknown): string => JSON.stringify(value, null, 2).replace(UNSEEN, escaped)

/** UTF-8 length in bytes. */
export const byteLength = (text: string): number => new TextEncoder().encode(text).length
