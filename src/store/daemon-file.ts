import { readFileSync, rmSync } from 'node:fs'
import { writePrivate } from './private-file.ts'

/** What a healthy daemon leaves in its home for those who want to talk to it. */
export interface DaemonInfo {
  pid: number
  name: string
  did: string
  /** The port for peers and that of the API, as they are: never 0. */
  port: number
  api_port: number
  api_url: string
  started_at: string
  version: string
}

/** A home, as far as this file needs it. */
interface Place {
  daemon: string
}

export const writeDaemonInfo = (home: Place, info: DaemonInfo): void =>
  writePrivate(home.daemon, `${JSON.stringify(info, null, 2)}\n`)

export const removeDaemonInfo = (home: Place): void => rmSync(home.daemon, { force: true })

/** What daemon.json says, though the daemon may be dead; undefined when there is none, or none that can be read. */
export function readDaemonInfo(home: Place): DaemonInfo | undefined {
  try {
    const info = JSON.parse(readFileSync(home.daemon, 'utf8')) as Partial<DaemonInfo>
    const fit = Number.isInteger(info.pid) && Number(info.pid) > 0 && typeof info.api_url === 'string'
    return fit ? (info as DaemonInfo) : undefined
  } catch {
    // No file, or one that a dying machine left: either way no daemon is known.
    return undefined
  }
}

/**
 * The daemon of this home, when its process lives and is ours. Its token must be sent to nobody else, and a port that a dead
 * daemon held may have been taken by another user's program, so what a dead one left is not believed.
 */
export function runningDaemon(home: Place): DaemonInfo | undefined {
  const info = readDaemonInfo(home)
  return info && isAlive(info.pid) ? info : undefined
}

/** Whether a process of this user has that id, and has not ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    // ESRCH: no such process. EPERM: one of another user, so not a daemon of ours.
    return false
  }
  return !isZombie(pid)
}

/** Whether it has ended and only waits for its parent to ask how, which in containers may be for ever. See proc_pid_stat(5). */
function isZombie(pid: number): boolean {
  try {
    return /^.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    // No such file system: then nothing more can be known.
    return false
  }
}
