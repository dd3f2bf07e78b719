import type { Clock } from '../../base/clock.ts'

interface Waiter {
  space: string
  left: Set<string>
  done(all: boolean): void
}

/** Whoever waits for what members of a space know. */
export interface Asking {
  /** Resolves true when all of these have answered, false after `ms`. */
  wait(space: string, dids: readonly string[], ms: number): Promise<boolean>
  /** Something may have come of the space, or of any. */
  look(space?: string): void
}

/** @param hasAnswered also whoever is gone. */
export function createAsking(clock: Clock, hasAnswered: (space: string, did: string) => boolean): Asking {
  const waiters = new Set<Waiter>()
  return {
    wait(space, dids, ms) {
      if (dids.length === 0) return Promise.resolve(true)
      return new Promise((resolve) => {
        const done = (all: boolean) => {
          cancel()
          waiters.delete(waiter)
          resolve(all)
        }
        const waiter: Waiter = { space, left: new Set(dids), done }
        const cancel = clock.after(ms, () => done(false))
        waiters.add(waiter)
      })
    },
    look(space) {
      for (const waiter of waiters) {
        if (space !== undefined && waiter.space !== space) continue
        for (const did of waiter.left) if (hasAnswered(waiter.space, did)) waiter.left.delete(did)
        if (waiter.left.size === 0) waiter.done(true)
      }
    },
  }
}
