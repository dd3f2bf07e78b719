import { type Clock, rfc3339 } from '../../base/clock.ts'
import type { Directory } from '../../core/directory.ts'
import type { Keeper } from '../../core/keeper/index.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { Replica } from '../../log/replica.ts'
import { TASK_KIND, tasksOf } from './exclusive.ts'
import type { Claim, Task, TaskComment } from './schema.ts'
import { type ClaimState, type Deed, type DeletedTask, isReady, statusOf, type TaskState, waitsFor } from './state.ts'

export interface ViewParts {
  clock: Clock
  directory: Pick<Directory, 'nameOf'>
  keeper: Pick<Keeper, 'until'>
}

/** Tasks, claims and comments as the API shows them. */
export function taskViews({ clock, directory, keeper }: ViewParts) {
  const who = (did: string) => ({ did, name: directory.nameOf(did) })

  function claim(space: string, id: string, { holder, token, since, until }: ClaimState): Claim {
    // Renewals are told to the holder's node and known to the keeper; they do not stand in the log.
    const told = keeper.until(space, TASK_KIND, id)
    const last = Math.max(Date.parse(until), told ?? 0)
    return {
      holder: who(holder),
      token,
      since: rfc3339(since),
      ...(last > clock.now() ? { until: rfc3339(last) } : {}),
    }
  }

  function listed(replica: Replica, id: string, task: TaskState): Task {
    const state = tasksOf(replica)
    const held = state.get('task_claims', id)
    const { title, priority, labels, depends_on, assignee, created, done, accepted } = task
    return {
      ...{ id, project_id: replica.space, title },
      status: statusOf(state, task),
      ...{ priority, ...(assignee === null ? {} : { assignee: who(assignee) }), labels, depends_on },
      waits_for: task.status === 'done' ? [] : waitsFor(state, task),
      ready: isReady(state, id, task),
      ...(held ? { claim: claim(replica.space, id, held) } : {}),
      created_by: who(created.by),
      created_at: rfc3339(created.at),
      updated_at: rfc3339(task.changed_at),
      ...(done ? { completed_by: who(done.by), completed_at: rfc3339(done.at) } : {}),
      ...(accepted ? { accepted: { by: who(accepted.by), at: rfc3339(accepted.at) } } : {}),
    }
  }

  /** One of the texts of an entry, unless it was redacted. */
  const text = (replica: Replica, entry: string | null | undefined, name: string): string | undefined =>
    entry === null || entry === undefined ? undefined : replica.texts(entry)?.[name]
  const noted = (replica: Replica, deed: Deed | null) => {
    const note = text(replica, deed?.entry, 'note')
    return note === undefined ? {} : { note }
  }

  function whole(replica: Replica, id: string, task: TaskState): Task {
    const shown = listed(replica, id, task)
    const description = text(replica, task.described, 'description')
    return {
      ...shown,
      ...(description === undefined ? {} : { description }),
      ...noted(replica, task.done),
      ...(shown.accepted ? { accepted: { ...shown.accepted, ...noted(replica, task.accepted) } } : {}),
    }
  }

  /** What can still be said of a deleted task. */
  function deleted(replica: Replica, id: string, { title, deleted: { by, at } }: DeletedTask): Task {
    const [made] = replica.query({ subject: id, types: ['task.create'], order: 'oldest', limit: 1 })
    return {
      ...{ id, project_id: replica.space, title, status: 'done', priority: 'medium', labels: [], depends_on: [] },
      ...{ waits_for: [], ready: false },
      created_by: who(made?.author ?? by),
      created_at: rfc3339(made?.at ?? at),
      updated_at: rfc3339(at),
      deleted: { by: who(by), at: rfc3339(at) },
    }
  }

  const comment = (task: string, { id, author, at, texts }: LoggedEntry): TaskComment => ({
    ...{ id, task_id: task, author: who(author), at: rfc3339(at) },
    ...(texts?.['text'] === undefined ? {} : { text: texts['text'] }),
  })

  return { claim, listed, whole, deleted, comment }
}
