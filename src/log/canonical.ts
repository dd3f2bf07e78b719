import { canonicalJson } from '../base/canonical.ts'

/**
 * Whether a text is the one canonical form (RFC 8785) of the value that was parsed of it, and this has no numbers but whole ones that a double holds
 * exactly. Quicker than writing it canonically: `JSON.stringify` differs only in the order of keys and in halves of surrogate pairs.
 */
export function isCanonical(text: string, value: unknown): boolean {
  if (JSON.stringify(value) === text) {
    const found = look(value, 0)
    if (found !== 'unordered') return found === 'fine'
  }
  try {
    return look(value, 0) !== 'never' && canonicalJson(value) === text
  } catch {
    // It has no canonical form.
    return false
  }
}

/** Deeper than any entry has reason to be, and far from where recursion ends. */
const DEPTH_MAX = 64

/** `unordered`: keys that look like array indices come first in JavaScript wherever they stood, so what is written shows the order no more. */
function look(value: unknown, depth: number): 'fine' | 'unordered' | 'never' {
  if (typeof value === 'string') return value.isWellFormed() ? 'fine' : 'never'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'fine' : 'never'
  if (typeof value !== 'object' || value === null) return 'fine'
  if (depth === DEPTH_MAX) return 'never'
  let worst: 'fine' | 'unordered' = 'fine'
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = look(item, depth + 1)
      if (found === 'never') return 'never'
      if (found === 'unordered') worst = 'unordered'
    }
    return worst
  }
  let before: string | undefined
  for (const key of Object.keys(value)) {
    if (!key.isWellFormed()) return 'never'
    if (before !== undefined && before >= key) worst = 'unordered'
    before = key
    const found = look((value as Record<string, unknown>)[key], depth + 1)
    if (found === 'never') return 'never'
    if (found === 'unordered') worst = 'unordered'
  }
  return worst
}
