import type { Telemetry } from '../../src/core/telemetry.ts'

/** Telemetry that keeps what it is told: counters as `name label`, security reports as `reason who`. */
export function recordedTelemetry() {
  const counts: string[] = []
  const security: string[] = []
  const errors: object[] = []
  const none = () => undefined
  const telemetry: Telemetry = {
    log: { debug: none, info: none, warn: none, error: (fields) => errors.push(fields) },
    count: (counter, labels = {}) => counts.push([counter, ...Object.values(labels)].join(' ')),
    security: (reason, who) => security.push(`${reason} ${who}`),
  }
  return { telemetry, counts, security, errors }
}
