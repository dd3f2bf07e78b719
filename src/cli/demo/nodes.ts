import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { AgoraError } from '../../base/errors.ts'
import { displayLine } from '../../base/text.ts'
import { readDaemonInfo } from '../../store/daemon-file.ts'
import { homeAt } from '../../store/home.ts'
import { readToken } from '../../store/private-file.ts'
import type { Io } from '../io.ts'

/** A daemon of the demo, healthy. */
export interface DemoNode {
  name: string
  /** Of its API. */
  url: string
  /** Of its operator. */
  token: string
}

/** The daemons of a demo, each a process of its own that ends when this one does. */
export interface Daemons {
  /** Starts one on free ports of this machine alone. @throws AgoraError what it reports. */
  start(name: string): Promise<DemoNode>
  /** Ends this one and forgets it. */
  stop(name: string): Promise<void>
  stopAll(): Promise<void>
  /** At once, without waiting: for the last moment of this process. */
  kill(): void
}

/** Ms a daemon gets to end by itself. */
const PATIENCE = 5000

/** `onLost` is told of a daemon that ends without having been asked to. */
export function createDaemons(io: Pick<Io, 'program' | 'env'>, homes: string, onLost: (name: string) => void): Daemons {
  const running = new Map<string, ChildProcess>()
  const [interpreter, ...script] = io.program

  async function stop(name: string) {
    const child = running.get(name)
    if (!child) return
    running.delete(name)
    // It is attached to its input; that works where there are no signals, too.
    child.stdin?.end()
    const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
    await ended(child)
    clearTimeout(late)
  }

  return {
    async start(name) {
      const home = homeAt(homes, name)
      const flags = ['--attached', '--address=127.0.0.1', '--port=0', '--api-port=0', '--no-mdns', '--auto-connect']
      const child = spawn(interpreter, [...script, 'start', `--name=${name}`, '--format=json', ...flags], {
        // In a group of its own: Ctrl-C is for the demo, which ends its daemons in order.
        detached: true,
        windowsHide: true,
        env: environment(io.env, homes),
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      running.set(name, child)
      // A daemon that has ended takes no end of input.
      child.stdin.on('error', () => undefined)
      let said = ''
      child.stderr.on('data', (part) => {
        said = (said + part).slice(-4000)
      })
      const gone = ended(child)
      const healthy = once(child.stdout, 'data').catch(() => undefined)
      await Promise.race([healthy, gone])
      const info = readDaemonInfo(home)
      if (!info || child.exitCode !== null) {
        await stop(name)
        throw failure(name, said)
      }
      child.stdout.resume()
      void gone.then(() => {
        if (running.delete(name)) onLost(name)
      })
      return { name, url: info.api_url, token: readToken(home.token) }
    },
    stop,
    stopAll: async () => void (await Promise.all([...running.keys()].map(stop))),
    kill() {
      for (const child of running.values()) child.kill('SIGKILL')
    },
  }
}

/** What this user has set for nodes of their own is not for these: they would meet the world. */
const environment = (env: Io['env'], homes: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(env).filter(([key]) => !key.startsWith('AGORA_'))),
  AGORA_HOME: homes,
})

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  await once(child, 'exit')
}

function failure(name: string, said: string): AgoraError {
  const line = said.split('\n').findLast((each) => each.startsWith('{')) ?? ''
  let detail = displayLine(said).slice(-300)
  try {
    detail = String((JSON.parse(line) as { detail?: unknown }).detail)
  } catch {
    // Not a problem document of ours: then as it stands.
  }
  return new AgoraError('not_running', `${name} ended while it started: ${detail}`)
}
