import { type Clock, every } from '../../base/clock.ts'

const LOOK = 1000

/**
 * Calls `end` when whoever started this process is gone: killed, it could not pass on a signal. `started`: what the launcher says in
 * AGORA_STARTED_BY, `pid:parent`. Returns what ends the watch.
 */
export function watchParents(clock: Clock, started: string | undefined, end: () => void): () => void {
  const parent = process.ppid
  // In another namespace they may be nobody from the beginning.
  const others = (started ?? '').split(':').map(Number).filter(isThere)
  return every(clock, LOOK, () => {
    if (process.ppid !== parent || !others.every(isThere)) end()
  })
}

function isThere(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Another user's is there all the same.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
