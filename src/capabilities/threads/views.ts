import type { Actor } from '../../authority/may.ts'
import { rfc3339 } from '../../base/clock.ts'
import { nodeOf } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { authorView } from '../../core/author-view.ts'
import type { Said } from '../../core/space-mail.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { Replica } from '../../log/replica.ts'
import type { ThreadTables as Folded, ThreadJudgement, ThreadStanding } from '../../spaces/thread.ts'
import type { ThreadParts } from './parts.ts'
import type { Thread, ThreadMessage } from './schema.ts'
import type { TellingRow, ThreadTables } from './tables.ts'

export type ThreadReplica = Replica<ThreadJudgement, Folded>

/** A thread as whoever asks may see it. */
export interface Found {
  id: string
  log: ThreadReplica
  standing: ThreadStanding
}

/** Threads and what is said in them, as the API shows them. */
export function threadViews(parts: ThreadParts, tables: ThreadTables) {
  const { self, spaces, directory, book, agents } = parts
  const who = (did: string) => ({ did, name: directory.nameOf(did) })
  const replica = (id: string): ThreadReplica => spaces.replica<ThreadJudgement, Folded>(id)

  /** An agent sees what it takes part in; the operator what any agent of the node does. */
  function sees({ participants }: ThreadStanding, actor: Actor): boolean {
    if (actor.kind === 'operator') return true
    if (actor.kind !== 'agent') return false
    // Who takes part as a node reads by its default agent, as with mail.
    return participants.has(actor.did) || (participants.has(self.did) && agents.defaultAgent() === actor.name)
  }

  function participant(did: string, told: ReadonlyMap<string, TellingRow>): Thread['participants'][number] {
    const { stage, reason } = told.get(nodeOf(did)) ?? {}
    return { ...who(did), ...(stage ? { told: stage } : {}), ...(reason ? { reason } : {}) }
  }

  function statusOf(id: string, { closedBy }: ThreadStanding): Thread['status'] {
    const status = spaces.info(id)?.status
    if (status === 'joining') return 'joining'
    if (status === 'left' || status === 'removed') return 'left'
    return closedBy === undefined ? 'open' : 'ended'
  }

  function thread({ id, log, standing }: Found): Thread {
    const { creator, create, createdAt, title, participants, closedBy } = standing
    const said = log.state().get('thread', 'thread')
    const reason = closedBy === undefined ? undefined : log.texts(closedBy)?.['reason']
    const told = new Map(tables.ofSpace(id).map((row) => [row.node, row]))
    return {
      id,
      ...(title === undefined ? {} : { title }),
      creator: who(creator),
      participants: [...participants.keys()].map((did) => participant(did, told)),
      min_trust: create.min_trust ?? 0,
      closed: create.closed === true,
      ...(create.project === undefined ? {} : { project_id: create.project }),
      status: statusOf(id, standing),
      ...(reason === undefined ? {} : { reason }),
      messages: said?.messages ?? 0,
      created_at: rfc3339(createdAt),
      ...(said ? { last_at: rfc3339(said.last_at) } : {}),
    }
  }

  /** A message that counts; undefined when its author is blocked here. */
  function message(id: string, entry: LoggedEntry): ThreadMessage | undefined {
    if (book.isBlocked(entry.node)) return undefined
    const { reply_to } = entry.body
    return {
      id: entry.id,
      thread_id: id,
      from: authorView(parts, entry.author),
      body: entry.texts?.['text'] ?? '',
      redacted: entry.texts === undefined,
      ...(typeof reply_to === 'string' ? { reply_to } : {}),
      sent_at: rfc3339(entry.at),
    }
  }

  return {
    thread,
    message,
    /** By id or the beginning of it. @throws AgoraError `not_found`, also for whoever may not see it; `ambiguous_name`. */
    find(thread: string, actor: Actor): Found {
      const id = spaces.resolve(thread, 'thread_id', 'thread')
      const log = replica(id)
      const { standing } = log.judgement()
      if (standing && sees(standing, actor)) return { id, log, standing }
      throw new AgoraError('not_found', `thread_id: there is no thread ${thread}.`, { field: 'thread_id' })
    },
    all: (actor: Actor): Found[] =>
      spaces.list('thread').flatMap(({ id }) => {
        const log = replica(id)
        const { standing } = log.judgement()
        return standing && sees(standing, actor) ? [{ id, log, standing }] : []
      }),
    /** What the inbox of a participant shows of a message. */
    said(id: string, entry: string): Said | undefined {
      const log = replica(id)
      const logged = log.logged(entry)
      const title = log.judgement().standing?.title
      return (
        logged && {
          text: logged.texts?.['text'] ?? '',
          place: { entry, thread_id: id, ...(title === undefined ? {} : { thread: title }) },
          evidence: JSON.stringify(log.signed(entry) ?? {}),
        }
      )
    },
  }
}
