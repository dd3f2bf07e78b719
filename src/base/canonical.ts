import canonicalize from 'canonicalize'

/** RFC 8785 canonical JSON: one byte sequence for one value, which is what signatures cover. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('only JSON values have a canonical form')
  return text
}

/** The members of an object in their canonical order, each written out: for whoever needs the object both with one of them and without. */
export type Members = [key: string, text: string][]

export function canonicalMembers(value: Record<string, unknown>): Members {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined)
  return inOrder(keys.map((key) => [key, `${canonicalJson(key)}:${canonicalJson(value[key])}`]))
}

/** By UTF-16 code units, as RFC 8785 demands. */
export const inOrder = (members: Members): Members => members.sort(([a], [b]) => (a < b ? -1 : 1))

export const joinMembers = (members: Members): string => `{${members.map(([, text]) => text).join(',')}}`
