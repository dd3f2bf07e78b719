import { Fault } from './edit.ts'

/** One table of a TOML file: from its header to the next one, or from the beginning of the file. */
export interface Table {
  /** The dotted name in brackets, part by part; empty for what stands before the first header. */
  name: string[]
  /** `[[name]]`: one more element of a list. */
  isElement: boolean
  start: number
  end: number
  /** Where its last line that says something ends, line break included. */
  said: number
  /** The keys it sets, each part by part. */
  keys: { name: string[]; offset: number }[]
}

/**
 * The tables of a TOML file. It looks at no more than is needed to know where tables, keys and texts begin and end, so a value that is none passes.
 *
 * @throws Fault where a text, list or header has no end, or a line is neither header, key nor comment.
 */
export function tablesOf(text: string): Table[] {
  const tables: Table[] = [{ name: [], isElement: false, start: 0, end: 0, said: 0, keys: [] }]
  let at = 0

  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const [found = ''] = pattern.exec(text) ?? []
    at += found.length
    return found
  }
  /** The end of a statement: nothing but a comment may follow on the line. */
  const finish = () => {
    skip(/[ \t]*(#[^\n]*)?/y)
    if (at < text.length && skip(/\r?\n/y) === '') throw new Fault(at, 'nothing more should stand on this line')
  }
  const key = (): string[] => {
    const name: string[] = []
    do {
      skip(/[ \t]*/y)
      const bare = skip(/[\w-]+/y)
      if (bare !== '') name.push(bare)
      else if (text[at] === '"' || text[at] === "'") name.push(string())
      else throw new Fault(at, 'a key should stand here')
      skip(/[ \t]*/y)
    } while (skip(/\./y) !== '')
    return name
  }
  const string = (): string => {
    const start = at
    const [quote = ''] = /^("""|'''|"|')/.exec(text.slice(at, at + 3)) ?? []
    at += quote.length
    for (; at < text.length; at++) {
      if (quote.length === 1 && text[at] === '\n') break
      if (quote.startsWith('"') && text[at] === '\\') at++
      else if (text.startsWith(quote, at)) {
        at += quote.length
        // Up to two quotes more may belong to such a text.
        if (quote.length === 3) skip(quote.startsWith('"') ? /"{0,2}/y : /'{0,2}/y)
        const inner = text.slice(start + quote.length, at - quote.length)
        return quote.startsWith('"') ? unescaped(inner) : inner
      }
    }
    throw new Fault(start, 'this text in quotes has no end')
  }
  const value = () => {
    const open: { close: string; offset: number }[] = []
    const start = at
    for (;;) {
      skip(open.length > 0 ? /(?:\s|#[^\n]*)+/y : /[ \t]+/y)
      const character = text[at] ?? ''
      const inner = open.at(-1)
      if (character === '') {
        if (inner) throw new Fault(inner.offset, `a ${inner.close} is missing`)
        break
      }
      if (character === '"' || character === "'") string()
      else if (character === '[' || character === '{') open.push({ close: character === '[' ? ']' : '}', offset: at++ })
      else if (character === ']' || character === '}') {
        if (open.pop()?.close !== character) throw new Fault(at, `this ${character} closes nothing`)
        at++
      } else if (inner && (character === ',' || character === '=')) at++
      else if (skip(/[^\s#,=[\]{}"']+/y) === '') {
        if (inner) at++
        else break
      }
      if (open.length === 0 && /[\r\n#]/.test(text[at] ?? '\n')) break
    }
    if (text.slice(start, at).trim() === '') throw new Fault(start, 'a value should stand here')
  }

  while (at < text.length) {
    skip(/\s*/y)
    const start = at
    if (at >= text.length) break
    const table = tables.at(-1) as Table
    if (text[at] === '#') {
      finish()
      continue
    }
    if (text[at] === '[') {
      const brackets = skip(/\[\[?/y)
      const name = key()
      if (skip(brackets === '[[' ? /\]\]/y : /\]/y) === '') throw new Fault(at, 'a ] should stand here')
      finish()
      table.end = start
      tables.push({ name, isElement: brackets === '[[', start, end: at, said: at, keys: [] })
      continue
    }
    const name = key()
    if (skip(/=/y) === '') throw new Fault(at, 'a = should stand here')
    value()
    finish()
    table.keys.push({ name, offset: start })
    table.said = at
  }
  ;(tables.at(-1) as Table).end = text.length
  return tables
}

/** What keys in quotes are worth; whatever JSON does not know stays as it is written. */
function unescaped(inner: string): string {
  try {
    return JSON.parse(`"${inner}"`) as string
  } catch {
    // An escape of TOML alone: good enough to compare it with a name that has none.
    return inner
  }
}
