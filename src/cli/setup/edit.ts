/** One place of a text that we changed: what stands there now, and what stood there before. */
export interface Edit {
  /** In UTF-16 units, in the text before. */
  offset: number
  removed: string
  inserted: string
}

/** Values that JSON and TOML can hold, as far as we write them. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value }

/** What belongs into a file of a client. */
export interface Entry {
  /** Keys from the root. */
  path: readonly string[]
  value: Value
  /** When it is not the value at the path but one more element of the list there: how to know an element as ours. */
  isOurs?: ((element: unknown) => boolean) | undefined
  /** Needed but not ours alone: whatever value it has is left as it is, and it goes only with the edit that brought it. */
  isShared?: boolean
}

/** How a kind of file is changed without touching what else stands in it. All throw `Fault` where the text is not what it should be. */
export interface Format {
  /** What to change so that the entry is there; undefined when it is. */
  put(text: string, entry: Entry): Edit | undefined
  /** What to change so that it is gone, whatever became of the text around it; undefined when it is not there. `prune`: what is empty then goes too. */
  drop(text: string, entry: Entry, prune: boolean): Edit | undefined
  /** The text of the entry as it stands there, whatever its value. */
  find(text: string, entry: Entry): string | undefined
  /** Whether nothing but blanks and the marks of an empty document is left. */
  isEmpty(text: string): boolean
}

/** Why a file cannot be changed, and where; in UTF-16 units. */
export class Fault extends Error {
  readonly offset: number
  constructor(offset: number, what: string) {
    super(what)
    this.offset = offset
  }
}

export const applied = (text: string, { offset, removed, inserted }: Edit): string =>
  text.slice(0, offset) + inserted + text.slice(offset + removed.length)

/**
 * The text without that edit, wherever what it inserted stands by now; undefined when it stands nowhere as it was. Of several places it is the nearest to
 * where it was put that `isRight` accepts.
 */
export function undone(text: string, edit: Edit, isRight: (text: string) => boolean): string | undefined {
  const places: number[] = []
  for (let at = text.indexOf(edit.inserted); at >= 0; at = text.indexOf(edit.inserted, at + 1)) places.push(at)
  places.sort((a, b) => Math.abs(a - edit.offset) - Math.abs(b - edit.offset))
  for (const offset of places.slice(0, PLACES_MAX)) {
    const candidate = applied(text, { offset, removed: edit.inserted, inserted: edit.removed })
    if (isRight(candidate)) return candidate
  }
  return undefined
}

const PLACES_MAX = 20

/** `\r\n` where the text has that, else `\n`. */
export const lineEnd = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

/** Line and column of a place, both from 1. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n')
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`
}
