import { displayLine } from '../../../../src/base/text.ts'

/** Completion of `@names`. Whom a text names is decided by the daemon when it is said, never here. */

export interface Candidate {
  /** As it is typed behind the `@`. */
  name: string
  /** What it is, in a word. */
  note: string
}

/** An `@` that begins a name, and not the middle of an address of mail; up to where the cursor is. */
const BEGUN = /(?<![\p{L}\p{N}._@-])@("[^"\n]{0,200}|[^\s,;!?()[\]{}<>"'`]{0,200})$/u

/** The name that is being typed at `caret`, and where its `@` is. */
export function nameAt(text: string, caret: number): { begin: number; typed: string } | undefined {
  const found = BEGUN.exec(text.slice(Math.max(0, caret - 220), caret))
  if (!found) return undefined
  const typed = found[1] ?? ''
  return { begin: caret - typed.length - 1, typed: typed.replace(/^"/, '') }
}

const MOST = 8

/** Those that begin so first, then those with it in them. */
export function matching(candidates: readonly Candidate[], typed: string): Candidate[] {
  const wanted = typed.toLowerCase()
  const places = candidates.map((one) => ({ one, place: one.name.toLowerCase().indexOf(wanted) }))
  return places
    .filter(({ place }) => place >= 0)
    .sort((a, b) => Math.sign(a.place) - Math.sign(b.place))
    .map(({ one }) => one)
    .slice(0, MOST)
}

/** In quotes when the daemon would not read it to its end otherwise. */
export const typedName = (name: string): string =>
  /^[\p{L}\p{N}](?:[^\s,;!?()[\]{}<>"'`]*[\p{L}\p{N}])?$/u.test(name) ? `@${name}` : `@"${displayLine(name)}"`

/** The text with the name in it, and where the cursor goes. */
export function completed(text: string, caret: number, name: string): { text: string; caret: number } {
  const begin = nameAt(text, caret)?.begin ?? caret
  const rest = text.slice(caret)
  const put = `${typedName(name)}${/^\s/.test(rest) ? '' : ' '}`
  return { text: text.slice(0, begin) + put + rest, caret: begin + put.length }
}
