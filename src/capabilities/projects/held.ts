import { nodeOf, parseDid } from '../../base/did.ts'
import { messageOf } from '../../base/errors.ts'
import type { Alerts } from '../../core/alerts.ts'
import type { Directory } from '../../core/directory.ts'
import { EVERY_AGENT, type Events, inboxOf, OPERATOR_INBOX } from '../../core/events.ts'
import type { SpaceNews } from '../../core/spaces.ts'
import type { Log } from '../../core/telemetry.ts'
import type { Change } from '../../log/replica.ts'
import { projectRules } from '../../spaces/project-rules.ts'
import type { Database } from '../../store/database.ts'

export interface HeldParts {
  self: { did: string }
  database: Database
  events: Events
  alerts: Pick<Alerts, 'raise'>
  directory: Directory
  log: Log
  /** Whether there is an agent of that name. */
  agents: { has(name: string): boolean }
  /** Writes to an agent of this node as the operator. */
  tell(agent: string, text: string): Promise<unknown>
}

/** What is told of by itself at once; more comes as one number, as when a whole log arrives. */
const TOLD_MAX = 100
const ABOUT_SOMEBODY: Record<string, string> = {
  'project.suspend': 'project.suspended',
  'project.unsuspend': 'project.unsuspended',
  'project.role': 'project.role',
  'project.remove': 'project.removed',
}

/** Tells this node of what comes into the logs of its projects, and its authors of what of theirs is held or comes back. */
export function projectNews(parts: HeldParts): (news: SpaceNews) => void {
  const { self, database, events, directory, log, agents, tell } = parts

  function tellOfEntries({ space, added, replica }: SpaceNews) {
    if (added.length > TOLD_MAX) events.emit('project.entries', EVERY_AGENT, { project_id: space, count: added.length })
    for (const entry of added) {
      const { id, type, author, body } = entry
      if (added.length <= TOLD_MAX) {
        const subject = projectRules.subject(entry)
        const verdict = replica.verdict(id)?.state
        // Not as `type`, which is the event's own.
        const data = {
          project_id: space,
          id,
          entry_type: type,
          author,
          ...(subject === undefined ? {} : { subject }),
          verdict,
        }
        events.emit('project.entry', EVERY_AGENT, data)
      }
      const about = ABOUT_SOMEBODY[type]
      const who = body['who']
      if (about === undefined || typeof who !== 'string' || nodeOf(who) !== self.did || author === who) continue
      if (replica.verdict(id)?.state !== 'counts') continue
      const { role } = body
      const data = { project_id: space, id, who, by: author, ...(typeof role === 'string' ? { role } : {}) }
      events.emit(about, inboxOf(who), data)
    }
  }

  /** By author: one word for all of it. */
  function tellAuthors({ space, changed, replica }: SpaceNews) {
    const own = changed.filter(({ entry }) => entry.node === self.did)
    for (const [author, list] of Map.groupBy(own, ({ entry }) => entry.author)) {
      const held = list.filter(({ before, after }) => before.state === 'counts' && after.state !== 'counts')
      const back = list.filter(({ before, after }) => before.state !== 'counts' && after.state === 'counts')
      const by = held.flatMap(({ after }) => (after.state === 'held' ? [after.by] : []))[0]
      const restriction = by === undefined ? undefined : replica.get(by)
      for (const [event, some] of [
        ['project.held', held],
        ['project.reinstated', back],
      ] as const) {
        if (some.length === 0) continue
        const entries = some.slice(0, TOLD_MAX).map(({ entry }) => entry.id)
        events.emit(event, inboxOf(author), { project_id: space, count: some.length, entries, ...(by ? { by } : {}) })
      }
      const { agent } = parseDid(author)
      if (agent === undefined || !agents.has(agent)) continue
      // It is told in the operator's name: what others call their project has no place in it.
      const name = space.slice(0, 8)
      const cause = restriction
        ? ` by ${restriction.type} of ${directory.nameOf(restriction.author)} (entry ${restriction.id})`
        : ''
      const words = [
        held.length === 0
          ? ''
          : `In the project ${name} ${counted(held)} held${cause}: without effect until reinstated.`,
        back.length === 0 ? '' : `In the project ${name} ${counted(back)} reinstated and counts again.`,
      ].filter((word) => word !== '')
      database.afterCommit(() => {
        for (const word of words) {
          tell(agent, word).catch((error) =>
            log.warn({ agent, error: messageOf(error) }, 'an agent could not be told of what is held'),
          )
        }
      })
    }
  }

  return (news) => {
    if (news.kind !== 'project') return
    tellOfEntries(news)
    tellAuthors(news)
    // Two entries where one should follow the other: a backup was put back, or somebody says one thing here and another there.
    for (const { id, node } of news.forks.slice(0, TOLD_MAX)) {
      const data = { project_id: news.space, id, node, ...(news.from === undefined ? {} : { from: news.from }) }
      events.emit('project.fork', OPERATOR_INBOX, data)
      parts.alerts.raise({ reason: 'project_fork', who: node, detail: { project_id: news.space, id } })
    }
  }
}

const counted = (list: Change[]): string => {
  const kinds = [...new Set(list.map(({ entry }) => entry.type))].slice(0, 5).join(', ')
  return list.length === 1
    ? `your entry ${list[0]?.entry.id} (${kinds}) is`
    : `${list.length} entries of yours (${kinds}) are`
}
