import { collectDefaultMetrics, Gauge, Counter as PrometheusCounter, Registry } from 'prom-client'
import type { Clock } from '../base/clock.ts'
import type { Database } from '../store/database.ts'
import type { Alerts } from './alerts.ts'
import type { Events } from './events.ts'
import { type Counter, counters, type Log, type Telemetry } from './telemetry.ts'

const SECURITY_PAUSE = 60_000
const WATCHED_MAX = 10_000

const labelNames: Partial<Record<Counter, string[]>> = {
  envelopes_received: ['type'],
  envelopes_refused: ['reason'],
  envelopes_repeated: ['type'],
  envelopes_sent: ['type'],
  entries_refused: ['reason'],
  frames_ignored: ['what'],
  requests_refused: ['code'],
  requests_served: ['operation'],
  peers_refused: ['reason'],
  rate_limited: ['what'],
}

export interface Metrics {
  /** Prometheus text exposition. */
  render(): Promise<{ contentType: string; body: string }>
  /** A value read when `/metrics` is asked for, as `agora_<name>`. */
  gauge(name: string, help: string, read: () => number): void
}

/** Counters for `/metrics` and the security log, in one place because they tell of the same things. */
export function createTelemetry({
  clock,
  log,
  record,
}: {
  clock: Clock
  log: Log
  /** Keeps an event of the security log. */
  record: (type: string, data: Record<string, unknown>) => void
}): { telemetry: Telemetry; metrics: Metrics } {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'agora_' })
  const security = new PrometheusCounter({
    name: 'agora_security_total',
    help: 'Things peers or callers did that they must not, by reason',
    labelNames: ['reason'],
    registers: [registry],
  })
  const made = new Map<Counter, PrometheusCounter>()
  for (const [name, help] of Object.entries(counters) as [Counter, string][]) {
    made.set(
      name,
      new PrometheusCounter({
        name: `agora_${name}_total`,
        help,
        labelNames: labelNames[name] ?? [],
        registers: [registry],
      }),
    )
  }
  const recent = new Map<string, { at: number; more: number }>()

  return {
    telemetry: {
      log,
      count(counter, labels = {}, by = 1) {
        // A label that was not foreseen is left out rather than thrown about.
        const known = Object.entries(labels).filter(([label]) => labelNames[counter]?.includes(label))
        made.get(counter)?.inc(Object.fromEntries(known), by)
      },
      security(reason, who, detail = {}) {
        security.inc({ reason })
        const key = `${reason} ${who}`
        const now = clock.now()
        const before = recent.get(key)
        if (before && now - before.at < SECURITY_PAUSE) {
          before.more++
          return
        }
        if (recent.size >= WATCHED_MAX) recent.clear()
        recent.set(key, { at: now, more: 0 })
        const entry = { who, ...detail, ...(before && before.more > 0 ? { more_before: before.more } : {}) }
        log.warn({ security: reason, ...entry }, 'refused')
        record(`security.${reason}`, entry)
      },
    },
    metrics: {
      render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
      gauge(name, help, read) {
        new Gauge({
          name: `agora_${name}`,
          help,
          registers: [registry],
          collect() {
            this.set(read())
          },
        })
      },
    },
  }
}

interface RecorderParts {
  database: Database
  events: Events
  alerts: Pick<Alerts, 'raise'>
  log: Log
}

/** Keeps security events on disk, and what they come to for the operator, in a write of their own. */
export const securityRecorder =
  ({ database, events, alerts, log }: RecorderParts) =>
  (type: string, data: Record<string, unknown>): void => {
    const { who, more_before: before, ...detail } = data
    const times = 1 + (typeof before === 'number' ? before : 0)
    database
      .write(() => {
        events.emit(type, undefined, data)
        alerts.raise({ reason: type.slice('security.'.length), who: String(who), detail, times })
      })
      .catch((error) => log.error({ type, error: String(error) }, 'a security event could not be kept'))
  }
