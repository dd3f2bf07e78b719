import { randomUUID } from 'node:crypto'
import type { Actor } from '../../authority/may.ts'
import { didOf } from '../../authority/may.ts'
import { rfc3339 } from '../../base/clock.ts'
import { AgoraError } from '../../base/errors.ts'
import { authorView } from '../../core/author-view.ts'
import type { Directory } from '../../core/directory.ts'
import type { Handlers } from '../../core/dispatch.ts'
import type { PeerBook } from '../../core/peer-book.ts'
import { entryCursors, entryPage } from '../../core/place-cursors.ts'
import type { Projects } from '../../core/projects.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { Parsed } from '../../operations.ts'
import type { Decision, Report } from './schema.ts'

type Names = Extract<keyof Handlers, `decisions.${string}` | `reports.${string}`>

export interface RecordParts {
  self: { did: string }
  projects: Projects
  directory: Directory
  book: PeerBook
  /** A thread that the caller sees, and the project it belongs to. */
  threads: { find(thread: string, actor: Actor): { id: string; project: string | undefined } }
}

/** The decisions and reports of projects: entries of their logs, and nothing beside. */
export function recordHandlers(parts: RecordParts): Pick<Handlers, Names> {
  const { projects, book, threads } = parts

  function common(project: string, { id: entry, author, at, body, texts }: LoggedEntry) {
    const text = texts?.['text']
    return {
      id: String(body['id']),
      entry,
      title: String(body['title']),
      ...(text === undefined ? {} : { text }),
      by: authorView(parts, author, projects.standing(project).roleOf(author)?.role),
      at: rfc3339(at),
    }
  }
  function decision(project: string, entry: LoggedEntry): Decision {
    const reasons = entry.texts?.['reasons']
    return { ...common(project, entry), ...(reasons === undefined ? {} : { reasons }) }
  }
  function report(project: string, entry: LoggedEntry): Report {
    const { thread } = entry.body
    return { ...common(project, entry), ...(typeof thread === 'string' ? { thread_id: thread } : {}) }
  }

  function list<Item>(type: string, show: (project: string, entry: LoggedEntry) => Item) {
    return ({ project_id, limit, cursor }: Parsed<'reports.list'>) => {
      const after = entryCursors.read(cursor)
      const entries = projects.replica(project_id).query({ types: [type], states: ['counts'], after, limit })
      return entryPage(entries, limit, (entry) => (book.isBlocked(entry.node) ? undefined : show(project_id, entry)))
    }
  }

  function outcomeOf(thread: string, project: string, actor: Actor): string {
    const found = threads.find(thread, actor)
    if (found.project === project) return found.id
    throw new AgoraError('invalid_input', 'thread_id: this thread does not belong to the project.', {
      field: 'thread_id',
      hint: 'Threads are made for a project with project_id.',
    })
  }

  const logged = (project: string, id: string): LoggedEntry => projects.replica(project).logged(id) as LoggedEntry

  return {
    'decisions.record': async ({ project_id, title, text, reasons }, context) => {
      const texts = { ...(text ? { text } : {}), ...(reasons ? { reasons } : {}) }
      const { id } = await projects.append(project_id, {
        author: didOf(context.actor),
        type: 'decision.record',
        facts: { id: randomUUID(), title },
        ...(Object.keys(texts).length > 0 ? { texts } : {}),
      })
      return decision(project_id, logged(project_id, id))
    },
    'decisions.list': list('decision.record', decision),

    'reports.submit': async ({ project_id, title, text, thread_id }, context) => {
      const thread = thread_id === undefined ? undefined : outcomeOf(thread_id, project_id, context.actor)
      const { id } = await projects.append(project_id, {
        author: didOf(context.actor),
        type: 'report.submit',
        facts: { id: randomUUID(), title, ...(thread === undefined ? {} : { thread }) },
        texts: { text },
      })
      return report(project_id, logged(project_id, id))
    },
    'reports.list': list('report.submit', report),
  }
}
