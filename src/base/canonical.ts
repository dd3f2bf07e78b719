import canonicalize from 'canonicalize'

/** RFC 8785 canonical JSON: one byte sequence for one value, which is what signatures cover. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('only JSON values have a canonical form')
  return text
}
