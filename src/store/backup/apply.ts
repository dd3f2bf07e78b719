import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Home } from '../home.ts'
import { lockHome } from '../home-lock.ts'
import { syncFolder, writePrivate } from '../private-file.ts'

/** What is to be done so that a home becomes the restored one; written once all that is needed for it lies ready. */
const Plan = z.object({
  /** What is there now and goes: into this folder of the home. */
  aside: z
    .string()
    .regex(/^before-restore-[\w-]{1,64}$/)
    .optional(),
  old: z.array(z.string()),
  /** What comes in its place, from the folder `restoring`. */
  fresh: z.array(z.string()),
})
type Plan = z.output<typeof Plan>

/** From here on the restored node is the one that is there: what is left to do is done now, or by `finishRestore`. The lock is held. */
export function commitRestore(home: Home, plan: Plan): void {
  syncFolder(home.restoring)
  writePrivate(home.restore, `${JSON.stringify(plan)}\n`)
  syncFolder(home.dir)
  apply(home)
}

/**
 * Ends what a process that was killed had begun: a restore that was decided is carried out, one that was not leaves nothing. To be called before anything in the
 * home is read.
 * @throws AgoraError `home_in_use` when a restore is under way now.
 */
export function finishRestore(home: Home): void {
  if (!existsSync(home.restoring) && !existsSync(home.restore)) return
  const unlock = lockHome(home)
  try {
    finishLocked(home)
  } finally {
    unlock()
  }
}

/** The same for whoever has the lock. */
export function finishLocked(home: Home): void {
  if (existsSync(home.restore)) apply(home)
  else rmSync(home.restoring, { recursive: true, force: true })
}

/** Can be cut off anywhere and begun anew: what was moved once is where it belongs. */
function apply(home: Home): void {
  const { aside, old, fresh } = Plan.parse(JSON.parse(readFileSync(home.restore, 'utf8')))
  if (aside !== undefined) {
    const folder = join(home.dir, aside)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of old) {
      // Once it lies there, what has its name in the home is the restored one.
      if (!existsSync(join(folder, name))) moveIfThere(join(home.dir, name), join(folder, name))
    }
    syncFolder(folder)
    syncFolder(home.dir)
  }
  for (const name of fresh) moveIfThere(join(home.restoring, name), join(home.dir, name))
  syncFolder(home.dir)
  rmSync(home.restoring, { recursive: true, force: true })
  rmSync(home.restore, { force: true })
  syncFolder(home.dir)
}

function moveIfThere(from: string, to: string): void {
  if (existsSync(from)) renameSync(from, to)
}
