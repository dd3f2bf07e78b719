import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Client, createClient } from '../../src/client/index.ts'
import type { DaemonInfo } from '../../src/store/daemon-file.ts'
import { type Home, homeAt } from '../../src/store/home.ts'

const program = join(import.meta.dirname, '../../src/bin.ts')

export interface Ran {
  code: number
  out: string
  err: string
}

/** A real daemon in a process of its own, started by the real command line. */
export interface Process {
  name: string
  home: Home
  /** What daemon.json said when it was last healthy. */
  info: DaemonInfo
  client: Client
  /** Where peers reach it, also after a restart. */
  address: string
  kill(): Promise<void>
  stop(): Promise<Ran>
  /** Starts it again on the ports it had. */
  restart(...flags: string[]): Promise<void>
}

export interface Lab extends AsyncDisposable {
  folder: string
  env: NodeJS.ProcessEnv
  start(name: string, ...flags: string[]): Promise<Process>
  /** Runs one command to its end. */
  cli(...argv: string[]): Promise<Ran>
  /** Starts a daemon through a line of shell, which gets the command as its arguments. */
  shell(line: string, name: string): { child: ChildProcess; ready: Promise<DaemonInfo>; client(): Client }
}

/** A world of its own: homes in a temporary folder, processes that end with it. */
export function lab(settings: Record<string, string> = {}): Lab {
  const folder = mkdtempSync(join(tmpdir(), 'agora-e2e-'))
  const env = {
    ...process.env,
    AGORA_HOME: folder,
    AGORA_REQUESTS_PER_SECOND: '100000',
    AGORA_ENVELOPES_PER_SECOND: '100000',
    NO_COLOR: '1',
    ...settings,
  }
  const running = new Set<ChildProcess>()

  const node = [process.execPath, program] as const

  function run([command, ...argv]: readonly [string, ...string[]]): ChildProcess {
    const child = spawn(command, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    child.once('exit', () => running.delete(child))
    return child
  }
  const start = (...argv: string[]) => run([...node, ...argv])

  async function cli(...argv: string[]): Promise<Ran> {
    const child = start(...argv)
    const [out, err, [code]] = await Promise.all([all(child.stdout), all(child.stderr), once(child, 'close')])
    return { code: code ?? -1, out, err }
  }

  /** Resolves when the daemon has said, in daemon.json, that it is healthy. */
  async function healthy(name: string, child: ChildProcess): Promise<DaemonInfo> {
    const home = homeAt(folder, name)
    const err = all(child.stderr)
    child.stdout?.resume()
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${name} ended: ${await err}`)
      const info = existsSync(home.daemon) ? JSON.parse(readFileSync(home.daemon, 'utf8')) : undefined
      if (info?.pid === child.pid) return info
      // Another process tells nothing when it is ready but by this file.
      await pause(20)
    }
  }

  async function launch(name: string, flags: string[]): Promise<{ child: ChildProcess; info: DaemonInfo }> {
    const child = start('--name', name, 'start', '--address', '127.0.0.1', ...flags)
    return { child, info: await healthy(name, child) }
  }

  return {
    folder,
    env,
    cli,
    shell(line, name) {
      const flags = ['--name', name, 'start', '--address', '127.0.0.1', '--port', '0', '--api-port', '0']
      const child = run(['bash', '-c', line, ...node, ...flags])
      const home = homeAt(folder, name)
      const ready = healthy(name, child)
      const client = () => {
        const { api_url: url } = JSON.parse(readFileSync(home.daemon, 'utf8'))
        return createClient({ url, token: readFileSync(home.token, 'utf8').trim() })
      }
      return { child, ready, client }
    },
    async start(name, ...flags) {
      let { child, info } = await launch(name, ['--port', '0', '--api-port', '0', ...flags])
      const home = homeAt(folder, name)
      const ended = async () => {
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      }
      const clientOf = () => createClient({ url: info.api_url, token: readFileSync(home.token, 'utf8').trim() })
      const node: Process = {
        name,
        home,
        info,
        client: clientOf(),
        address: `127.0.0.1:${info.port}`,
        async kill() {
          child.kill('SIGKILL')
          await ended()
        },
        async stop() {
          const result = await cli('--name', name, 'stop')
          await ended()
          return result
        },
        async restart(...more) {
          await ended()
          const ports = ['--port', String(info.port), '--api-port', String(info.api_port)]
          const again = await launch(name, [...ports, ...flags, ...more])
          child = again.child
          info = again.info
          node.info = info
          node.client = clientOf()
        },
      }
      return node
    },
    async [Symbol.asyncDispose]() {
      const left = [...running]
      for (const child of left) child.kill('SIGKILL')
      await Promise.all(left.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function all(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = ''
  for await (const chunk of stream ?? []) text += chunk
  return text
}

/** Resolves when `probe` answers something; asks again whenever the daemon tells of an event, and on a new connection. */
export async function eventually<T>(node: Process, probe: () => Promise<T | undefined>): Promise<T> {
  const done = new AbortController()
  try {
    for (;;) {
      const found = await probe()
      if (found !== undefined) return found
      await Promise.race([nextEvent(node.client, done.signal), pause(500)])
    }
  } finally {
    done.abort()
  }
}

async function nextEvent(client: Client, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of client.events({ signal })) return
  } catch {
    // The daemon is away: the pause beside this one lets it come back.
    await pause(200)
  }
}

/** Lets both operators accept each other, so that messages are delivered at once. */
export async function befriend(one: Process, other: Process): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    await eventually(from, async () => {
      const { items } = await from.client.call('node.peers', {})
      return items.some((peer) => peer.did === to.info.did) || undefined
    })
    await from.client.call('messages.send', { to: to.info.did, body: 'hello', wait_for: 'stored', timeout: 30 })
    const waiting = await to.client.call('requests.list', {})
    if (waiting.items.some((request) => request.did === from.info.did)) {
      await to.client.call('requests.accept', { peer: from.info.did })
    }
  }
}
