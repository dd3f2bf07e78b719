import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '../../src/authority/may.ts'
import { type Clock, systemClock } from '../../src/base/clock.ts'
import { agentDid } from '../../src/base/did.ts'
import { AgoraError } from '../../src/base/errors.ts'
import { createDispatch, type Handlers } from '../../src/core/dispatch.ts'
import { createEvents } from '../../src/core/events.ts'
import { createHttpServer, type HttpParts } from '../../src/http/server.ts'
import { keyFromSeed } from '../../src/identity/signing.ts'
import { openDatabase } from '../../src/store/database.ts'
import { recordedTelemetry } from './telemetry.ts'

export const NODE = keyFromSeed(new Uint8Array(32).fill(7)).did
export const OPERATOR = 'operator-token'
export const AGENT = 'claude-1-token'

export interface ApiOptions {
  handlers?: Partial<Record<string, (input: never, context: { actor: Actor; signal: AbortSignal }) => unknown>>
  clock?: Clock
  parts?: Partial<HttpParts>
}

/** A real server on a free port, with a real database and events; operations without a handler echo name and input. */
export async function api({ handlers = {}, clock = systemClock, parts = {} }: ApiOptions = {}) {
  const home = mkdtempSync(join(tmpdir(), 'agora-http-'))
  const database = openDatabase(join(home, 'agora.db'))
  const events = createEvents({ clock, database })
  const recorded = recordedTelemetry()
  const tokens = new Map<string, Actor>([
    [OPERATOR, { kind: 'operator', did: NODE }],
    [AGENT, { kind: 'agent', did: agentDid(NODE, 'claude-1'), name: 'claude-1' }],
  ])
  const echo = new Proxy(handlers, {
    get: (given, name: string) => given[name] ?? ((input: unknown) => ({ operation: name, input })),
  })
  const server = createHttpServer({
    clock,
    events,
    dispatch: createDispatch(echo as unknown as Handlers),
    telemetry: recorded.telemetry,
    port: 0,
    host: '127.0.0.1',
    authenticate: (token) => tokens.get(token),
    requestsPerSecond: 10_000,
    allowedOrigins: [],
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'agora_up 1\n' }),
    backup: (id) => {
      throw new AgoraError('not_found', `There is no backup ${id}.`)
    },
    version: '0.0.0',
    dashboard: join(home, 'dashboard'),
    ...parts,
  })
  const { port, url } = await server.start()
  return {
    ...recorded,
    server,
    port,
    url,
    events,
    tokens,
    /** Writes one event and resolves when it is on disk and told. */
    emit: (type: string, inbox?: string, data: Record<string, unknown> = {}) =>
      database.write(() => events.emit(type, inbox, data)),
    database,
    async [Symbol.asyncDispose]() {
      await server.stop()
      database.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
  json: any
}

export interface Ask {
  method?: string
  path: string
  token?: string | undefined
  headers?: Record<string, string>
  body?: unknown
  /** Sent as it stands, in place of the JSON of `body`. */
  raw?: string | Buffer
  /** Without saying beforehand how long it is. */
  chunked?: boolean
}

/** One request as written: unlike `fetch` it sends any Host and Origin. */
export function ask(
  port: number,
  { method = 'GET', path, token, headers = {}, body, raw, chunked }: Ask,
): Promise<Answer> {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const sent = request(
    {
      port,
      host: '127.0.0.1',
      method,
      path,
      agent: false,
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(content !== undefined && {
          'Content-Type': 'application/json',
          ...(chunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': String(Buffer.byteLength(content)) }),
        }),
        ...headers,
      },
    },
    async (response) => {
      let text = ''
      for await (const chunk of response.setEncoding('utf8')) text += chunk
      const { statusCode = 0, headers: received } = response
      const json = text !== '' && /json/.test(received['content-type'] ?? '') ? JSON.parse(text) : undefined
      resolve({ status: statusCode, headers: received, text, json })
    },
  )
  sent.on('error', reject)
  sent.end(content)
  return promise
}
