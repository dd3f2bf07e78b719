import { createReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename } from 'node:path'
import { Router } from '@koa/router'
import type { DefaultContext, Middleware, ParameterizedContext } from 'koa'
import type { Actor } from '../authority/may.ts'
import type { Operation } from '../contract/operation.ts'
import { ApprovalPending, admit, type Dispatch, parse } from '../core/dispatch.ts'
import { agentInbox, type Events, OPERATOR_INBOX } from '../core/events.ts'
import { type AnyOperation, operations } from '../operations.ts'
import { type Caller, type CallerParts, createCallers } from './callers.ts'
import { serveDashboard } from './dashboard.ts'
import { DOCS_CSP, docsPage } from './docs.ts'
import { EventsInput, streamEvents } from './events.ts'
import { inputOf, readBody } from './input.ts'
import { openApi } from './openapi.ts'
import { type PageName, pages } from './pages.ts'

export interface ApiState {
  /** Who calls; undefined where no token is needed. */
  caller?: Caller
  /** The JSON that was sent; undefined when nothing was. */
  body?: unknown
  /** A status that says more than the kind of the error does. */
  status?: number
}
export type ApiContext = ParameterizedContext<ApiState, DefaultContext>
export type ApiMiddleware = Middleware<ApiState, DefaultContext>

export interface RouterParts extends CallerParts {
  dispatch: Dispatch
  events: Events
  metrics(): Promise<{ contentType: string; body: string }>
  /** Where a backup lies. @throws AgoraError `not_found` */
  backup(id: string): { path: string; bytes: number }
  version: string
  /** The folder of the built dashboard. */
  dashboard: string
  /** Answers a request of streamable HTTP whose token was checked; what may be called with it is decided for each call. */
  mcp?: (req: IncomingMessage, res: ServerResponse, body: unknown, caller: Caller) => Promise<void>
  /** Calls that are being answered; each aborts when its caller has gone. */
  calls: Set<AbortController>
}

/** The routes: what is in the table by one loop, then the pages. */
export function createRouter(parts: RouterParts): Router<ApiState> {
  const { calls, dispatch, telemetry } = parts
  const callerOf = createCallers(parts)

  const identify: ApiMiddleware = (ctx, next) => {
    ctx.state.caller = callerOf(ctx)
    return next()
  }
  const signalOf = ({ res }: ApiContext): AbortSignal => {
    const call = new AbortController()
    calls.add(call)
    res.once('close', () => {
      calls.delete(call)
      if (!res.writableFinished) call.abort()
    })
    return call.signal
  }
  const run =
    ({ name, http }: AnyOperation): ApiMiddleware =>
    async (ctx) => {
      const { caller } = ctx.state
      const result = await dispatch.call(name, actorOf(ctx), inputOf(ctx), signalOf(ctx))
      // A read may have waited for minutes; what it found is not for whoever has lost the token meanwhile.
      if (http.method === 'GET') caller?.assertStillValid()
      telemetry.count('requests_served', { operation: name })
      ctx.status = result instanceof ApprovalPending ? 202 : 'status' in http ? http.status : 200
      ctx.res.setHeader('Content-Type', 'application/json; charset=utf-8')
      ctx.body = JSON.stringify(result)
    }

  const router = new Router<ApiState>({ sensitive: true, strict: true })
  for (const operation of operations) {
    const { method, path } = operation.http
    const steps = [run(operation)]
    if (method !== 'GET' && method !== 'DELETE') steps.unshift(readBody)
    if (operation.who !== 'anyone') steps.unshift(identify)
    router.register(path, [method], steps)
  }
  const { mcp } = parts
  if (mcp) {
    const speak: ApiMiddleware = async (ctx) => {
      try {
        await mcp(ctx.req, ctx.res, ctx.state.body, callerIn(ctx))
      } catch (error) {
        // What fails before anything was said is answered like any other fault.
        if (ctx.res.headersSent) ctx.respond = false
        throw error
      }
      ctx.respond = false
    }
    router.register('/mcp', ['POST'], [identify, readBody, speak])
    router.register('/mcp', ['GET', 'DELETE'], [identify, speak])
  }
  const dashboard = serveDashboard(parts.dashboard)
  const serve = servePages(parts, dashboard.page, signalOf)
  for (const { name, who, http } of pages) {
    const steps = [ask({ name, who }), serve[name]]
    if (who !== 'anyone') steps.unshift(identify)
    router.register(http.path, [http.method], steps)
  }
  router.register('/assets/:file', ['GET'], [dashboard.asset])
  return router
}

const actorOf = ({ state: { caller } }: ApiContext): Actor => caller?.actor ?? { kind: 'nobody' }

/** The pages are no operations, which ask by being dispatched. */
const ask =
  (page: Pick<Operation, 'name' | 'who'>): ApiMiddleware =>
  (ctx, next) => {
    admit(actorOf(ctx), page)
    return next()
  }

function callerIn({ state: { caller } }: ApiContext): Caller {
  if (!caller) throw new TypeError('this route asks for a token first')
  return caller
}

function servePages(
  { clock, events, metrics, backup, version }: RouterParts,
  dashboard: ApiMiddleware,
  signalOf: (ctx: ApiContext) => AbortSignal,
): Record<PageName, ApiMiddleware> {
  let openApiText: string | undefined
  let docsText: string | undefined
  return {
    dashboard,
    async events(ctx) {
      const { actor, stillValid } = callerIn(ctx)
      const { after, types } = parse(EventsInput, {
        ...ctx.query,
        ...(ctx.get('Last-Event-ID') !== '' && { after: ctx.get('Last-Event-ID') }),
      })
      if (ctx.method === 'HEAD') {
        ctx.type = 'text/event-stream'
        ctx.body = ''
        return
      }
      ctx.respond = false
      const inbox = actor.kind === 'agent' ? agentInbox(actor.name) : OPERATOR_INBOX
      await streamEvents(ctx.res, {
        clock,
        events,
        inbox,
        after,
        types,
        signal: signalOf(ctx),
        stillAllowed: stillValid,
      })
    },
    async metrics(ctx) {
      const { contentType, body } = await metrics()
      ctx.set('Content-Type', contentType)
      ctx.body = body
    },
    backup(ctx) {
      const { path, bytes } = backup(String(ctx['params'].id))
      ctx.set('Content-Type', 'application/octet-stream')
      ctx.attachment(basename(path))
      ctx.length = bytes
      ctx.body = ctx.method === 'HEAD' ? '' : createReadStream(path)
    },
    openapi(ctx) {
      openApiText ??= JSON.stringify(openApi(version))
      ctx.type = 'json'
      ctx.body = openApiText
    },
    docs(ctx) {
      docsText ??= docsPage(version)
      ctx.set('Content-Security-Policy', DOCS_CSP)
      ctx.type = 'html'
      ctx.body = docsText
    },
  }
}
