import { rfc3339 } from '../../base/clock.ts'
import type { Directory } from '../../core/directory.ts'
import type { Projects } from '../../core/projects.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { AuditEntry } from './schema.ts'

type State = ReturnType<ReturnType<Projects['replica']>['state']>

/** Which task an entry is about. */
export function taskOf({ type, body }: Pick<LoggedEntry, 'type' | 'body'>): string | undefined {
  const task = body[type === 'task.create' ? 'id' : 'task']
  return type.startsWith('task.') && typeof task === 'string' ? task : undefined
}

/** What a task is called now, also one that was deleted. */
export const titleIn = (state: State, task: string): string | undefined =>
  state.get('tasks', task)?.title ?? state.get('deleted_tasks', task)?.title

/** Entries as the record shows them. */
export const entryView =
  (directory: Pick<Directory, 'nameOf'>) =>
  (entry: LoggedEntry): AuditEntry => ({
    id: entry.id,
    type: entry.type,
    author: { did: entry.author, name: directory.nameOf(entry.author) },
    seq: entry.seq,
    lamport: entry.lamport,
    at: rfc3339(entry.at),
    received_at: rfc3339(entry.receivedAt),
    ...(entry.subject === undefined ? {} : { subject: entry.subject }),
    facts: entry.body,
    ...(entry.texts === undefined ? {} : { texts: entry.texts }),
    redacted: entry.redacted,
    verdict: entry.verdict,
    signature: 'verified',
  })
