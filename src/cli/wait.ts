import { setTimeout as pause } from 'node:timers/promises'

/**
 * Looks every 50 ms until `done`, for at most `ms`; whether it came to that. For other processes, which cannot tell us: by real time,
 * and with timers that keep this process alive.
 */
export async function waitUntil(done: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const end = performance.now() + ms
  while (!(await done())) {
    if (performance.now() >= end) return false
    await pause(50)
  }
  return true
}
