import { type Clock, sleep } from '../base/clock.ts'
import { AgoraError } from '../base/errors.ts'
import { type Client, createClient } from '../client/index.ts'
import { type DaemonInfo, runningDaemon } from '../store/daemon-file.ts'
import { agentTokenFile, type Home } from '../store/home.ts'
import { isLocked } from '../store/home-lock.ts'
import { readToken } from '../store/private-file.ts'

/** Ms that a daemon which somebody else starts has to become healthy, and between looks at it. */
const PATIENCE = 20_000
const LOOK_EVERY = 100

export interface DaemonLinkParts {
  clock: Clock
  home: Home
  agent: string
  /** What sort of program the agent is, as far as that is known by now. */
  kind(): string | undefined
  /** Starts the daemon; undefined when that was not asked for. */
  start: (() => Promise<void>) | undefined
}

/** A node's daemon as one agent reaches it, which may stop, and start again elsewhere. */
export interface DaemonLink {
  /** The daemon that runs now. @throws AgoraError `not_running` */
  running(): DaemonInfo
  /** Its client, with the agent's token; the agent is registered when it is new. @throws AgoraError `not_running` */
  client(): Promise<Client>
  /** Starts it before, if it is to be started. */
  wanted(): Promise<Client>
  /** Whether the agent's token is another by now; the next client has it then. */
  renewed(): boolean
  /** What to say when it does not run. */
  notRunning(): AgoraError
}

export function daemonLink({ clock, home, agent, kind, start }: DaemonLinkParts): DaemonLink {
  let current: { daemon: DaemonInfo; client: Promise<Client> } | undefined
  let used: string | undefined
  let starting: Promise<void> | undefined

  const ownToken = () => readToken(agentTokenFile(home, agent))
  const notRunning = () =>
    new AgoraError('not_running', `The Agora node ${JSON.stringify(home.name)} is not running.`, {
      hint: `Ask your user to start it: agora --name ${home.name} start --daemon`,
    })

  function running(): DaemonInfo {
    const daemon = runningDaemon(home)
    if (!daemon) throw notRunning()
    return daemon
  }

  async function client(): Promise<Client> {
    const daemon = running()
    // Another process, or the same one listening elsewhere: what was known of the old one is forgotten.
    if (current?.daemon.pid !== daemon.pid || current.daemon.api_url !== daemon.api_url) {
      const made = connect(daemon)
      current = { daemon, client: made }
      made.catch(() => {
        current = undefined
      })
    }
    return current.client
  }

  async function connect({ api_url: url }: DaemonInfo): Promise<Client> {
    used = await tokenAt(url)
    return createClient({ url, token: used })
  }

  /** Whoever can read the operator's token may register an agent, and have a new token for one that lost its own. */
  async function tokenAt(url: string): Promise<string> {
    try {
      return ownToken()
    } catch (error) {
      if (!(error instanceof AgoraError) || error.code !== 'token_missing') throw error
    }
    const operator = createClient({ url, token: readToken(home.token) })
    const { items } = await operator.call('agents.list', {})
    if (items.some(({ name }) => name === agent)) return (await operator.call('agents.token', { name: agent })).token
    return (await operator.call('agents.register', { name: agent, kind: kind() })).token
  }

  /** Whether another session was faster: its daemon has the home by then, and is healthy a little later. */
  async function startedByOther(): Promise<boolean> {
    for (let waited = 0; waited < PATIENCE && !runningDaemon(home) && isLocked(home); waited += LOOK_EVERY) {
      await sleep(clock, LOOK_EVERY)
    }
    return runningDaemon(home) !== undefined
  }

  return {
    running,
    client,
    notRunning,
    async wanted() {
      if (start && !runningDaemon(home)) {
        starting ??= start().finally(() => {
          starting = undefined
        })
        await starting.catch(async (error) => {
          if (!(await startedByOther())) throw error
        })
      }
      return client()
    },
    renewed() {
      try {
        if (ownToken() === used) return false
      } catch {
        // None any more: the agent was removed, and does not come back by itself.
        return false
      }
      current = undefined
      return true
    },
  }
}
