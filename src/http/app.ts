import type { IncomingMessage, ServerResponse } from 'node:http'
import Koa from 'koa'
import { AgoraError } from '../base/errors.ts'
import type { Telemetry } from '../core/telemetry.ts'
import { guard } from './guard.ts'
import { discardBody } from './input.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { type ApiMiddleware, type ApiState, createRouter, type RouterParts } from './router.ts'

export interface AppParts extends Omit<RouterParts, 'calls'> {
  allowedOrigins: string[]
}

export interface App {
  handle(req: IncomingMessage, res: ServerResponse): unknown
  /** Ends event streams and waiting calls; from now on every request is refused. */
  abort(): void
}

/** The API as a request handler. */
export function createApp(parts: AppParts): App {
  const calls = new Set<AbortController>()
  const router = createRouter({ ...parts, calls })
  let stopping: AgoraError | undefined

  const refuseWhenStopping: ApiMiddleware = (_, next) => {
    if (stopping) throw stopping
    return next()
  }
  /** Or the server would wait for connections that only idle. */
  const closeWhenStopping: ApiMiddleware = async (ctx, next) => {
    await next()
    if (stopping && !ctx.res.headersSent) ctx.set('Connection', 'close')
  }
  const app = new Koa<ApiState>()
  app.on('error', (error: unknown) => parts.telemetry.log.debug({ err: error }, 'an answer broke off'))
  app.use(closeWhenStopping)
  app.use(answerErrors(parts.telemetry))
  app.use(guard(parts))
  app.use(refuseWhenStopping)
  app.use(router.routes() as ApiMiddleware)
  app.use(unknownRoute)

  return {
    handle: app.callback(),
    abort() {
      stopping ??= new AgoraError('stopping', 'The daemon is stopping.')
      for (const call of calls) call.abort(stopping)
    },
  }
}

const answerErrors =
  ({ count, log }: Telemetry): ApiMiddleware =>
  async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (ctx.res.headersSent) return log.warn({ err: error, path: ctx.path }, 'an answer broke off')
      await discardBody(ctx.req)
      // Nobody is there any more to be told.
      if (!ctx.writable) return log.debug({ err: error }, 'a caller has gone')
      ctx.respond = true
      const problem = problemOf(error)
      if (problem.code === 'internal') log.error({ err: error, path: ctx.path }, 'a request failed')
      if (problem.status === 429 && !ctx.res.hasHeader('Retry-After')) ctx.set('Retry-After', '1')
      count('requests_refused', { code: problem.code })
      ctx.status = ctx.state.status ?? problem.status
      ctx.type = PROBLEM_TYPE
      // A status of 401 says how to do it (RFC 9110, 15.5.2), also where it was no token that was wrong.
      if (ctx.status === 401 && !ctx.res.hasHeader('WWW-Authenticate'))
        ctx.set('WWW-Authenticate', 'Bearer realm="agora"')
      ctx.body = JSON.stringify({ ...problem, status: ctx.status })
    }
  }

/** The router passed it on: 405 when the path exists, else 404. */
const unknownRoute: ApiMiddleware = (ctx) => {
  const matched = (ctx['matched'] ?? []) as { methods: string[] }[]
  const hint = 'GET /docs and GET /openapi.json name everything there is.'
  if (matched.length === 0) throw new AgoraError('unknown_operation', `There is no ${ctx.path} here.`, { hint })
  const allow = [...new Set(matched.flatMap(({ methods }) => methods))].join(', ')
  ctx.set('Allow', allow)
  ctx.state.status = 405
  throw new AgoraError('unknown_operation', `${ctx.path} takes ${allow}, not ${ctx.method}.`, { hint })
}
