import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Bench } from './lib/bench.ts'
import { agora, residentBytes, root } from './lib/machine.ts'
import { short } from './lib/report.ts'
import { median } from './lib/stats.ts'
import { createWorld } from './lib/world.ts'

/** Ms after a start at which memory is measured: what starting left behind has been collected by then, or never will be. */
const SETTLED = 3000

/** From the command to a healthy daemon, what it holds when idle, and a command on it. */
export const start: Bench = {
  name: 'start',
  about: 'start to healthy and idle memory against a libp2p node alone; `agora status`',
  async run({ quick, note }) {
    const rounds = quick ? 3 : 9
    await using world = createWorld()
    // Whatever each compiles on its first run, both keep for the next; as Agora does for those who use it.
    const cached = { ...world.env, NODE_COMPILE_CACHE: join(world.folder, 'compile-bare') }
    const { NODE_COMPILE_CACHE: _, ...uncached } = world.env
    const daemons: Sample[] = []
    const bare: Sample[] = []
    const plain: Sample[] = []
    for (let round = -1; round < rounds; round++) {
      const daemon = await world.start('alice')
      await pause(SETTLED)
      const own = { startedIn: daemon.startedIn, resident: residentBytes(daemon.info.pid) }
      await daemon.stop()
      const others = [await bareStart(cached), await bareStart(uncached)] as const
      // The first made the key, the database and the caches.
      if (round < 0) continue
      daemons.push(own)
      bare.push(others[0])
      plain.push(others[1])
    }
    const started = (samples: Sample[]) => median(samples.map((sample) => sample.startedIn))
    const held = (samples: Sample[]) => median(samples.map((sample) => sample.resident)) / 2 ** 20
    note({
      what: 'start to healthy',
      value: started(daemons),
      unit: 'ms',
      limit: { what: 'libp2p alone, also with a compile cache', value: started(bare) },
      wanted: { of: 'ratio', most: 1.5 },
      note: `libp2p without one ${short(started(plain))} ms`,
    })
    note({
      what: 'memory when idle',
      value: held(daemons),
      unit: 'MiB',
      limit: { what: 'libp2p alone', value: held(bare) },
      wanted: { of: 'ratio', most: 1.4 },
    })

    await world.start('alice')
    const status: number[] = []
    const nothing: number[] = []
    for (let round = -1; round < rounds * 2; round++) {
      const own = run([agora, '--name', 'alice', 'status'], world.env)
      const other = run(['--eval', '0'], world.env)
      if (round < 0) continue
      status.push(own)
      nothing.push(other)
    }
    note({
      what: 'agora status',
      value: median(status),
      unit: 'ms',
      limit: { what: 'node that does nothing', value: median(nothing) },
      wanted: { of: 'value', most: 300 },
    })
  },
}

interface Sample {
  /** Ms. */
  startedIn: number
  /** Bytes. */
  resident: number
}

/** A libp2p node alone, until it says where it listens. */
async function bareStart(env: NodeJS.ProcessEnv): Promise<Sample> {
  const began = performance.now()
  const program = join(root, 'bench/lib/bare-start.js')
  const child: ChildProcess = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  if (!child.stdout || !child.pid) throw new Error('node does not start')
  await once(child.stdout, 'data')
  const startedIn = performance.now() - began
  await pause(SETTLED)
  const resident = residentBytes(child.pid)
  child.kill('SIGTERM')
  await once(child, 'exit')
  return { startedIn, resident }
}

/** Ms that one command takes to its end. */
function run(argv: string[], env: NodeJS.ProcessEnv): number {
  const began = performance.now()
  const { status, stderr } = spawnSync(process.execPath, argv, { env })
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
  return performance.now() - began
}
