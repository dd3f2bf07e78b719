import type { Clock } from '../../base/clock.ts'
import type { Spaces } from '../spaces.ts'

/** Waiting for entries that are under way. */
export interface Arrivals {
  /** Resolves with true as soon as all of these are in the log, with false after `ms`. */
  all(space: string, ids: readonly string[], ms: number): Promise<boolean>
}

export function createArrivals({ clock, spaces }: { clock: Clock; spaces: Spaces }): Arrivals {
  const waiting = new Map<string, Set<() => void>>()
  spaces.onCommitted(({ space, added }) => {
    if (added.length > 0) for (const look of [...(waiting.get(space) ?? [])]) look()
  })
  return {
    all(space, ids, ms) {
      const isHere = () => ids.every((id) => spaces.replica(space).get(id) !== undefined)
      if (isHere()) return Promise.resolve(true)
      return new Promise((resolve) => {
        const those = waiting.get(space) ?? new Set()
        waiting.set(space, those)
        const done = (found: boolean) => {
          cancel()
          those.delete(look)
          if (those.size === 0) waiting.delete(space)
          resolve(found)
        }
        const look = () => {
          if (isHere()) done(true)
        }
        const cancel = clock.after(ms, () => done(false))
        those.add(look)
      })
    },
  }
}
