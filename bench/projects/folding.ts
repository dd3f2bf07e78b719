import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchContext } from '../lib/bench.ts'
import { helper } from '../lib/children.ts'
import type { LogShape } from '../lib/project-log.ts'
import type { FillOrder, Opened, OpenOrder, ReadOrder } from '../lib/replica.ts'
import { short } from '../lib/report.ts'
import { median } from '../lib/stats.ts'

const LONG: LogShape = { nodes: 20, count: 100_000, authority: 200, tasks: 10_000 }
/** As much live state at the end of ten times as much history. */
const SHORT_LIVED: LogShape = { nodes: 20, count: 10_000, authority: 200, tasks: 1000 }
const LONG_LIVED: LogShape = { ...SHORT_LIVED, count: 100_000 }

/** What a project's log costs to open, and what it holds in memory. */
export async function folding({ quick, note }: BenchContext): Promise<void> {
  const rounds = quick ? 3 : 9
  const folder = mkdtempSync(join(tmpdir(), 'agora-bench-'))
  try {
    const long = await filled(join(folder, 'long.db'), LONG)
    const runs: Record<'nothing' | 'snapshot', Opened[]> = { nothing: [], snapshot: [] }
    const read: number[] = []
    // The first compiles what the others run.
    for (let round = -1; round < rounds; round++) {
      const nothing = await long.open(false)
      const snapshot = await long.open(true)
      const bare = await long.read()
      if (nothing.hash !== snapshot.hash) throw new Error('a snapshot came to another state')
      if (round < 0) continue
      runs.nothing.push(nothing)
      runs.snapshot.push(snapshot)
      read.push(bare)
    }
    await long.stop()
    const took = (of: keyof typeof runs) => median(runs[of].map(({ ms }) => ms))
    const worked = (of: keyof typeof runs) => `processor ${short(median(runs[of].map((run) => run.worked)))} ms`
    note({
      what: '100,000 stored entries folded from nothing',
      value: took('nothing'),
      unit: 'ms',
      limit: { what: 'read by bare SQLite, parsed', value: median(read) },
      wanted: { of: 'value', most: 1500 },
      note: worked('nothing'),
    })
    note({
      what: 'the same, opened from its snapshot',
      value: took('snapshot'),
      unit: 'ms',
      wanted: { of: 'value', most: 200 },
      note: `${worked('snapshot')}, ${short(runs.snapshot[0]?.tasks ?? 0)} tasks`,
    })
    await memory(folder, note)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function memory(folder: string, note: BenchContext['note']): Promise<void> {
  const held = async (name: string, shape: LogShape) => {
    const log = await filled(join(folder, name), shape)
    await log.open(false)
    const { heap, tasks } = await log.open(false)
    await log.stop()
    return { heap: heap / 2 ** 20, tasks }
  }
  const few = await held('short.db', SHORT_LIVED)
  const many = await held('history.db', LONG_LIVED)
  note({
    what: `heap of a project with ${short(many.tasks)} tasks after 100,000 entries`,
    value: many.heap,
    unit: 'MiB',
    limit: { what: `after 10,000, with ${short(few.tasks)} tasks`, value: few.heap },
    wanted: { of: 'ratio', most: 1.25 },
  })
}

/** A log in a database of its own, in a process of its own. */
async function filled(path: string, shape: LogShape) {
  const filler = await helper('replica.ts')
  const space = await filler.ask<string>({ fill: shape, path } satisfies FillOrder)
  await filler[Symbol.asyncDispose]()
  const opener = await helper('replica.ts')
  return {
    open: (keep: boolean) => opener.ask<Opened>({ open: space, path, keep } satisfies OpenOrder),
    read: () => opener.ask<number>({ read: space, path } satisfies ReadOrder),
    stop: () => opener[Symbol.asyncDispose](),
  }
}
