import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { agentDid } from '../base/did.ts'
import { AgoraError } from '../base/errors.ts'
import { ApprovalPendingError, type Client, createClient } from '../client/index.ts'
import type { Input, OperationName, Output } from '../operations.ts'
import { type DaemonInfo, runningDaemon } from '../store/daemon-file.ts'
import { agentTokenFile, type Home } from '../store/home.ts'
import { readToken } from '../store/private-file.ts'
import { version } from '../store/version.ts'
import { createMcpServer } from './server.ts'
import { takeName } from './session-name.ts'
import { ApprovalAsked, type InboxEvent, type Me, type Profile } from './tool.ts'

/** Ms until the events are asked for again where there is no daemon. */
const LOOK_AGAIN = 5000

export interface BridgeParts {
  home: Home
  agent: string
  profile: Profile
  /** Starts the daemon; undefined when that was not asked for. */
  start: (() => Promise<void>) | undefined
}

/**
 * An MCP server on standard input and output for one agent of a node: every call goes to the node's daemon, which may come and go meanwhile. Resolves when the
 * client has closed its end. Nothing but the protocol is written to standard output.
 */
export async function runBridge({ home, agent, profile, start }: BridgeParts): Promise<void> {
  const session = takeName(home, agent)
  const stopped = new AbortController()
  let client: { daemon: DaemonInfo; client: Promise<Client> } | undefined
  let starting: Promise<void> | undefined

  async function daemonNow(): Promise<DaemonInfo> {
    const known = runningDaemon(home)
    if (known) return known
    if (start) {
      starting ??= start().finally(() => {
        starting = undefined
      })
      await starting
    }
    const started = runningDaemon(home)
    if (started) return started
    throw new AgoraError('not_running', `The Agora node ${JSON.stringify(home.name)} is not running.`, {
      hint: `Ask your user to start it: agora --name ${home.name} start --daemon`,
    })
  }

  async function clientNow(): Promise<Client> {
    const daemon = await daemonNow()
    // Another process, or the same one listening elsewhere: what was known of the old one is forgotten.
    if (client?.daemon.pid !== daemon.pid || client.daemon.api_url !== daemon.api_url) {
      const made = connect(daemon)
      client = { daemon, client: made }
      made.catch(() => {
        client = undefined
      })
    }
    return client.client
  }

  async function connect({ api_url: url }: DaemonInfo): Promise<Client> {
    try {
      return createClient({ url, token: readToken(agentTokenFile(home, session.name)) })
    } catch (error) {
      if (!(error instanceof AgoraError) || error.code !== 'token_missing') throw error
    }
    // Not registered yet: whoever can read the operator's token may do that.
    const operator = createClient({ url, token: readToken(home.token) })
    const { token } = await operator.call('agents.register', { name: session.name })
    return createClient({ url, token })
  }

  async function call<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
    try {
      const { call: ask } = await clientNow()
      return await (ask as (name: Name, input: Input<Name>) => Promise<Output<Name>>)(name, input)
    } catch (error) {
      if (error instanceof ApprovalPendingError) throw new ApprovalAsked(error.approval)
      throw error
    }
  }

  const server = createMcpServer({
    call,
    profile,
    version,
    now: Date.now,
    async me(): Promise<Me> {
      const { did, name } = await daemonNow()
      return { did: agentDid(did, session.name), name: session.name, node: name, isOperator: false }
    },
    events: (listener) => follow(clientNow, listener, stopped.signal),
    notice: session.isOther
      ? `You are ${session.name}: another session uses the name ${agent}. Mail to ${agent} goes to that one.`
      : undefined,
  })
  const transport = new StdioServerTransport()
  const ended = Promise.withResolvers<void>()
  process.stdin.once('end', ended.resolve)
  process.stdin.once('close', ended.resolve)
  // A client that is gone cannot be told anything any more.
  process.stdout.once('error', () => ended.resolve())
  await server.connect(transport)
  await ended.promise
  stopped.abort()
  await server.close()
  session.release()
}

/** What happens in the inbox, from now on, whatever becomes of the daemon meanwhile. */
function follow(
  clientNow: () => Promise<Client>,
  listener: (event: InboxEvent) => void,
  signal: AbortSignal,
): () => void {
  const left = new AbortController()
  const until = AbortSignal.any([signal, left.signal])
  let after: number | undefined
  const run = async () => {
    while (!until.aborted) {
      try {
        const client = await clientNow()
        const options = { types: ['message.', 'project.'], signal: until, ...(after === undefined ? {} : { after }) }
        for await (const { seq, at: _, type, inbox: __, ...data } of client.events(options)) {
          after = seq
          listener({ type, data })
        }
      } catch {
        // No daemon now, or one that has stopped: whatever is called meanwhile says so.
      }
      if (!until.aborted) await pause(LOOK_AGAIN, until)
    }
  }
  void run()
  return () => left.abort()
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
