import type { Clock } from '../../base/clock.ts'
import { displayLine } from '../../base/text.ts'
import type { Context } from '../context.ts'
import { cut, safeJson } from '../text.ts'
import { agentNames } from './cast.ts'
import type { Step } from './script.ts'

/** Ms between two steps at speed 1, in the first rounds. */
const PAUSE = 2000
/** Later rounds are slower, so that a demo left open for days does not fill the disk. */
const SLOWER = 0.25
const SLOWEST = 12

/** Ms until the next step. */
export const pauseOf = (round: number, speed: number): number =>
  (PAUSE * Math.min(SLOWEST, 1 + Math.max(0, round - 3) * SLOWER)) / speed

const NAMES = Math.max(...agentNames.map(({ length }) => length))

/**
 * Tells the steps, one line each: when, who, what. Of whoever is refused again and again only the first is told.
 */
export function narrator({ io, json, style }: Pick<Context, 'io' | 'json' | 'style'>, clock: Clock) {
  const refused = new Map<string, string>()
  let round = 0
  return async function tell({ who, text, failed, round: now }: Step): Promise<void> {
    if (failed && refused.get(who) === failed.code) return
    if (failed) refused.set(who, failed.code)
    else refused.delete(who)
    if (json) return io.out(`${safeJson({ round: now, who, text, ...(failed && { failed }) })}\n`)
    const head = now === round ? '' : '\n'
    round = now
    const time = new Date(clock.now()).toTimeString().slice(0, 8)
    const line = failed ? `wants to, but is refused (${text}): ${failed.reason}` : text
    const room = Math.max(20, (io.columns ?? 200) - time.length - NAMES - 5)
    const said = cut(displayLine(line), room)
    await io.out(`${head}${style.dim(time)}  ${style.bold(who.padEnd(NAMES))}  ${failed ? style.dim(said) : said}\n`)
  }
}
