import type { Clock } from '../base/clock.ts'

/** So many offences within a minute close the connection. */
const OFFENCES_MAX = 3
const OFFENCE_WINDOW = 60_000
/** Whoever comes with many identities must not grow this without end. */
const OFFENDERS_MAX = 10_000

/** Notes an offence of a peer, and answers whether that was one too many. */
export function createOffences(clock: Clock): (did: string) => boolean {
  const offences = new Map<string, number[]>()
  return (did) => {
    const now = clock.now()
    const recent = (offences.get(did) ?? []).filter((at) => now - at < OFFENCE_WINDOW)
    recent.push(now)
    offences.set(did, recent.slice(-OFFENCES_MAX))
    if (offences.size > OFFENDERS_MAX) offences.delete(offences.keys().next().value ?? did)
    return recent.length >= OFFENCES_MAX
  }
}
