import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import type { Database } from '../store/database.ts'
import type { RestoredSpaces } from './restored.ts'
import type { Spaces } from './spaces.ts'
import type { Sync } from './sync.ts'
import type { Telemetry } from './telemetry.ts'

interface CatchUpParts {
  clock: Clock
  self: { did: string }
  database: Database
  spaces: Pick<Spaces, 'members' | 'info'>
  sync: Pick<Sync, 'heard' | 'onHeard'>
  restored: RestoredSpaces
  telemetry: Telemetry
}

/** Ms from when all that are connected were heard: others who know more may be about to connect. */
export const SETTLE_AFTER = 3000

/** Lets this node write again in the spaces of a backup, one by one, as soon as it knows what it had written there. */
export function createCatchUp({ clock, self, database, spaces, sync, restored, telemetry }: CatchUpParts) {
  const planned = new Map<string, () => void>()
  let isRunning = false

  /** Nobody else could know of anything: not even who joins it can have been told. */
  const isAlone = (space: string): boolean => [...spaces.members(space)].every((did) => did === self.did)

  function isHeard(space: string): boolean {
    if (spaces.info(space)?.status === 'member' && isAlone(space)) return true
    const { members, behind } = sync.heard(space)
    return members > 0 && behind === 0
  }

  function look(space: string): void {
    if (!isRunning || !restored.isWaiting(space)) return
    if (!isHeard(space)) {
      planned.get(space)?.()
      planned.delete(space)
    } else if (!planned.has(space))
      planned.set(
        space,
        clock.after(SETTLE_AFTER, () => void settle(space)),
      )
  }

  async function settle(space: string): Promise<void> {
    planned.delete(space)
    try {
      await database.write(() => isRunning && isHeard(space) && restored.settle(space))
    } catch (error) {
      telemetry.log.error({ space, error: messageOf(error) }, 'that a restored space has caught up could not be kept')
    }
  }

  sync.onHeard((space) => {
    if (space !== undefined) look(space)
    else for (const row of restored.list()) look(row.space)
  })
  restored.onSettled((space) => {
    planned.get(space)?.()
    planned.delete(space)
  })

  return {
    start() {
      isRunning = true
      for (const { space } of restored.list()) look(space)
    },
    stop() {
      isRunning = false
      for (const cancel of planned.values()) cancel()
      planned.clear()
    },
  }
}
