import type { Clock } from '../base/clock.ts'

/** Callers waiting for something to happen to a key: woken at once when it does, never by looking again and again. */
export interface Waiters {
  /** Resolves true when `wake(key)` is called, false after `ms`; rejects when the signal aborts. */
  wait(key: string, ms: number, signal: AbortSignal): Promise<boolean>
  wake(key: string): void
}

export function createWaiters(clock: Clock): Waiters {
  const waiting = new Map<string, Set<(happened: boolean) => void>>()
  return {
    wait(key, ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const group = waiting.get(key) ?? new Set()
        waiting.set(key, group)
        const leave = () => {
          cancel()
          signal.removeEventListener('abort', onAbort)
          group.delete(finish)
          if (group.size === 0 && waiting.get(key) === group) waiting.delete(key)
        }
        const finish = (happened: boolean) => {
          leave()
          resolve(happened)
        }
        const onAbort = () => {
          leave()
          reject(signal.reason)
        }
        const cancel = clock.after(ms, () => finish(false))
        group.add(finish)
        signal.addEventListener('abort', onAbort, { once: true })
      })
    },
    wake(key) {
      for (const finish of [...(waiting.get(key) ?? [])]) finish(true)
    },
  }
}
