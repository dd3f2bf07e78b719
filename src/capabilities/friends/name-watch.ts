import type { Directory } from '../../core/directory.ts'
import type { Events } from '../../core/events.ts'
import type { ConnectedPeer } from '../../core/network.ts'
import type { PeerBook } from '../../core/peer-book.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import type { Database } from '../../store/database.ts'

/** What was told of so many names is not told again while the node runs. */
const TOLD_MAX = 10_000

interface WatchParts {
  database: Database
  book: PeerBook
  events: Events
  directory: Directory
  telemetry: Telemetry
}

/** Looks at what a peer calls itself: like a friend that it is not, or otherwise than the friend it is. Nothing is changed by either. */
export function nameWatch({ database, book, events, directory, telemetry }: WatchParts) {
  const told = new Set<string>()

  function once(did: string, name: string): boolean {
    const fact = `${did} ${name}`
    if (told.has(fact)) return false
    if (told.size >= TOLD_MAX) told.clear()
    told.add(fact)
    return true
  }

  return async ({ did, name }: Pick<ConnectedPeer, 'did' | 'name'>): Promise<void> => {
    const friend = directory.imitated(did, name)
    const known = book.get(did)
    const isRenamed = known?.named_at !== undefined && known.name !== name
    if ((friend === undefined && !isRenamed) || !once(did, name)) return
    if (friend !== undefined) {
      telemetry.security('name_claimed', did, { name, friend, friend_name: directory.nameOf(friend) })
    }
    if (!isRenamed) return
    await database.write(() =>
      events.emit('friend.renamed', undefined, { did, name: directory.nameOf(did), calls_itself: name }),
    )
  }
}
