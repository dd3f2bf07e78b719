import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Client, createClient } from '../../src/client/index.ts'
import type { DaemonInfo } from '../../src/store/daemon-file.ts'
import { type Home, homeAt } from '../../src/store/home.ts'

const program = join(import.meta.dirname, '../../src/bin.ts')

/**
 * Ends with whoever started it, however that ends (a test that takes too long is cut off, and no `finally` of it runs): then kills the
 * processes it was told of and daemons in the background that a home names, and removes the homes.
 */
const reaping = `
trap '' INT TERM HUP
alive=' ' gone=' '
while read -r sign pid; do
  case $sign in
    +) alive="$alive$pid " ;;
    -) alive="\${alive/ $pid / }" gone="$gone$pid " ;;
  esac
done
for home in "$0"/*/daemon.json; do
  pid=$(sed -n 's/.*"pid": *\\([0-9]*\\).*/\\1/p' "$home" 2>/dev/null)
  case "$gone" in *" $pid "*) ;; *) alive="$alive$pid " ;; esac
done
for pid in $alive; do kill -9 "$pid" 2>/dev/null; done
rm -rf "$0" 2>/dev/null || { sleep 1; rm -rf "$0"; }
`

export interface Ran {
  code: number
  out: string
  err: string
}

/** A daemon to talk to. */
export interface Daemon {
  /** What daemon.json said when it was last healthy. */
  info: DaemonInfo
  client: Client
}

/** A real daemon in a process of its own, started by the real command line. */
export interface Process extends Daemon {
  home: Home
  /** Where peers reach it, also after a restart that does not move it. */
  address: string
  kill(): Promise<void>
  stop(): Promise<Ran>
  /** Starts it again on the ports it had, or with another for peers when it has `moved`. */
  restart(where?: 'moved'): Promise<void>
}

export interface Lab extends AsyncDisposable {
  folder: string
  start(name: string, ...flags: string[]): Promise<Process>
  /** Runs one command to its end. */
  cli(...argv: string[]): Promise<Ran>
  /** What a command of a node prints; throws unless it ends well and complains of nothing. */
  run(name: string, ...argv: string[]): Promise<string>
  /**
   * Starts a daemon through a line of shell, which gets the command as its arguments and must become it (`exec`). `seen`: where its home
   * is seen from here, when it has a file system of its own.
   */
  shell(
    line: string,
    name: string,
    seen?: (path: string, pid: number) => string,
  ): Promise<Daemon & { home: Home; child: ChildProcess }>
}

/** A world of its own: homes in a temporary folder, processes that end with it. */
export function lab(settings: Record<string, string> = {}): Lab {
  const folder = mkdtempSync(join(tmpdir(), 'agora-e2e-'))
  const env = {
    ...process.env,
    AGORA_HOME: folder,
    AGORA_REQUESTS_PER_SECOND: '100000',
    AGORA_ENVELOPES_PER_SECOND: '100000',
    AGORA_MDNS: 'false',
    NO_COLOR: '1',
    ...settings,
  }
  const running = new Set<ChildProcess>()
  const reaper = spawn('bash', ['-c', reaping, folder], { stdio: ['pipe', 'ignore', 'ignore'] })

  const node = [process.execPath, program] as const

  function run([command, ...argv]: readonly [string, ...string[]]): ChildProcess {
    const child = spawn(command, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    reaper.stdin.write(`+ ${child.pid}\n`)
    child.once('exit', () => {
      running.delete(child)
      reaper.stdin.write(`- ${child.pid}\n`)
    })
    return child
  }
  const start = (...argv: string[]) => run([...node, ...argv])

  async function cli(...argv: string[]): Promise<Ran> {
    const child = start(...argv)
    const [out, err, [code]] = await Promise.all([all(child.stdout), all(child.stderr), once(child, 'close')])
    return { code: code ?? -1, out, err }
  }

  /** Resolves when the daemon has said, in daemon.json, that it is healthy. */
  async function healthy(home: Home, child: ChildProcess): Promise<DaemonInfo> {
    const err = all(child.stderr)
    child.stdout?.resume()
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${home.name} ended: ${await err}`)
      const info = existsSync(home.daemon) ? JSON.parse(readFileSync(home.daemon, 'utf8')) : undefined
      if (info?.pid === child.pid) return info
      // Another process tells nothing when it is ready but by this file.
      await pause(20)
    }
  }

  const clientOf = (home: Home, info: DaemonInfo): Client =>
    createClient({ url: info.api_url, token: readFileSync(home.token, 'utf8').trim() })

  return {
    folder,
    cli,
    async run(name, ...argv) {
      const { code, out, err } = await cli('--name', name, ...argv)
      if (code !== 0 || err !== '') throw new Error(`${argv.join(' ')} ended with ${code}: ${err}`)
      return out
    },
    async shell(line, name, seen = (path) => path) {
      const flags = ['--name', name, 'start', '--address', '127.0.0.1', '--port', '0', '--api-port', '0']
      const child = run(['bash', '-c', line, ...node, ...flags])
      const home = homeAt(seen(folder, child.pid ?? 0), name)
      const info = await healthy(home, child)
      return { child, home, info, client: clientOf(home, info) }
    },
    async start(name, ...flags) {
      const home = homeAt(folder, name)
      const launch = async (...argv: string[]) => {
        const child = start('--name', name, 'start', '--address', '127.0.0.1', ...argv)
        const info = await healthy(home, child)
        return { child, info, client: clientOf(home, info) }
      }
      let current = await launch('--port', '0', '--api-port', '0', ...flags)
      const { info } = current
      return {
        home,
        get address() {
          return `127.0.0.1:${current.info.port}`
        },
        get info() {
          return current.info
        },
        get client() {
          return current.client
        },
        async kill() {
          current.child.kill('SIGKILL')
          await ended(current.child)
        },
        async stop() {
          const result = await cli('--name', name, 'stop')
          await ended(current.child)
          return result
        },
        async restart(where) {
          await ended(current.child)
          const port = where === 'moved' ? 0 : current.info.port
          current = await launch('--port', String(port), '--api-port', String(info.api_port), ...flags)
        },
      }
    },
    async [Symbol.asyncDispose]() {
      const left = [...running]
      for (const child of left) child.kill('SIGKILL')
      await Promise.all(left.map(ended))
      reaper.stdin.end()
      await ended(reaper)
    },
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

async function all(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = ''
  for await (const chunk of stream ?? []) text += chunk
  return text
}

/** Resolves when `probe` answers something; asks again whenever the daemon tells of an event, and on a new connection. */
export async function eventually<T>(node: Daemon, probe: () => Promise<T | undefined>): Promise<T> {
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
export async function befriend(one: Daemon, other: Daemon): Promise<void> {
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
