import { nodeOf } from '../../base/did.ts'
import { inboxOf } from '../../core/events.ts'
import type { Placed } from '../../log/types.ts'
import { standingAt } from '../../spaces/thread-facts.ts'
import type { ThreadParts } from './parts.ts'
import type { ThreadReplica } from './views.ts'

/** Threads are short-lived talks: all of one is one conversation. */
export const TOPIC = 'thread'

/** What is told of by itself at once; more comes as one number. */
const TOLD_MAX = 100

/** Brings what is said in threads to the inboxes of those of this node who take part, whichever way it came, once. */
export function deliverThreads({
  self,
  events,
  spaces,
  mail,
}: Pick<ThreadParts, 'self' | 'events' | 'spaces' | 'mail'>): void {
  const isHere = (did: string) => nodeOf(did) === self.did

  function take(space: string, log: ThreadReplica, entry: Placed): void {
    const { acts, standing } = log.judgement()
    // What was said before they were added is history; after they were removed nothing is for them.
    const then = standingAt(acts, entry)?.participants
    const to = [...(standing?.participants.keys() ?? [])].filter((did) => isHere(did) && then?.has(did))
    const { reply_to } = entry.body
    const answers = typeof reply_to === 'string' ? log.get(reply_to) : undefined
    mail.deliver({ space, entry, topic: TOPIC, to, ...(answers ? { answers } : {}) })
  }

  function tellOfEnd(thread_id: string, log: ThreadReplica, { author: by }: Placed): void {
    for (const did of log.judgement().standing?.participants.keys() ?? []) {
      if (isHere(did)) events.emit('thread.ended', inboxOf(did), { thread_id, by })
    }
  }

  spaces.onEntries(({ space, kind, replica, added, changed }) => {
    if (kind !== 'thread') return
    const log = replica as ThreadReplica
    // For the operator alone, who sees every thread of the node: agents are told by their inboxes.
    if (added.length > TOLD_MAX) events.emit('thread.entries', undefined, { thread_id: space, count: added.length })
    else
      for (const { id, type, author } of added)
        events.emit('thread.entry', undefined, { thread_id: space, id, entry_type: type, author })
    const fresh = added.filter(({ id }) => log.verdict(id)?.state === 'counts')
    const freed = changed.filter(({ after }) => after.state === 'counts').map(({ entry }) => entry)
    for (const entry of [...fresh, ...freed]) {
      if (entry.type === 'thread.message') take(space, log, entry)
      if (entry.type === 'thread.close') tellOfEnd(space, log, entry)
    }
  })
}
