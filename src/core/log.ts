import { existsSync, renameSync, statSync } from 'node:fs'
import { pino } from 'pino'
import type { Log } from './telemetry.ts'

const LOG_MAX = 20 << 20

/** JSON lines to a file of this user's alone. A file past 20 MiB is set aside as `.1` when the daemon starts. */
export function createLog(path: string, level: string): Log & { flush(): void; setLevel(level: string): void } {
  if (existsSync(path) && statSync(path).size > LOG_MAX) renameSync(path, `${path}.1`)
  const destination = pino.destination({ dest: path, mkdir: true, mode: 0o600, sync: true })
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
  return Object.assign(logger, {
    flush: () => destination.flushSync(),
    setLevel(level: string) {
      logger.level = level
    },
  })
}
