import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { systemClock as clock } from '../base/clock.ts'
import { agentDid } from '../base/did.ts'
import { AgoraError } from '../base/errors.ts'
import { ApprovalPendingError, createClient } from '../client/index.ts'
import type { Input, OperationName, Output } from '../operations.ts'
import { routes } from '../routes.ts'
import type { Home } from '../store/home.ts'
import { readToken } from '../store/private-file.ts'
import { version } from '../store/version.ts'
import { daemonLink } from './daemon-link.ts'
import { follow } from './follow.ts'
import { createMcpServer, type McpServer } from './server.ts'
import { takeName } from './session-name.ts'
import { ApprovalAsked, type Profile } from './tool.ts'

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
  const { name, isOther, release } = takeName(home, agent)
  const stopped = new AbortController()
  const link = daemonLink({
    ...{ clock, home, start },
    agent: name,
    kind: () => server.client()?.slice(0, 64),
  })

  async function ask<Name extends OperationName>(operation: Name, input: Input<Name>, signal: AbortSignal) {
    const client = await link.wanted()
    const call = client.call as (
      operation: Name,
      input: Input<Name>,
      options: { signal: AbortSignal },
    ) => Promise<Output<Name>>
    return call(operation, input, { signal })
  }

  async function call<Name extends OperationName>(operation: Name, input: Input<Name>, signal: AbortSignal) {
    try {
      return await ask(operation, input, signal).catch((error) => {
        const code = error instanceof AgoraError ? error.code : undefined
        if (code === 'unauthenticated' && link.renewed()) return ask(operation, input, signal)
        // The daemon went in the middle of it; what only reads may be asked for again, of its successor if there is one.
        if (code === 'unreachable' && routes[operation][0] === 'GET') return ask(operation, input, signal)
        throw error
      })
    } catch (error) {
      if (error instanceof ApprovalPendingError) throw new ApprovalAsked(error.approval)
      // It stops just now, and how to start it again is all that helps.
      if (error instanceof AgoraError && error.code === 'not_running' && !start) throw link.notRunning()
      throw error
    }
  }

  const server: McpServer = createMcpServer({
    call,
    profile,
    version,
    clock,
    async me() {
      await link.wanted()
      const { did, name: node } = link.running()
      return { did: agentDid(did, name), name, node, isOperator: false }
    },
    events(listener) {
      const left = new AbortController()
      void follow(clock, link.client, listener, AbortSignal.any([stopped.signal, left.signal]))
      return () => left.abort()
    },
    // Whoever started this program may read the operator's token, and is who answers when the client asks.
    async decide(id, allow) {
      const { api_url: url } = link.running()
      const operator = createClient({ url, token: readToken(home.token) })
      if (allow) await operator.call('approvals.grant', { id })
      else await operator.call('approvals.deny', { id, reason: 'denied at the client' })
    },
    notice: isOther
      ? `You are ${name}: another session uses the name ${agent}. Mail to ${agent} goes to that one.`
      : undefined,
  })
  const transport = new StdioServerTransport()
  const ended = Promise.withResolvers<void>()
  transport.onclose = ended.resolve
  process.stdin.once('end', ended.resolve)
  process.stdin.once('close', ended.resolve)
  // A client that is gone cannot be told anything any more.
  process.stdout.on('error', () => ended.resolve())
  await server.connect(transport)
  // Not waited for: a call that needs it waits, and says what went wrong.
  if (start) link.wanted().catch(() => undefined)
  await ended.promise
  stopped.abort()
  await server.close()
  release()
}
