import type { Actor } from '../../authority/may.ts'
import { rfc3339 } from '../../base/clock.ts'
import { told } from '../../base/deed.ts'
import { parseDid } from '../../base/did.ts'
import type { Sentence } from '../../base/sentence.ts'
import type { Directory } from '../../core/directory.ts'
import { agentInbox, OPERATOR_INBOX } from '../../core/events.ts'
import { placeCursors } from '../../core/place-cursors.ts'
import type { ProjectReplica, Projects } from '../../core/projects.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { EntryTables } from '../../log/tables.ts'
import type { Parsed } from '../../operations.ts'
import type { AgentDeed } from './schema.ts'

/** A run of a hook, as a history needs it. */
export interface PastRun {
  id: string
  started_at: number
  ended_at: number | null
  calls: number
  outcome: string | null
}

export interface HistoryParts {
  self: { did: string }
  directory: Pick<Directory, 'nameOf' | 'resolve'>
  projects: Pick<Projects, 'readable' | 'replica'>
  written: EntryTables['by']
  /** Runs of the hook of an inbox, latest first; before those that started then under this id. */
  wakeRuns(inbox: string, before: { at: number; id: string } | undefined, limit: number): PastRun[]
}

/** So much of a text is shown where all that was done is listed. */
const TEXT_MAX = 300
/** A place in time: ms since the epoch stands where logs have their lamport. */
const cursors = placeCursors('h', /[\w-]{36,44}/)

/** What somebody did, out of what the logs and the wakes of this node say: read a page at a time. */
export function agentHistory({ self, directory, projects, written, wakeRuns }: HistoryParts) {
  function deedOf(log: ProjectReplica, { type, author, body, texts }: LoggedEntry, did: string): Sentence {
    const state = log.state()
    const names = {
      who: directory.nameOf,
      title: (task: string) => state.get('tasks', task)?.title ?? state.get('deleted_tasks', task)?.title,
      room: (id: string) => (id === '' ? undefined : state.get('rooms', id)?.name),
    }
    return cut(told({ type, by: author, facts: body, texts }, names, did))
  }

  function entryDeed(space: { id: string; title: string }, entry: LoggedEntry, did: string): AgentDeed {
    const { id, type, at, body, verdict } = entry
    const task = body[type === 'task.create' ? 'id' : 'task']
    return {
      ...{ id, at: rfc3339(at), type, entry: id },
      deed: deedOf(projects.replica(space.id), entry, did),
      ...{ project_id: space.id, project: space.title },
      ...(type.startsWith('task.') && typeof task === 'string' ? { task_id: task } : {}),
      ...(verdict.state === 'counts' ? {} : { state: verdict.state }),
    }
  }

  function runDeed({ id, started_at, ended_at, calls, outcome }: PastRun): AgentDeed {
    const asked = `${calls} ${calls === 1 ? 'message or request' : 'messages and requests'}`
    const took = ended_at === null ? '' : `, ${Math.round((ended_at - started_at) / 1000)} s`
    const end = outcome === null ? 'runs' : outcome.replace('_', ' ')
    const deed = [{ text: `was woken for ${asked}: ${end}${took}` }]
    return { id, at: rfc3339(started_at), type: 'wake.run', deed }
  }

  /** Whose wakes a caller may see, as `wake.runs` shows them. */
  function inboxOf(did: string, actor: Actor): string | undefined {
    const { node, agent } = parseDid(did)
    if (node !== self.did || (actor.kind !== 'operator' && (actor as { did?: string }).did !== did)) return undefined
    return agent === undefined ? OPERATOR_INBOX : agentInbox(agent)
  }

  return function history(input: Parsed<'agents.history'>, actor: Actor): { items: AgentDeed[]; next_cursor?: string } {
    const { name, limit, cursor } = input
    const did = directory.resolve(name, 'name')
    const place = cursors.read(cursor)
    const before = place && { at: place.lamport, id: place.id }
    const spaces = new Map(projects.readable(actor).map((space) => [space.id, space]))
    const inbox = inboxOf(did, actor)
    const runs = inbox === undefined ? [] : wakeRuns(inbox, before, limit)
    const entries = written({ author: did, spaces: [...spaces.keys()], before, limit })
    const all = [
      ...entries.map(({ space, entry }) => {
        const { id, title } = spaces.get(space) as { id: string; title: string }
        return { at: entry.at, id: entry.id, show: () => entryDeed({ id, title }, entry, did) }
      }),
      ...runs.map((run) => ({ at: run.started_at, id: run.id, show: () => runDeed(run) })),
    ].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
    const shown = all.slice(0, limit)
    const last = shown.at(-1)
    return {
      items: shown.map(({ show }) => show()),
      ...(last && shown.length === limit ? { next_cursor: cursors.write({ lamport: last.at, id: last.id }) } : {}),
    }
  }
}

const cut = (deed: Sentence): Sentence =>
  deed.map((part) =>
    part.text.length <= TEXT_MAX ? part : { ...part, text: `${part.text.slice(0, TEXT_MAX - 1).toWellFormed()}…` },
  )
