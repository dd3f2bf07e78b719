import type { Clock } from './clock.ts'

export interface TokenBucket {
  /**
   * Takes `n` tokens if they are there and answers 0; else takes nothing and answers in how many ms to ask again. More than
   * `burst` are granted from a full bucket, and the debt is paid off before the next.
   */
  take(n?: number): number
  /** Takes `n` tokens whether or not they are there; what is missing is a debt. For what was had already. */
  spend(n: number): void
}

/** Parts of a token that only rounding has lost. */
const ROUNDING = 1e-6

/** Allows `perSecond` on average and `burst` at once; full at first. */
export function tokenBucket({
  clock,
  perSecond,
  burst,
}: {
  clock: Clock
  perSecond: number
  burst: number
}): TokenBucket {
  let tokens = burst
  let at = clock.now()
  function fill() {
    const now = clock.now()
    // A clock that was set back gives nothing, and takes nothing away.
    tokens = Math.min(burst, tokens + (Math.max(0, now - at) * perSecond) / 1000)
    at = now
  }
  return {
    spend(n) {
      fill()
      tokens -= n
    },
    take(n = 1) {
      fill()
      const missing = Math.min(n, burst) - tokens
      if (missing > ROUNDING) return Math.max(1, Math.ceil(((missing - ROUNDING) * 1000) / perSecond))
      tokens -= n
      return 0
    },
  }
}
