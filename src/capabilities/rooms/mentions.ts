import { nodeOf, parseDid } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { inboxOf } from '../../core/events.ts'
import type { SpaceNews } from '../../core/spaces.ts'
import type { Placed } from '../../log/types.ts'
import { type ProjectStanding, standingOf } from '../../spaces/project.ts'
import type { RoomParts } from './parts.ts'
import { MENTIONS_MAX, mentionedRole, mentionsIn, readRoomMessage, roomsOf } from './rules.ts'
import type { RoomReplica } from './views.ts'

/** Entries that tell that something was done: agents may speak on as after a word of a person. */
const PROGRESS = new Set(['task.update', 'task.claim', 'task.complete'])

/**
 * Whom a text names, of those who are in the project: DIDs and `role:…`; and what names nobody there. Decided once, by whoever writes: others may call them
 * otherwise.
 * @throws AgoraError `ambiguous_name` with the candidates.
 */
export function namedIn({ projects }: Pick<RoomParts, 'projects'>, project: string, text: string) {
  const mentions = new Set<string>()
  const nobody: string[] = []
  for (const name of mentionsIn(text)) {
    const found = name.startsWith('role:') ? mentionedRole(name) && name : member(name)
    if (found === undefined) nobody.push(name)
    else mentions.add(found)
  }
  if (mentions.size > MENTIONS_MAX) {
    throw new AgoraError('invalid_input', `body: a message names at most ${MENTIONS_MAX}; name a role instead.`, {
      field: 'body',
    })
  }
  return { mentions: [...mentions], nobody }

  function member(name: string): string | undefined {
    try {
      return projects.member(project, name, 'body')
    } catch (error) {
      // An @ in a text need not mean anybody.
      if (error instanceof AgoraError && error.code !== 'ambiguous_name' && error.kind !== 'internal') return undefined
      throw error
    }
  }
}

/** Brings what names somebody of this node to their inboxes, whichever way the entry came, once. */
export function deliverMentions({ self, events, spaces, mail }: RoomParts): void {
  function onThisNode(mentions: readonly string[], standing: ProjectStanding): string[] {
    const named = mentions.flatMap((mention) => {
      const role = mentionedRole(mention)
      if (role === undefined) return [mention]
      const agents = [...standing.agentRoles].filter(([, given]) => given === role).map(([did]) => did)
      return standing.roleOf(self.did)?.role === role ? [self.did, ...agents] : agents
    })
    return [...new Set(named)].filter((did) => nodeOf(did) === self.did)
  }

  /** Whether its writer had seen anything of this node: what was said before that is history here. */
  const isForUs = (log: RoomReplica, entry: Placed): boolean =>
    entry.node === self.did ||
    log
      .log()
      .chains()
      .some(({ chain, node }) => node === self.did && (entry.clock[chain] ?? 0) > 0)

  function take(space: string, log: RoomReplica, entry: Placed): void {
    const facts = readRoomMessage(entry.body)
    if (!facts || !isForUs(log, entry)) return
    const { room, mentions, reply_to } = facts
    // What agents say to nobody wakes nobody, and cannot go in circles.
    if (mentions.length === 0 && parseDid(entry.author).agent !== undefined) return
    const to = onThisNode(mentions, standingOf(log.judgement()))
    const answers = reply_to === undefined ? undefined : log.get(reply_to)
    const delivered = mail.deliver({ space, entry, topic: room, to, ...(answers ? { answers } : {}) })
    if (!delivered) return
    for (const did of to) {
      const data = { project_id: space, room, id: entry.id, from: entry.author }
      if (did !== entry.author) events.emit('room.mention', inboxOf(did), data)
    }
  }

  spaces.onEntries(({ space, kind, replica, added, changed }: SpaceNews) => {
    if (kind !== 'project') return
    const log = replica as RoomReplica
    // Others first: of a log that catches up most is no concern of these.
    const fresh = added.filter(
      ({ id, type }) => (type === 'room.message' || PROGRESS.has(type)) && log.verdict(id)?.state === 'counts',
    )
    const freed = changed.filter(({ after }) => after.state === 'counts').map(({ entry }) => entry)
    for (const entry of [...fresh, ...freed]) if (entry.type === 'room.message') take(space, log, entry)
    if (fresh.some(({ type }) => PROGRESS.has(type)))
      for (const { id: topic } of roomsOf(log.state())) mail.progress({ space, topic })
  })
}
