import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DaemonInfo, readDaemonInfo } from '../../src/store/daemon-file.ts'
import { type Home, homeAt } from '../../src/store/home.ts'
import { type Call, caller } from './http.ts'
import { agora } from './machine.ts'

/** A real daemon in a process of its own. */
export interface Daemon {
  home: Home
  info: DaemonInfo
  token: string
  call: Call
  /** Ms from the spawn until it said that it runs and answered `/health`. */
  startedIn: number
  /** Stops it in order. */
  stop(): Promise<void>
}

export interface World extends AsyncDisposable {
  folder: string
  /** For whatever belongs to this world: its homes, its compile cache, its settings. */
  env: NodeJS.ProcessEnv
  home(name: string): Home
  start(name: string): Promise<Daemon>
}

/** Limits on rate and on talk among agents would be measured in place of the daemon. */
export const LIFTED = {
  AGORA_ENVELOPES_PER_SECOND: '1000000',
  AGORA_REQUESTS_PER_SECOND: '1000000',
  AGORA_LOG_ENTRIES_PER_SECOND: '1000000',
  AGORA_CONVERSATION_BUDGET: '1000000',
}

/** A folder for homes, and daemons that end with it. */
export function createWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), 'agora-bench-'))
  const env = {
    ...process.env,
    ...LIFTED,
    AGORA_HOME: join(folder, 'homes'),
    NODE_COMPILE_CACHE: join(folder, 'compile'),
    NO_COLOR: '1',
  }
  const running = new Set<ChildProcess>()
  // An interrupted run leaves nothing behind either.
  const onExit = () => {
    for (const child of running) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', onExit)
  const ended = async (child: ChildProcess) => {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    running.delete(child)
  }
  const home = (name: string) => homeAt(env.AGORA_HOME, name)
  return {
    folder,
    env,
    home,
    async start(name) {
      const flags = ['--port', '0', '--api-port', '0', '--address', '127.0.0.1']
      const began = performance.now()
      const child = spawn(process.execPath, [agora, '--name', name, 'start', ...flags], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      running.add(child)
      await Promise.race([
        once(child.stdout, 'data'),
        once(child, 'exit').then(() => Promise.reject(new Error(`${name} ended`))),
      ])
      child.stdout.resume()
      const info = readDaemonInfo(home(name))
      if (!info || info.pid !== child.pid) throw new Error(`${name} said that it runs, and did not`)
      const token = readFileSync(home(name).token, 'utf8').trim()
      const call = caller(info.api_url, token)
      await call('GET', '/health')
      const startedIn = performance.now() - began
      return { home: home(name), info, token, call, startedIn, stop: () => ended(child) }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map(ended))
      rmSync(folder, { recursive: true, force: true })
      process.off('exit', onExit)
    },
  }
}

/** Connects two daemons and lets their operators accept each other, so that messages are delivered at once. */
export async function befriend(one: Daemon, other: Daemon): Promise<void> {
  await one.call('POST', '/connect', { address: `127.0.0.1:${other.info.port}` })
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    await from.call('POST', '/send', { to: to.info.did, body: 'hello', wait_for: 'stored', timeout: 30 })
    await to.call('POST', `/requests/${encodeURIComponent(from.info.did)}/accept`)
  }
}

/** Parts two daemons: on both sides, or the other would dial again. */
export async function disconnect([one, other]: readonly [Daemon, Daemon]): Promise<void> {
  const from = (here: Daemon, there: Daemon) =>
    here.call('POST', `/peers/${encodeURIComponent(there.info.did)}/disconnect`)
  // Whoever hears of it from the other first has nothing to end any more.
  await Promise.allSettled([from(one, other), from(other, one)])
}
