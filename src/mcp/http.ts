import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Clock } from '../base/clock.ts'
import { every } from '../base/clock.ts'
import { AgoraError } from '../base/errors.ts'
import { recentEvents } from './recent-events.ts'
import type { McpParts, McpServer } from './server.ts'
import { type Me, type Profile, profiles } from './tool.ts'

/** Sessions of all clients together, those of one of them, and ms after which one that says nothing is ended. */
export const SESSIONS_MAX = 256
export const SESSIONS_OF_ONE = 32
const IDLE_MAX = 60 * 60_000
const SWEEP_EVERY = 60_000

/** Who calls, by its token. */
export interface McpCaller {
  me: Me
  call: McpParts['call']
  events: McpParts['events']
  /** Whether the token still holds. */
  stillValid(): boolean
}

export interface McpEndpoint {
  /** Answers one request of streamable HTTP, whose JSON body was read already. The caller's token was checked. */
  handle(req: IncomingMessage, res: ServerResponse, body: unknown, caller: McpCaller): Promise<void>
  /** Ends all sessions. */
  stop(): Promise<void>
}

interface Session {
  did: string
  /** As who asked last: tokens are replaced while a session lives. */
  caller: McpCaller
  transport: StreamableHTTPServerTransport
  server: Pick<McpServer, 'close'>
  /** Requests and streams that are under way. */
  open: number
  usedAt: number
}

export interface McpEndpointParts {
  clock: Clock
  /** What a client gets. */
  serverFor(caller: McpCaller, profile: Profile): Pick<McpServer, 'connect' | 'close' | 'ended'>
}

/** `/mcp`: a session for each client, bound to whose token began it. */
export function createMcpEndpoint({ clock, serverFor }: McpEndpointParts): McpEndpoint {
  const sessions = new Map<string, Session>()
  const stopSweeping = every(clock, SWEEP_EVERY, () => {
    for (const { open, usedAt, server } of sessions.values())
      if (open === 0 && clock.now() - usedAt > IDLE_MAX) void server.close()
  })

  /** Makes room for one more: of the caller's own the one that was not used for longest, for clients forget to end theirs. */
  async function makeRoom(did: string): Promise<void> {
    const own = [...sessions.values()].filter((session) => session.did === did)
    const [oldest] = own.filter(({ open }) => open === 0).sort((a, b) => a.usedAt - b.usedAt)
    if (oldest && (own.length >= SESSIONS_OF_ONE || sessions.size >= SESSIONS_MAX)) await oldest.server.close()
    else if (own.length >= SESSIONS_OF_ONE || sessions.size >= SESSIONS_MAX)
      throw new AgoraError('rate_limited', `${sessions.size} MCP sessions are open.`, { hint: 'End some, or wait.' })
  }

  async function begin(caller: McpCaller, profile: Profile): Promise<Session> {
    const { me } = caller
    await makeRoom(me.did)
    const asks: McpCaller = {
      me,
      call: (name, input, signal) => session.caller.call(name, input, signal),
      events: (listener) =>
        caller.events((event) => {
          if (session.caller.stillValid()) listener(event)
          // Its stream was opened with a token that does not hold any more: it hears nothing, and ends.
          else void server.close()
        }),
      stillValid: () => session.caller.stillValid(),
    }
    const server = serverFor(asks, profile)
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: recentEvents(),
      onsessioninitialized: (id) => void sessions.set(id, session),
    })
    withoutPriming(transport)
    const session: Session = { did: me.did, caller, transport, server, open: 0, usedAt: clock.now() }
    transport.onclose = () => {
      if (transport.sessionId !== undefined) sessions.delete(transport.sessionId)
      server.ended()
    }
    await server.connect(transport)
    return session
  }

  return {
    async handle(req, res, body, caller) {
      const id = req.headers['mcp-session-id']
      const known = typeof id === 'string' ? sessions.get(id) : undefined
      // Somebody else's session is as good as none.
      const own = known?.did === caller.me.did ? known : undefined
      if (id !== undefined && !own) {
        res.writeHead(404, { 'Content-Type': 'application/json' })
        res.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }))
        return
      }
      const session = own ?? (await begin(caller, profileIn(req.url ?? '')))
      session.caller = caller
      session.open++
      res.once('close', () => {
        session.open--
        session.usedAt = clock.now()
        if (!res.writableFinished) cancel(session.transport, body)
      })
      await session.transport.handleRequest(req, res, body)
      // What was no beginning leaves no session behind.
      if (session.transport.sessionId === undefined) await session.server.close()
    },
    async stop() {
      stopSweeping()
      await Promise.all([...sessions.values()].map(({ server }) => server.close()))
    },
  }
}

/**
 * Where events are kept the SDK begins every answer with an empty event, so that a client can come back to it: a chunk of its own that makes an answer take twice as
 * long. Nobody can come back to an answer of ours.
 */
function withoutPriming(transport: StreamableHTTPServerTransport): void {
  const { _webStandardTransport: inner } = transport as unknown as { _webStandardTransport: object }
  Object.assign(inner, { writePrimingEvent: async () => undefined })
}

/** The tools a client asks for: `/mcp?tools=core`. @throws AgoraError `invalid_input` */
function profileIn(url: string): Profile {
  const asked = new URL(url, 'http://localhost').searchParams.get('tools') ?? 'default'
  const profile = profiles.find((one) => one === asked)
  if (profile) return profile
  throw new AgoraError('invalid_input', `tools: there is no such profile. There are: ${profiles.join(', ')}`, {
    field: 'tools',
  })
}

/** Whoever hung up before the answer gets it no more: nothing is to be shown, and so marked as read, on its behalf. */
function cancel(transport: StreamableHTTPServerTransport, body: unknown): void {
  for (const message of [body].flat()) {
    if (typeof message !== 'object' || message === null || !('id' in message)) continue
    const params = { requestId: message.id as string | number, reason: 'the connection was closed' }
    transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/cancelled', params })
  }
}
