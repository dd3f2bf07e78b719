import type { Middleware } from 'koa'
import { AgoraError } from '../base/errors.ts'
import type { Telemetry } from '../core/telemetry.ts'

/** Any port: the daemon may be reached through a forwarded one. Any other name is a rebound one (DNS rebinding). */
const LOCAL_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i

export const CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * Lets pass what can only come from this machine's user or from an origin the operator allowed, so that no web page drives the daemon.
 * Sets the headers that every answer carries.
 */
export function guard({ allowedOrigins, telemetry }: { allowedOrigins: string[]; telemetry: Telemetry }): Middleware {
  const allowed = new Set(allowedOrigins)
  const refuse = (
    code: 'forbidden_host' | 'forbidden_origin',
    remote: string | undefined,
    value: string,
    hint: string,
  ) => {
    telemetry.security(code, remote ?? 'unknown', { value: value.slice(0, 200) })
    const what = code === 'forbidden_host' ? 'Host' : 'origin'
    return new AgoraError(code, `Requests for the ${what} ${JSON.stringify(value.slice(0, 200))} are not answered.`, {
      hint,
    })
  }
  return (ctx, next) => {
    const { req, res } = ctx
    const { host = '', origin } = req.headers
    const remote = req.socket.remoteAddress
    res.setHeader('Cache-Control', 'no-store')
    res.setHeader('Content-Security-Policy', CSP)
    res.setHeader('X-Content-Type-Options', 'nosniff')
    res.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
    res.setHeader('Referrer-Policy', 'no-referrer')
    if (!LOCAL_HOST.test(host)) throw refuse('forbidden_host', remote, host, 'Use 127.0.0.1, localhost or [::1].')
    if (origin === undefined) {
      // No Origin on a plain GET by another site's page; following a link to a page here is harmless.
      const { 'sec-fetch-site': site, 'sec-fetch-mode': mode } = req.headers
      if ((site === 'cross-site' || site === 'same-site') && mode !== 'navigate') {
        throw refuse('forbidden_origin', remote, site, 'Web pages of other sites cannot use this API.')
      }
      return next()
    }
    if (origin === `http://${host}`) return next()
    if (!allowed.has(origin)) {
      throw refuse('forbidden_origin', remote, origin, 'The operator can allow it with the setting allowed_origins.')
    }
    res.setHeader('Access-Control-Allow-Origin', origin)
    res.setHeader('Access-Control-Expose-Headers', 'Retry-After, WWW-Authenticate')
    res.setHeader('Vary', 'Origin')
    if (req.method !== 'OPTIONS') return next()
    res.setHeader('Access-Control-Allow-Methods', 'GET, POST, PATCH, PUT, DELETE')
    res.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, Last-Event-ID')
    res.setHeader('Access-Control-Max-Age', '600')
    ctx.status = 204
    return undefined
  }
}
