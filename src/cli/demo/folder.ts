import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AgoraError } from '../../base/errors.ts'
import { runningDaemon } from '../../store/daemon-file.ts'
import { listHomes } from '../../store/home.ts'
import { isLocked, tryLock } from '../../store/home-lock.ts'
import { waitUntil } from '../wait.ts'

/** Where a demo lives: nothing of it is anywhere else. */
export interface DemoFolder {
  dir: string
  /** What AGORA_HOME is for its nodes. */
  homes: string
  /** Gives the folder up and removes it. */
  remove(): void
}

const PREFIX = 'agora-demo-'
/** As `mkdtemp` names it: a folder that somebody has named so themselves is theirs. */
const NAME = /^agora-demo-[A-Za-z0-9]{6}$/
/** Ms for daemons whose demo was killed to end by themselves. */
const PATIENCE = 5000

/** A new folder that only this user can look into, held by this process until it ends. */
export function makeFolder(tmp = tmpdir()): DemoFolder {
  const dir = mkdtempSync(join(tmp, PREFIX))
  const release = tryLock(join(dir, 'lock'))
  // Another demo that clears up was faster, between these two lines.
  if (!release) throw new AgoraError('home_in_use', `${dir} is taken.`, { hint: 'Try again.' })
  return {
    dir,
    homes: join(dir, 'homes'),
    remove() {
      release()
      rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    },
  }
}

/**
 * Removes what demos left that were killed: a folder whose lock nobody holds. Daemons of it have noticed by themselves, and are waited for; one that does not end is
 * killed. Answers with what was removed.
 */
export async function removeLeftovers(tmp = tmpdir()): Promise<string[]> {
  const removed: string[] = []
  for (const entry of readdirSync(tmp)) {
    const dir = join(tmp, entry)
    if (!NAME.test(entry) || !isOurs(dir)) continue
    const release = tryLock(join(dir, 'lock'))
    if (!release) continue
    try {
      await endDaemons(join(dir, 'homes'))
    } finally {
      release()
    }
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    removed.push(dir)
  }
  return removed
}

/** The temporary folder is everybody's: what bears our name there can be another user's, or lead elsewhere. */
function isOurs(dir: string): boolean {
  try {
    const { uid } = lstatSync(dir)
    const lock = lstatSync(join(dir, 'lock'))
    return lstatSync(dir).isDirectory() && lock.isFile() && uid === (process.getuid?.() ?? uid)
  } catch {
    // Gone while we look, or nothing of a demo.
    return false
  }
}

async function endDaemons(homes: string): Promise<void> {
  if (!existsSync(homes)) return
  for (const home of listHomes({ AGORA_HOME: homes })) {
    if (await waitUntil(() => !isLocked(home), PATIENCE)) continue
    const daemon = runningDaemon(home)
    if (daemon) process.kill(daemon.pid, 'SIGKILL')
    await waitUntil(() => !isLocked(home), PATIENCE)
  }
}
