import type { Draft } from '../../src/contract/state.ts'

/** Tables of a fold in plain maps. `writes` counts what was changed. */
export function mapDraft<Tables extends object>(): Draft<Tables> & { writes: number; whole(): unknown } {
  const tables = new Map<string, Map<string, unknown>>()
  const table = (name: string) => {
    const found = tables.get(name) ?? new Map<string, unknown>()
    tables.set(name, found)
    return found
  }
  return {
    writes: 0,
    get: (name, key) => table(name).get(key) as never,
    has: (name, key) => table(name).has(key),
    set(name, key, value) {
      this.writes++
      table(name).set(key, structuredClone(value))
    },
    delete(name, key) {
      this.writes++
      table(name).delete(key)
    },
    entries: (name) => [...table(name)] as never,
    size: (name) => table(name).size,
    whole: () =>
      Object.fromEntries(
        [...tables]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, rows]) => [name, Object.fromEntries([...rows].sort(([a], [b]) => (a < b ? -1 : 1)))]),
      ),
  }
}
