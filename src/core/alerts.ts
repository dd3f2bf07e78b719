import type { Clock } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { Place } from '../log/types.ts'
import { type Database, sqlBuilder } from '../store/database.ts'
import type { Events } from './events.ts'

/** Something the operator should know of: a thing that somebody did and must not, or that is not as it was. */
export interface AlertRow {
  id: string
  /** What happened, as the events `security.<reason>` name it. */
  reason: string
  /** A DID or an address; empty where many are told of together. */
  who: string
  /** What of `who` it is about, where one can be told of several things; empty else. */
  about: string
  /** JSON of the latest. */
  detail: string
  count: number
  first_at: number
  last_at: number
  dismissed_at: number | null
}

export interface Raised {
  reason: string
  who: string
  detail?: Record<string, unknown>
  /** How often it happened since it was raised last. */
  times?: number
}

export interface Alerts {
  /** Within a write: notes it. One alert tells of the same thing however often it comes; an event `alert.raised` says that there is news. */
  raise(alert: Raised): void
  /** Whether it was told before, also when that was dismissed. */
  isKnown(alert: Raised): boolean
  /** The latest first. */
  list(query: { status: 'open' | 'dismissed' | 'all'; before?: Place | undefined; limit: number }): AlertRow[]
  openCount(): number
  /** At most two that begin or end so: one is meant, more are too many. */
  like(id: string): AlertRow[]
  /** Within a write; answers whether it was open. */
  dismiss(id: string): boolean
  /** Within a write: forgets the oldest of those that were dismissed. */
  trim(): void
}

/** What is so, and is not said anew for having been so before; all else comes again when it happens again. */
const STANDING = new Set(['name_claimed', 'friend_renamed', 'owner_changed', 'project_fork'])
/** Ms for which what was dismissed does not come again. */
const QUIET = 86_400_000
/** So many of one reason are told of one by one: identities cost nothing, and whoever has many would bury all else. */
const EACH_MAX = 50
const DISMISSED_MAX = 1000
const TEXT_MAX = 500
const sql = sqlBuilder<{ alerts: AlertRow }>()
const all = () => sql.selectFrom('alerts').selectAll()

/** The alerts of this node, on disk: what was told once is not told again for a restart. */
export function createAlerts({
  clock,
  database,
  events,
}: {
  clock: Clock
  database: Database
  events: Events
}): Alerts {
  const count = (reason?: string) => {
    const query = sql
      .selectFrom('alerts')
      .select((e) => e.fn.countAll().as('count'))
      .where('dismissed_at', 'is', null)
    return Number(database.first(reason === undefined ? query : query.where('reason', '=', reason))?.count ?? 0)
  }
  const of = ({ reason, who, about }: Pick<AlertRow, 'reason' | 'who' | 'about'>): AlertRow | undefined =>
    database.first(all().where('reason', '=', reason).where('who', '=', who).where('about', '=', about))
  const find = ({ reason, who, detail = {} }: Raised) => of({ reason, who, about: aboutOf(reason, detail) })

  function add(subject: Pick<AlertRow, 'reason' | 'who' | 'about'>, detail: string, times: number) {
    const now = clock.now()
    const row = { id: newId(now), ...subject, detail, count: times, first_at: now, last_at: now, dismissed_at: null }
    database.run(sql.insertInto('alerts').values(row))
    tell(row)
  }

  function again(row: AlertRow, detail: string, times: number) {
    const now = clock.now()
    const isOver = row.dismissed_at !== null && !STANDING.has(row.reason) && now - row.dismissed_at >= QUIET
    const anew = isOver ? { count: times, first_at: now, dismissed_at: null } : { count: row.count + times }
    database.run(
      sql
        .updateTable('alerts')
        .set({ ...anew, detail, last_at: now })
        .where('id', '=', row.id),
    )
    if (isOver) tell(row)
  }

  const tell = ({ id, reason, who }: AlertRow) => events.emit('alert.raised', undefined, { id, reason, who })

  return {
    raise(alert) {
      const { reason, who, detail = {}, times = 1 } = alert
      const text = JSON.stringify(detail, (_, value) => (typeof value === 'string' ? value.slice(0, TEXT_MAX) : value))
      const known = find(alert)
      if (known) return again(known, text, times)
      if (count(reason) < EACH_MAX) return add({ reason, who, about: aboutOf(reason, detail) }, text, times)
      const others = { reason, who: '', about: '' }
      const together = of(others)
      return together ? again(together, '{}', times) : add(others, '{}', times)
    },
    isKnown: (alert) => find(alert) !== undefined,
    list({ status, before, limit }) {
      let query = all().orderBy('last_at', 'desc').orderBy('id', 'desc').limit(limit)
      if (status !== 'all') query = query.where('dismissed_at', status === 'open' ? 'is' : 'is not', null)
      if (before) query = query.where((e) => e(e.refTuple('last_at', 'id'), '<', e.tuple(before.lamport, before.id)))
      return database.all(query)
    },
    openCount: () => count(),
    like: (id) =>
      database.all(
        all()
          .where((e) => e.or([e('id', 'like', `${id}%`), e('id', 'like', `%${id}`)]))
          .limit(2),
      ),
    dismiss(id) {
      const set = sql.updateTable('alerts').set({ dismissed_at: clock.now() })
      return database.run(set.where('id', '=', id).where('dismissed_at', 'is', null)).changes > 0
    },
    trim() {
      const old = sql
        .selectFrom('alerts')
        .select('id')
        .where('dismissed_at', 'is not', null)
        .orderBy('last_at', 'desc')
        .limit(-1)
        .offset(DISMISSED_MAX)
      database.run(sql.deleteFrom('alerts').where('id', 'in', old))
    },
  }
}

/** What tells two alerts of one reason about the same peer apart. */
function aboutOf(reason: string, detail: Record<string, unknown>): string {
  const fields =
    reason === 'denied_in_project'
      ? ['project', 'operation']
      : reason === 'project_fork' || reason.startsWith('entry_')
        ? ['project_id', 'space']
        : ['name', 'calls_itself', 'address', 'value', 'owner']
  return fields
    .map((field) => detail[field])
    .filter((value) => typeof value === 'string')
    .join(' ')
    .slice(0, TEXT_MAX)
}
