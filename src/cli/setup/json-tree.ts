import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { Fault } from './edit.ts'

/** The kinds of tokens we tell apart; the package has them as an enum that leaves nothing behind to import. */
const COMMA = 5
const LINE_BREAK = 14
const BLANK = 15
const END = 17

/** The tree of a JSON text, in which comments and trailing commas are allowed; undefined when it holds no value. */
export function treeOf(text: string): Node | undefined {
  const errors: ParseError[] = []
  let root: Node | undefined
  try {
    root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
  } catch (cause) {
    if (cause instanceof RangeError) throw new Fault(0, 'is nested too deep')
    throw cause
  }
  const [error] = errors
  if (error) throw new Fault(error.offset, faults[printParseErrorCode(error.error)] ?? 'is no JSON')
  return root
}

const faults: Record<string, string> = {
  PropertyNameExpected: 'a name in double quotes should stand here',
  ValueExpected: 'a value should stand here',
  ColonExpected: 'a colon should stand here',
  CommaExpected: 'a comma should stand here',
  CloseBraceExpected: 'a } should stand here',
  CloseBracketExpected: 'a ] should stand here',
  EndOfFileExpected: 'nothing more should stand here',
  UnexpectedEndOfString: 'this text in quotes has no end',
  UnexpectedEndOfComment: 'this comment has no end',
}

export const endOf = ({ offset, length }: Node): number => offset + length

/** The value of a key; of the last one where a key stands several times, as readers take it. */
export const propertyOf = (node: Node, key: string): Node | undefined =>
  (node.children ?? []).findLast((property) => property.children?.[0]?.value === key)

export const valueIn = (property: Node | undefined): Node | undefined => property?.children?.[1]

/** The node at the end of the path, or as far as the path goes: `depth` keys of it. */
export function walk(root: Node, path: readonly string[]): { node: Node; depth: number } {
  let node = root
  for (const [depth, key] of path.entries()) {
    if (node.type !== 'object') throw new Fault(node.offset, `${nameOf(path, depth)} should be an object`)
    const next = valueIn(propertyOf(node, key))
    if (!next) return { node, depth }
    node = next
  }
  return { node, depth: path.length }
}

export const nameOf = (path: readonly string[], depth: number): string =>
  depth === 0 ? 'the whole' : JSON.stringify(path.slice(0, depth).join('.'))

/** What stands between two places of which no value is part: where a comma is, and where the last comma or comment ends. */
export function between(text: string, from: number, to: number): { comma: number | undefined; end: number } {
  const scanner = createScanner(text, false)
  scanner.setPosition(from)
  let comma: number | undefined
  let end = from
  for (;;) {
    const kind: number = scanner.scan()
    const offset = scanner.getTokenOffset()
    if (kind === END || offset >= to) return { comma, end }
    if (kind === BLANK || kind === LINE_BREAK) continue
    if (kind === COMMA) comma ??= offset
    end = offset + scanner.getTokenLength()
  }
}

/** The blanks that the line of a place begins with. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? ''
}

/** One step of indentation as this text has it. */
export function unitOf(text: string, root: Node | undefined): string {
  const [first] = root?.children ?? []
  const indent = first && text.slice(root?.offset, first.offset).includes('\n') ? indentAt(text, first.offset) : ''
  return indent === '' ? '  ' : indent
}
