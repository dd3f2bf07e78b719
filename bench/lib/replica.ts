import { rmSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Sqlite from 'better-sqlite3'
import { systemClock } from '../../src/base/clock.ts'
import { openReplica } from '../../src/log/open-replica.ts'
import { entryTables } from '../../src/log/tables.ts'
import { projectRules } from '../../src/spaces/project-rules.ts'
import { openDatabase } from '../../src/store/database.ts'
import { serve } from './children.ts'
import { type LogShape, makeProjectLog } from './project-log.ts'

/** Fills a database with the log of a project; answers the project's id. */
export interface FillOrder {
  fill: LogShape
  path: string
}
/** Opens what stands in a database. `keep`: from its latest snapshot, and not from nothing. */
export interface OpenOrder {
  open: string
  path: string
  keep: boolean
}
export interface Opened {
  /** Until its state was there. */
  ms: number
  /** Of these, this thread worked. */
  worked: number
  /** Bytes of the heap that it holds. */
  heap: number
  tasks: number
  hash: string
}
/** Reads what a fold must read, and does nothing with it but parse it; answers the ms. */
export interface ReadOrder {
  read: string
  path: string
}

const COMMIT = 1000
const READ = `SELECT id, lamport, author, seq, prev, heads, at, type, chain, position, clock, facts, verdict FROM entries
  WHERE log = 1 AND (lamport, id) > (?, ?) ORDER BY lamport, id LIMIT 1000`

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const thread = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

async function fill({ fill: shape, path }: FillOrder): Promise<string> {
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
  const { space, entries } = makeProjectLog(shape)
  const database = openDatabase(path)
  const store = entryTables(database).of(space)
  const replica = openReplica({ space, rules: projectRules, store, clock: systemClock })
  for (let from = 0; from < entries.length; from += COMMIT) {
    const { faults, missing } = await database.write(() => replica.admit(entries.slice(from, from + COMMIT)))
    if (faults.length + missing.length > 0) throw new Error(`the log is not whole: ${faults[0]?.detail}`)
  }
  await database.write(() => replica.snapshot())
  database.close()
  return space
}

async function open({ open: space, path, keep }: OpenOrder): Promise<Opened> {
  const database = openDatabase(path)
  const store = entryTables(database).of(space)
  try {
    if (!keep) await database.write(() => store.dropSnapshots(undefined))
    collect()
    const before = process.memoryUsage().heapUsed
    const began = performance.now()
    const worked = thread()
    const replica = await database.write(() =>
      openReplica({ space, rules: projectRules, store: entryTables(database).of(space), clock: systemClock }),
    )
    const ms = performance.now() - began
    const all = thread() - worked
    collect()
    const heap = process.memoryUsage().heapUsed - before
    const opened = { ms, worked: all, heap, tasks: replica.state().size('tasks'), hash: replica.stateHash() }
    if (!keep) await database.write(() => replica.snapshot())
    return opened
  } finally {
    database.close()
  }
}

function read({ path }: ReadOrder): number {
  const sqlite = new Sqlite(path, { readonly: true })
  const page = sqlite.prepare<[number, string], { lamport: number; id: string; facts: string }>(READ)
  const began = performance.now()
  for (let last = { lamport: 0, id: '' }; ; ) {
    const rows = page.all(last.lamport, last.id)
    for (const { facts } of rows) JSON.parse(facts)
    const end = rows.at(-1)
    if (!end) break
    last = end
  }
  const ms = performance.now() - began
  sqlite.close()
  return ms
}

serve(undefined, (order: FillOrder | OpenOrder | ReadOrder) =>
  'fill' in order ? fill(order) : 'open' in order ? open(order) : read(order),
)
