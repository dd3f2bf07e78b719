import { displayLine } from '../base/text.ts'
import type { Context } from './context.ts'
import { safeJson } from './text.ts'

const levels: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }

/** One line of the log for people, or as it is with `--format json`; undefined when it is not asked for. */
export function logLine(
  line: string,
  { inputs, json, style }: Pick<Context, 'inputs' | 'json' | 'style'>,
): string | undefined {
  const entry = parsed(line)
  if (inputs.flag('security') && !isSecurity(entry)) return undefined
  if (json) return safeJson(entry ?? { msg: line })
  if (!entry) return displayLine(line)
  const { level, time, msg, pid: _, hostname: __, name: ___, code, detail, ...rest } = entry
  const word = typeof level === 'number' ? (levels[level] ?? String(level)) : String(level ?? (code ? 'error' : 'info'))
  const colour = word === 'error' || word === 'fatal' ? style.red : word === 'warn' ? style.yellow : style.dim
  const fields = Object.entries({ ...(code === undefined ? {} : { code }), ...rest }).map(
    ([key, value]) => `${key}=${typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : safeJson(value)}`,
  )
  const text = displayLine(String(msg ?? detail ?? ''))
  return `${clockTime(time)} ${colour(word.padEnd(5))} ${text}${fields.length > 0 ? style.dim(`  ${displayLine(fields.join(' '))}`) : ''}`
}

const clockTime = (time: unknown): string => {
  const date = new Date(typeof time === 'number' || typeof time === 'string' ? time : Number.NaN)
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString().slice(0, 19).replace('T', ' ')
}

/** The daemon marks what belongs to the security log by a field `security` that holds the reason. */
const isSecurity = (entry: Record<string, unknown> | undefined): boolean => entry?.['security'] !== undefined

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    // Standard output and error of a daemon in the background go to the same file: any text may stand there.
    return undefined
  }
}
