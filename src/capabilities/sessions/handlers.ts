import { createHmac, randomBytes } from 'node:crypto'
import { type Clock, rfc3339 } from '../../base/clock.ts'
import { AgoraError } from '../../base/errors.ts'
import { newId } from '../../base/ids.ts'
import { tokenBucket } from '../../base/token-bucket.ts'
import type { Handlers } from '../../core/dispatch.ts'
import type { Events } from '../../core/events.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { tokenHash } from '../../core/tokens.ts'
import type { Database } from '../../store/database.ts'
import { newToken } from '../../store/private-file.ts'
import type { Session } from './schema.ts'
import { type SessionRow, sessionTables } from './tables.ts'

export const CODE_LIFE = 60_000
export const IDLE_LIFE = 24 * 3_600_000
export const WHOLE_LIFE = 30 * 24 * 3_600_000
/** Codes that wait to be used; more are made only by mistake, and the oldest goes. */
const CODES_MAX = 16
/** Then the one that was not used for longest is signed out. */
const SESSIONS_MAX = 100
/** Wrong codes at once, and then one a second. Nobody can guess 192 bits; whoever tries is to be seen, and not to fill the log. */
const WRONG_AT_ONCE = 10

export interface SessionParts {
  clock: Clock
  database: Database
  events: Events
  telemetry: Telemetry
  /** What `tokenHash` makes of the operator's token. A session lives no longer than the token under which it was opened. */
  operatorHash: string
}

export interface Sessions {
  /** The session whose token has that hash, which counts as use of it. */
  byToken(hash: string): string | undefined
  /** Within a write: notes when each was last used, and ends those whose time has come. */
  expire(): void
  handlers: Pick<Handlers, 'sessions.create' | 'sessions.open' | 'sessions.prove' | 'sessions.list' | 'sessions.end'>
}

/** Who is signed in by a page. Looked up in memory with every call; on disk it outlives the daemon. */
export function createSessions({ clock, database, events, telemetry, operatorHash }: SessionParts): Sessions {
  const tables = sessionTables(database)
  const byId = new Map(tables.all().map((row) => [row.id, row]))
  const byHash = new Map([...byId.values()].map((row) => [row.token_hash, row]))
  const codes = new Map<string, number>()
  const used = new Set<string>()
  const wrong = tokenBucket({ clock, perSecond: 1, burst: WRONG_AT_ONCE })

  const endOf = (row: SessionRow) => Math.min(row.last_used + IDLE_LIFE, row.created_at + WHOLE_LIFE)
  const lives = (row: SessionRow) => row.operator_hash === operatorHash && clock.now() < endOf(row)
  const list = () => [...byId.values()].filter(lives).sort((one, other) => (one.id < other.id ? 1 : -1))

  /** Within a write. */
  function end({ id, token_hash }: SessionRow) {
    tables.remove(id)
    // Before the event is told: the session's own stream ends when it comes.
    database.afterCommit(() => {
      byId.delete(id)
      byHash.delete(token_hash)
    })
    events.emit('session.ended', undefined, { id })
  }

  /** Within a write. */
  function makeRoom() {
    const [oldest] = [...byId.values()].sort((one, other) => one.last_used - other.last_used)
    if (oldest && byId.size >= SESSIONS_MAX) end(oldest)
  }

  function takeCode(code: string) {
    const key = tokenHash(code)
    const until = codes.get(key)
    codes.delete(key)
    // Whoever has a right one is never slowed down: others on this machine could else keep its user out by guessing.
    if (until !== undefined && clock.now() < until) return
    const wait = wrong.take(1)
    if (wait > 0) {
      telemetry.count('rate_limited', { what: 'codes' })
      throw new AgoraError('rate_limited', 'Too many wrong codes.', { hint: `Try again in ${wait} ms.` })
    }
    telemetry.security('bad_code', 'this machine')
    throw new AgoraError('unauthenticated', 'code: this code is wrong, used or too old.', {
      field: 'code',
      hint: '`agora dashboard` makes a new one; it holds for a minute, and for one sign-in.',
    })
  }

  return {
    byToken(hash) {
      const row = byHash.get(hash)
      if (!row || !lives(row)) return undefined
      row.last_used = clock.now()
      used.add(row.id)
      return row.id
    },

    expire() {
      for (const row of byId.values()) {
        if (!lives(row)) end(row)
        else if (used.has(row.id)) tables.used(row.id, row.last_used)
      }
      // After a crash in between, a session seems to be last used a minute earlier than it was.
      database.afterCommit(() => used.clear())
      for (const [code, until] of codes) if (clock.now() >= until) codes.delete(code)
    },

    handlers: {
      'sessions.create': () => {
        const code = randomBytes(24).toString('base64url')
        const until = clock.now() + CODE_LIFE
        const [oldest] = codes.keys()
        if (oldest !== undefined && codes.size >= CODES_MAX) codes.delete(oldest)
        codes.set(tokenHash(code), until)
        return { code, expires_at: rfc3339(until) }
      },

      'sessions.open': async ({ code, label }) => {
        takeCode(code)
        const token = newToken()
        const now = clock.now()
        const row: SessionRow = {
          id: newId(now),
          token_hash: tokenHash(token),
          operator_hash: operatorHash,
          label: label ?? null,
          created_at: now,
          last_used: now,
        }
        await database.write(() => {
          makeRoom()
          tables.insert(row)
          events.emit('session.opened', undefined, { id: row.id })
          database.afterCommit(() => {
            byId.set(row.id, row)
            byHash.set(row.token_hash, row)
          })
        })
        return { id: row.id, token, expires_at: rfc3339(endOf(row)) }
      },

      'sessions.prove': ({ id, nonce }) => {
        const row = byId.get(id)
        if (!row || !lives(row))
          throw new AgoraError('unauthenticated', 'id: no page is signed in under it.', { field: 'id' })
        return {
          proof: createHmac('sha256', row.token_hash).update(`agora session proof\n${nonce}`).digest('base64url'),
        }
      },

      'sessions.list': (_, { actor }) => ({
        items: list().map((row) => view(row, actor.kind === 'operator' && actor.session === row.id)),
      }),

      'sessions.end': async ({ id }) => {
        await database.write(() => {
          const row = byId.get(id)
          if (!row) {
            throw new AgoraError('not_found', `id: no page is signed in as session ${JSON.stringify(id)}.`, {
              field: 'id',
            })
          }
          end(row)
        })
        return { ended: id }
      },
    },
  }

  function view(row: SessionRow, current: boolean): Session {
    return {
      id: row.id,
      ...(row.label === null ? {} : { label: row.label }),
      created_at: rfc3339(row.created_at),
      last_used_at: rfc3339(row.last_used),
      expires_at: rfc3339(endOf(row)),
      current,
    }
  }
}
