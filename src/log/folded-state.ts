import type { Draft } from '../contract/state.ts'

/** What one key of one table was before; undefined when it was not there. */
interface Undo {
  table: string
  key: string
  before: unknown
}
export type Changes = readonly Undo[]

/** The tables of a fold, and what is needed to take steps back. */
export interface FoldedState {
  draft: Draft<Record<string, unknown>>
  /** What was written since it was asked last, to be given to `undo` in the reverse order. */
  taken(): Changes
  /** Answers what undoes this in turn. */
  undo(changes: Changes): Changes
  /** All tables as JSON. */
  saved(): string
  /** Puts what was saved in place of everything; nothing for empty tables. */
  load(saved?: string): void
}

const NONE: Changes = []

export function createFoldedState(names: readonly string[]): FoldedState {
  const tables = new Map(names.map((name) => [name, new Map<string, unknown>()]))
  let changes: Undo[] = []

  const of = (name: string): Map<string, unknown> => {
    const table = tables.get(name)
    if (!table) throw new Error(`no rule has named a table ${name}`)
    return table
  }

  const draft: Draft<Record<string, unknown>> = {
    get: (table, key) => of(table).get(key),
    has: (table, key) => of(table).has(key),
    set(name, key, value) {
      if (value === undefined) throw new Error(`${name}: nothing is no value`)
      const table = of(name)
      changes.push({ table: name, key, before: table.get(key) })
      table.set(key, value)
    },
    delete(name, key) {
      const table = of(name)
      if (!table.has(key)) return
      changes.push({ table: name, key, before: table.get(key) })
      table.delete(key)
    },
    entries: (table) => of(table).entries(),
    size: (table) => of(table).size,
  }

  return {
    draft,
    taken() {
      if (changes.length === 0) return NONE
      const taken = changes
      changes = []
      return taken
    },
    undo(taken) {
      const redo: Undo[] = []
      for (let index = taken.length - 1; index >= 0; index--) {
        const { table, key, before } = taken[index] as Undo
        redo.push({ table, key, before: of(table).get(key) })
        if (before === undefined) of(table).delete(key)
        else of(table).set(key, before)
      }
      return redo
    },
    saved: () => JSON.stringify(Object.fromEntries([...tables].map(([name, table]) => [name, [...table]]))),
    load(saved) {
      const read = saved === undefined ? {} : (JSON.parse(saved) as Record<string, [string, unknown][]>)
      changes = []
      for (const name of tables.keys()) tables.set(name, new Map(read[name]))
    },
  }
}
