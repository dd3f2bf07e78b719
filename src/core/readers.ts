import type { Clock } from '../base/clock.ts'

/**
 * Who reads its mail. A program that is connected, and even calls, but reads nothing is not there for whoever writes to it; so this is asked for waking, and
 * not whether a token was used.
 */
export interface Readers {
  /** Somebody reads the inbox, or waits for mail in it, until the returned function is called. */
  reading(inbox: string): () => void
  isReading(inbox: string): boolean
  /** When somebody last did, in ms since the epoch. Who was there before the daemon started is not known: they are given the benefit of it. */
  lastRead(inbox: string): number
  /** Calls `listener` whenever the last reader of an inbox has left. */
  onLeave(listener: (inbox: string) => void): void
}

export function createReaders(clock: Clock): Readers {
  const startedAt = clock.now()
  const now = new Map<string, number>()
  const last = new Map<string, number>()
  const listeners: ((inbox: string) => void)[] = []
  return {
    reading(inbox) {
      now.set(inbox, (now.get(inbox) ?? 0) + 1)
      return () => {
        const left = (now.get(inbox) ?? 1) - 1
        last.set(inbox, clock.now())
        if (left > 0) now.set(inbox, left)
        else {
          now.delete(inbox)
          for (const listener of listeners) listener(inbox)
        }
      }
    },
    isReading: (inbox) => now.has(inbox),
    lastRead: (inbox) => last.get(inbox) ?? startedAt,
    onLeave: (listener) => void listeners.push(listener),
  }
}
