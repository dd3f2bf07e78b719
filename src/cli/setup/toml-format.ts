import { type Entry, Fault, type Format, lineEnd, type Value } from './edit.ts'
import { type Table, tablesOf } from './toml-scan.ts'

const BEGIN = '# >>> agora: written by `agora setup`, taken out by its --remove'
const END = '# <<< agora'

/** TOML, in which an entry is a table of its own, between two comments that it is found by again. Nothing else of the text is touched. */
export const tomlFormat: Format = {
  put(text, entry) {
    const tables = tablesOf(text)
    const newline = lineEnd(text)
    const block = blockOf(entry, newline)
    refuseTwice(tables, entry)
    const there = standing(text, tables, entry)
    if (there) {
      const removed = text.slice(there.start, there.end)
      if (removed.trimEnd() === block.trimEnd()) return undefined
      return { offset: there.start, removed, inserted: block }
    }
    refuseOtherForms(tables, entry)
    const gap = text === '' ? '' : text.endsWith('\n') ? newline : newline + newline
    return { offset: text.length, removed: '', inserted: gap + block }
  },
  drop(text, entry) {
    const there = standing(text, tablesOf(text), entry)
    if (!there) return undefined
    const [blank = ''] = /(?<=^|\n)\r?\n$/.exec(text.slice(0, there.start)) ?? []
    const offset = there.start - blank.length
    return { offset, removed: text.slice(offset, there.end), inserted: '' }
  },
  find(text, entry) {
    const there = standing(text, tablesOf(text), entry)
    return there && text.slice(there.start, there.end)
  },
  isEmpty: (text) => text.trim() === '',
}

function blockOf({ path, value }: Entry, newline: string): string {
  const pairs = Object.entries(value).map(([key, each]) => `${key} = ${shown(each)}`)
  return [BEGIN, `[${path.join('.')}]`, ...pairs, END, ''].join(newline)
}

/** JSON's texts in quotes are texts of TOML too, once the character that only JSON leaves as it is has been escaped. */
function shown(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value).replaceAll('\u007f', '\\u007f')
  const pairs = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)} = ${shown(each as Value)}`)
  return `{ ${pairs.join(', ')} }`
}

/** Where our block is; else the table of that name that somebody wrote by hand. */
function standing(text: string, tables: Table[], { path }: Entry): { start: number; end: number } | undefined {
  const table = tables.find(({ name, isElement }) => !isElement && same(name, path))
  if (!table) return undefined
  const begin = text.lastIndexOf(BEGIN, table.start)
  const isOurs = begin >= 0 && text.slice(begin + BEGIN.length, table.start).trim() === ''
  const marked = isOurs ? text.indexOf(END, table.start) : -1
  if (marked < 0 || marked > table.end) return { start: isOurs ? begin : table.start, end: table.said }
  const [rest = ''] = /^[^\n]*\n?/.exec(text.slice(marked)) ?? []
  return { start: begin, end: marked + rest.length }
}

/** A table within ours that says what ours says itself. */
function refuseTwice(tables: Table[], { path, value }: Entry): void {
  for (const { name, start } of tables) {
    const [key = '', ...more] = name.slice(path.length)
    if (same(name.slice(0, path.length), path) && more.length === 0 && Object.hasOwn(value as object, key))
      throw new Fault(start, `${name.join('.')} is set by Agora: it should not be a table of its own`)
  }
}

/** TOML can say the same in ways to which a table cannot be added. */
function refuseOtherForms(tables: Table[], { path }: Entry): void {
  for (const { name, keys, isElement, start } of tables) {
    if (isElement && same(name, path.slice(0, name.length)))
      throw new Fault(start, `[[${name.join('.')}]] should be a table`)
    for (const key of keys) {
      const whole = [...name, ...key.name]
      const length = Math.min(whole.length, path.length)
      if (
        !same(whole.slice(0, length), path.slice(0, length)) ||
        (whole.length > path.length && name.length >= path.length)
      )
        continue
      throw new Fault(key.offset, `${whole.join('.')} should be written as a table, [${path.join('.')}]`)
    }
  }
}

const same = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((part, index) => part === other[index])
