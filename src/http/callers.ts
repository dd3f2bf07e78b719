import type { Context } from 'koa'
import type { Actor } from '../authority/may.ts'
import type { Clock } from '../base/clock.ts'
import { AgoraError } from '../base/errors.ts'
import { type TokenBucket, tokenBucket } from '../base/token-bucket.ts'
import type { Telemetry } from '../core/telemetry.ts'

/** Whoever called, and whether the token they showed still holds: it may be replaced while a call waits. */
export interface Caller {
  actor: Actor
  stillValid(): boolean
  /** @throws AgoraError `unauthenticated` when it does not. */
  assertStillValid(): void
}

export interface CallerParts {
  clock: Clock
  telemetry: Telemetry
  /** Compares in constant time. */
  authenticate(token: string): Actor | undefined
  requestsPerSecond: number
}

const BEARER = /^Bearer ([\x21-\x7e]{1,512})$/i
const BURST_SECONDS = 2

/**
 * Tells who calls by the bearer token, and slows callers down to `requestsPerSecond` each.
 * The result throws AgoraError `unauthenticated` or `rate_limited`, with the headers that belong to it set.
 */
export function createCallers({ clock, telemetry, authenticate, requestsPerSecond }: CallerParts) {
  const buckets = new Map<string, TokenBucket>()
  const bucketOf = (key: string) => {
    let bucket = buckets.get(key)
    if (!bucket) {
      // Agents come and go; who is forgotten merely starts with a full bucket again.
      if (buckets.size >= 4096) buckets.clear()
      bucket = tokenBucket({ clock, perSecond: requestsPerSecond, burst: requestsPerSecond * BURST_SECONDS })
      buckets.set(key, bucket)
    }
    return bucket
  }
  return ({ req, res }: Context): Caller => {
    const { authorization } = req.headers
    if (authorization === undefined) {
      res.setHeader('WWW-Authenticate', 'Bearer realm="agora"')
      throw new AgoraError('unauthenticated', 'This call needs a token.', {
        hint: 'Send it as `Authorization: Bearer <token>`; `agora token` and `agora agents token <name>` tell it.',
      })
    }
    const token = BEARER.exec(authorization)?.[1] ?? ''
    const actor = token === '' ? undefined : authenticate(token)
    if (!actor) {
      telemetry.security('bad_token', req.socket.remoteAddress ?? 'unknown')
      res.setHeader('WWW-Authenticate', 'Bearer realm="agora", error="invalid_token"')
      throw new AgoraError('unauthenticated', 'This token is not valid here, or no longer.', {
        hint: '`agora token` and `agora agents token <name>` tell the present ones.',
      })
    }
    const key = keyOf(actor)
    const wait = bucketOf(key).take()
    if (wait > 0) {
      telemetry.count('rate_limited', { what: 'api' })
      res.setHeader('Retry-After', String(Math.ceil(wait / 1000)))
      throw new AgoraError('rate_limited', `More than ${requestsPerSecond} requests a second.`, {
        hint: `Try again in ${wait} ms. The operator can raise the setting requests_per_second.`,
      })
    }
    const stillValid = () => keyOf(authenticate(token)) === key
    return {
      actor,
      stillValid,
      assertStillValid() {
        if (!stillValid()) throw new AgoraError('unauthenticated', 'The token was withdrawn while this call waited.')
      },
    }
  }
}

/** Each page that is signed in is a caller of its own. */
function keyOf(actor: Actor | undefined): string {
  if (!actor || !('did' in actor)) return ''
  return `${actor.kind} ${actor.did} ${(actor.kind === 'operator' && actor.session) || ''}`
}
