import { isDeepStrictEqual } from 'node:util'
import { getNodeValue, type Node } from 'jsonc-parser'
import { type Edit, type Entry, Fault, type Format, lineEnd, type Value } from './edit.ts'
import { between, endOf, indentAt, nameOf, propertyOf, treeOf, unitOf, valueIn, walk } from './json-tree.ts'

/** JSON as clients keep it: with comments and trailing commas where there are any, and every byte of it kept but for our own. */
export const jsonFormat: Format = {
  put(text, entry) {
    const { path, value, isOurs, isShared } = entry
    const root = treeOf(text)
    if (!root) return document(text, nested(entry, 0))
    const { node, depth } = walk(root, path)
    if (depth < path.length)
      return insert(text, root, node, { key: path[depth] ?? '', value: nested(entry, depth + 1) })
    if (isShared) return undefined
    if (!isOurs) return replace(text, root, node, value)
    if (node.type !== 'array') throw new Fault(node.offset, `${nameOf(path, depth)} should be a list`)
    const ours = node.children?.find((element) => isOurs(getNodeValue(element)))
    return ours ? replace(text, root, ours, value) : insert(text, root, node, { value })
  },
  drop(text, entry, prune) {
    if (entry.isShared) return undefined
    const found = located(text, entry)
    if (!found) return undefined
    let { node, parents } = found
    // Containers that would be left empty, but never the whole.
    while (prune && parents.length > 2 && isAlone(text, parents.at(-1), node)) {
      node = parents.at(-2) as Node
      parents = parents.slice(0, -2)
    }
    return cut(text, parents.at(-1) as Node, node)
  },
  find(text, entry) {
    const node = located(text, entry)?.node
    return node && text.slice(node.offset, endOf(node))
  },
  isEmpty: (text) => /^\s*(\{\s*\}\s*)?$/.test(text),
}

/** What stands in the last known container: the rest of the path, around the value. */
function nested({ path, value, isOurs }: Entry, depth: number): Value {
  const inner = isOurs ? [value] : value
  return path.slice(depth).reduceRight<Value>((held, key) => ({ [key]: held }), inner)
}

/** The property or element that is ours, with its containers and properties from the root. */
function located(text: string, { path, isOurs }: Entry): { node: Node; parents: Node[] } | undefined {
  const root = treeOf(text)
  if (!root) return undefined
  const parents: Node[] = []
  let at: Node | undefined = root
  for (const key of path) {
    if (at?.type !== 'object') return undefined
    const property = propertyOf(at, key)
    if (!property) return undefined
    parents.push(at, property)
    at = valueIn(property)
  }
  if (!isOurs) {
    const property = parents.pop()
    return property && { node: property, parents }
  }
  const ours = at?.type === 'array' ? at.children?.find((element) => isOurs(getNodeValue(element))) : undefined
  return ours && at && { node: ours, parents: [...parents, at] }
}

/** A text without any value: what it has of blanks and comments stays before ours. */
function document(text: string, value: Value): Edit {
  const end = lineEnd(text)
  const gap = /\S[^\n]*$/.test(text) ? end : ''
  return { offset: text.length, removed: '', inserted: `${gap}${shown(value, '  ', '', end)}${end}` }
}

function replace(text: string, root: Node, node: Node, value: Value): Edit | undefined {
  if (isDeepStrictEqual(getNodeValue(node), value)) return undefined
  const removed = text.slice(node.offset, endOf(node))
  const isShort = !removed.includes('\n') && !text.slice(0, node.offset).includes('\n')
  const inserted = isShort
    ? JSON.stringify(value)
    : shown(value, unitOf(text, root), indentAt(text, node.offset), lineEnd(text))
  return { offset: node.offset, removed, inserted }
}

/** One more member at the end of a container: after its last one and the comments on that, in the way it is written. */
function insert(text: string, root: Node, into: Node, { key, value }: { key?: string; value: Value }): Edit {
  const close = endOf(into) - 1
  const last = into.children?.at(-1)
  const from = last ? endOf(last) : into.offset + 1
  const { comma, end } = between(text, from, close)
  const separator = last && comma === undefined ? ',' : ''
  // Comments between the last member and ours keep their place.
  const removed = separator === '' ? '' : text.slice(from, end)
  const offset = separator === '' ? end : from
  const name = key === undefined ? '' : JSON.stringify(key)
  const inside = text.slice(into.offset, close)
  if (!inside.includes('\n') && (last || (root.children?.length && !text.trim().includes('\n')))) {
    const blank = /[:,] /.test(text) ? ' ' : ''
    const member = `${name}${name && `:${blank}`}${JSON.stringify(value)}`
    const gap = last || end > from ? blank : ''
    return { offset, removed, inserted: `${separator}${removed}${gap}${member}` }
  }
  const newline = lineEnd(text)
  const unit = unitOf(text, root)
  const outer = indentAt(text, into.offset)
  const first = into.children?.[0]
  const isOnOwnLine = first && text.slice(into.offset, first.offset).includes('\n')
  const indent = isOnOwnLine ? indentAt(text, first.offset) : outer + unit
  const member = `${name}${name && ': '}${shown(value, unit, indent, newline)}`
  const trailing = last && comma !== undefined ? ',' : ''
  const rest = text.slice(end, close).includes('\n') ? '' : newline + outer
  return { offset, removed, inserted: `${separator}${removed}${newline}${indent}${member}${trailing}${rest}` }
}

/** A member away, with the line it stands on and one comma; the comments of others stay. */
function cut(text: string, container: Node, node: Node): Edit {
  const siblings = container.children ?? []
  const at = siblings.indexOf(node)
  const [before, after] = [siblings[at - 1], siblings[at + 1]]
  const end = endOf(node)
  const next = between(text, end, after ? after.offset : endOf(container) - 1).comma
  const blanks = /(\r?\n)?[ \t]*$/.exec(text.slice(0, node.offset))?.[0] ?? ''
  const start = node.offset - blanks.length
  if (next !== undefined) return { offset: start, removed: text.slice(start, next + 1), inserted: '' }
  const comma = before && between(text, endOf(before), node.offset).comma
  if (comma === undefined) return { offset: start, removed: text.slice(start, end), inserted: '' }
  return { offset: comma, removed: text.slice(comma, end), inserted: text.slice(comma + 1, start) }
}

/** Whether a container holds that member and nothing else, not even a comment. */
function isAlone(text: string, container: Node | undefined, node: Node): boolean {
  if (container?.children?.length !== 1) return false
  const rest = text.slice(container.offset + 1, node.offset) + text.slice(endOf(node), endOf(container) - 1)
  return /^[\s,]*$/.test(rest)
}

const shown = (value: Value, unit: string, indent: string, newline: string): string =>
  JSON.stringify(value, null, unit).replaceAll('\n', newline + indent)
