import type { Alerts } from '../../core/alerts.ts'
import type { Directory } from '../../core/directory.ts'
import type { Events } from '../../core/events.ts'
import type { ConnectedPeer } from '../../core/network.ts'
import type { PeerBook } from '../../core/peer-book.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import type { Database } from '../../store/database.ts'

interface WatchParts {
  database: Database
  book: PeerBook
  events: Events
  directory: Directory
  telemetry: Telemetry
  alerts: Alerts
}

/**
 * Looks at what a peer calls itself: like a friend that it is not, or otherwise than the friend it is. Nothing is changed by either, and each is told once:
 * the alerts remember.
 */
export function nameWatch({ database, book, events, directory, telemetry, alerts }: WatchParts) {
  async function watchImitation(did: string, name: string): Promise<void> {
    const friend = directory.imitated(did, name)
    if (friend === undefined) return
    const claim = { reason: 'name_claimed', who: did, detail: { name, friend, friend_name: directory.nameOf(friend) } }
    if (alerts.isKnown(claim)) await database.later(() => alerts.raise(claim))
    else telemetry.security(claim.reason, did, claim.detail)
  }

  async function watchRenaming(did: string, name: string): Promise<void> {
    const known = book.get(did)
    if (known?.named_at === undefined || known.name === name) return
    const renaming = { did, name: directory.nameOf(did), calls_itself: name }
    const alert = { reason: 'friend_renamed', who: did, detail: { calls_itself: name } }
    await database.write(() => {
      if (!alerts.isKnown(alert)) events.emit('friend.renamed', undefined, renaming)
      alerts.raise(alert)
    })
  }

  return async ({ did, name }: Pick<ConnectedPeer, 'did' | 'name'>): Promise<void> => {
    await watchImitation(did, name)
    await watchRenaming(did, name)
  }
}
