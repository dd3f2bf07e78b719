import { createHash } from 'node:crypto'
import { canonicalJson } from '../base/canonical.ts'
import type { Draft } from '../contract/state.ts'
import type { EntryStore } from './entry-store.ts'
import type { Place } from './types.ts'

const PAGE = 10_000

/** What two nodes that have the same entries must agree on, as SHA-256 in hex. */
export function hashState(parts: {
  tables: readonly string[]
  draft: Draft<Record<string, unknown>>
  judged: unknown
  store: Pick<EntryStore, 'counting'>
}): string {
  const hash = createHash('sha256')
  for (const table of parts.tables) {
    const entries = [...parts.draft.entries(table)].sort(([a], [b]) => (a < b ? -1 : 1))
    hash.update(canonicalJson([table, entries])).update('\n')
  }
  hash.update(canonicalJson(parts.judged ?? null)).update('\n')
  let after: Place | undefined
  do {
    const page = parts.store.counting(after, PAGE)
    for (const { id } of page) hash.update(id)
    after = page.length < PAGE ? undefined : page.at(-1)
  } while (after)
  return hash.digest('hex')
}
