import type { Clock } from '../../src/base/clock.ts'

export interface FakeClock extends Clock {
  /** Lets `ms` pass: runs in order whatever falls due, and after each lets promises and pending I/O have their turn. */
  advance(ms: number): Promise<void>
}

/** A clock that stands still until it is told to move. Begins at `start`, in ms since the epoch. */
export function fakeClock(start = Date.UTC(2026, 10, 1, 12)): FakeClock {
  let now = start
  let order = 0
  const timers = new Map<number, { at: number; run: () => void }>()

  const due = (until: number) =>
    [...timers].filter(([, { at }]) => at <= until).sort(([a, one], [b, other]) => one.at - other.at || a - b)[0]

  return {
    now: () => now,
    after(ms, run) {
      const id = order++
      timers.set(id, { at: now + Math.max(0, ms), run })
      return () => timers.delete(id)
    },
    async advance(ms) {
      const until = now + ms
      await turn()
      for (let next = due(until); next; next = due(until)) {
        const [id, { at, run }] = next
        timers.delete(id)
        now = Math.max(now, at)
        run()
        await turn()
      }
      now = until
      await turn()
    },
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
