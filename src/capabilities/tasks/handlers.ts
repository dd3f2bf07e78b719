import { randomUUID } from 'node:crypto'
import { rfc3339 } from '../../base/clock.ts'
import { AgoraError } from '../../base/errors.ts'
import type { Texts } from '../../contract/entry.ts'
import type { Directory } from '../../core/directory.ts'
import type { CallContext, Handlers } from '../../core/dispatch.ts'
import { attempt, type Keeper } from '../../core/keeper/index.ts'
import { entryCursors, entryPage } from '../../core/place-cursors.ts'
import type { Projects } from '../../core/projects.ts'
import type { Spaces } from '../../core/spaces.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { Replica } from '../../log/replica.ts'
import type { Placed } from '../../log/types.ts'
import type { OperationName, Output, Parsed } from '../../operations.ts'
import type { AuditEntry } from '../audit/schema.ts'
import { TASK_KIND, tasksOf } from './exclusive.ts'
import type { TaskFacts, TaskType } from './facts.ts'
import { findTask, taskCursors } from './finding.ts'
import { listTasks } from './listing.ts'
import { type NewsParts, tellTaskNews } from './news.ts'
import type { ChangedTask, TaskName } from './schema.ts'
import { compareTokens, freeWaiters, nextTask, speaksFor, type TaskState } from './state.ts'
import { taskViews, type ViewParts } from './views.ts'

export interface TaskParts extends ViewParts, NewsParts {
  spaces: Spaces
  projects: Pick<Projects, 'member'>
  directory: Directory
  keeper: Pick<Keeper, 'acquire' | 'renew' | 'until'>
  /** An entry as the audit trail shows it. */
  entryView: (entry: LoggedEntry) => AuditEntry
}

type TaskOperation = Extract<OperationName, `tasks.${string}`>

/** What is written about a task: in one entry. */
interface Writing<Type extends TaskType = TaskType> {
  type: Type
  facts: TaskFacts<Type>
  texts?: Texts
}

export function createTasks(parts: TaskParts): { handlers: Pick<Handlers, TaskOperation> } {
  const { spaces, projects, directory, keeper, entryView } = parts
  const view = taskViews(parts)
  tellTaskNews(parts)

  const me = ({ actor }: CallContext): string => ('did' in actor ? actor.did : '')
  const member = (replica: Replica, text: string, self: string): string =>
    text === 'me' ? self : projects.member(replica.space, text, 'assignee', 'invited')
  const named = (text: string): string => text.replace(/did:agora:[^\s.,]+/g, (did) => directory.nameOf(did))
  /** With names in place of DIDs, as everything that is shown. */
  const shown = (error: unknown): unknown => {
    if (!(error instanceof AgoraError)) return error
    const { code, field, hint, candidates } = error
    return new AgoraError(code, named(error.message), {
      ...(field === undefined ? {} : { field }),
      ...(hint === undefined ? {} : { hint }),
      ...(candidates === undefined ? {} : { candidates }),
    })
  }

  /** One write in a project; `work` writes at most one entry. */
  async function write<Result>(project: string, work: (replica: Replica) => Result): Promise<Result> {
    const outcome = await spaces.write(project, (replica) => attempt(() => work(replica)))
    if ('error' in outcome) throw shown(outcome.error)
    return outcome.done
  }

  function append(replica: Replica, author: string, { type, facts, texts }: Writing): Placed {
    const input = { author, type, facts: withoutUndefined(facts), ...(texts ? { texts } : {}) }
    if (!('override' in facts) || replica.trial(input).state === 'counts') return replica.append(input)
    // Who may go over nobody is told whom it would have gone over.
    const { override: _, ...plain } = input.facts
    return replica.append({ ...input, facts: plain })
  }

  function changed(replica: Replica, id: string, unblocked: readonly string[]): ChangedTask {
    const state = tasksOf(replica)
    const task = state.get('tasks', id)
    const gone = state.get('deleted_tasks', id)
    const names = unblocked.flatMap((other): TaskName[] => {
      const { title } = state.get('tasks', other) ?? {}
      return title === undefined ? [] : [{ id: other, title }]
    })
    if (task) return { ...view.whole(replica, id, task), unblocked: names }
    if (gone) return { ...view.deleted(replica, id, gone), unblocked: names }
    throw new AgoraError('not_found', `task_id: there is no task ${id}.`, { field: 'task_id' })
  }

  /** Changes a task by what `make` says of it as it is now, and tells which others wait for nothing any more. */
  function change(
    { project_id, task_id }: { project_id: string; task_id: string },
    context: CallContext,
    make: (task: TaskState, id: string, replica: Replica) => Writing | undefined,
  ): Promise<ChangedTask> {
    return write(project_id, (replica) => {
      const state = tasksOf(replica)
      const id = findTask(replica, task_id, 'task_id')
      const writing = make(state.get('tasks', id) as TaskState, id, replica)
      const before = new Set(freeWaiters(state, id))
      if (writing) append(replica, me(context), writing)
      const after = state.get('deleted_tasks', id)?.freed ?? freeWaiters(state, id)
      return changed(
        replica,
        id,
        after.filter((other) => !before.has(other)),
      )
    })
  }

  /** `override` where the author is not the one who holds the task: whether it may, the log decides. */
  function over(replica: Replica, id: string, author: string): { override?: true } {
    const held = tasksOf(replica).get('task_claims', id)
    return held && !speaksFor(author, held.holder) ? { override: true } : {}
  }

  function update(input: Parsed<'tasks.update'>, context: CallContext): Promise<ChangedTask> {
    const { title, status, priority, labels, description, note, assignee: to, depends_on } = input
    return change(input, context, (task, id, replica) => {
      const author = me(context)
      const assignee = typeof to === 'string' ? member(replica, to, author) : to
      const isMoved = (status !== undefined && status !== task.status) || assignee !== undefined
      const isTaken =
        assignee !== undefined &&
        task.assignee !== null &&
        assignee !== task.assignee &&
        !speaksFor(author, task.assignee)
      const texts: Texts = {
        ...(description === undefined ? {} : { description }),
        ...(note === undefined ? {} : { note }),
      }
      const facts: TaskFacts<'task.update'> = {
        task: id,
        ...{ title, status, priority, labels, assignee },
        depends_on: depends_on?.map((other) => findTask(replica, other, 'depends_on')),
        ...(description === undefined ? {} : { describes: true }),
        ...(isTaken ? { override: true } : isMoved ? over(replica, id, author) : {}),
      }
      return { type: 'task.update', facts, ...(Object.keys(texts).length > 0 ? { texts } : {}) }
    })
  }

  async function claim(
    project: string,
    wish: { task?: string; labels?: string[] },
    context: CallContext,
  ): Promise<Output<'tasks.claim'>> {
    const holder = me(context)
    try {
      const { key, token, until } = await keeper.acquire(project, { kind: TASK_KIND, holder, wish })
      const replica = spaces.replica(project)
      const task = tasksOf(replica).get('tasks', key)
      if (!task) throw new AgoraError('not_found', 'The task that was granted has not come here yet.')
      const since = rfc3339(parts.clock.now())
      const who = { did: holder, name: directory.nameOf(holder) }
      const now = view.whole(replica, key, task)
      return { ...now, claim: { holder: who, since, ...now.claim, token, until: rfc3339(until) } }
    } catch (error) {
      throw shown(error)
    }
  }

  return {
    handlers: {
      'tasks.list': (input, context) => {
        const replica = spaces.replica(input.project_id)
        const { assignee: text } = input
        const assignee =
          text === undefined || text === 'none'
            ? text
            : text === 'me'
              ? me(context)
              : directory.resolve(text, 'assignee')
        const after = taskCursors.read(input.cursor)
        const { items, next } = listTasks(tasksOf(replica), { ...input, assignee, after })
        return {
          items: items.map(([id, task]) => view.listed(replica, id, task)),
          ...(next ? { next_cursor: taskCursors.write(next) } : {}),
        }
      },

      'tasks.next': ({ project_id, labels }, context) => {
        const replica = spaces.replica(project_id)
        const state = tasksOf(replica)
        const id = nextTask(state, me(context), labels)
        const task = id === undefined ? undefined : state.get('tasks', id)
        return id === undefined || !task ? {} : { task: view.whole(replica, id, task) }
      },

      'tasks.create': (input, context) =>
        write(input.project_id, (replica) => {
          const author = me(context)
          const id = randomUUID()
          const { title, description, priority, labels, assignee } = input
          const facts: TaskFacts<'task.create'> = {
            ...{ id, title, priority, labels },
            depends_on: input.depends_on.map((other) => findTask(replica, other, 'depends_on')),
            ...(assignee === undefined ? {} : { assignee: member(replica, assignee, author) }),
            ...(description === undefined ? {} : { describes: true }),
          }
          const texts = description === undefined ? {} : { texts: { description } }
          append(replica, author, { type: 'task.create', facts, ...texts })
          return view.whole(replica, id, tasksOf(replica).get('tasks', id) as TaskState)
        }),

      'tasks.show': ({ project_id, task_id }) => {
        const replica = spaces.replica(project_id)
        const { unblocked: _, ...task } = changed(replica, findTask(replica, task_id, 'task_id', 'deleted'), [])
        return task
      },

      'tasks.update': update,

      'tasks.delete': (input, context) =>
        change(input, context, (_, id, replica) => ({
          type: 'task.delete',
          facts: { task: id, ...over(replica, id, me(context)) },
        })),

      'tasks.assign': (input, context) =>
        change(input, context, (task, id, replica) => {
          const author = me(context)
          const assignee = member(replica, input.assignee, author)
          const isTaken = task.assignee !== null && task.assignee !== assignee && !speaksFor(author, task.assignee)
          const override = isTaken ? { override: true } : over(replica, id, author)
          // Who takes what was given to somebody else goes over it, which is more than assigning says.
          return 'override' in override
            ? { type: 'task.update', facts: { task: id, assignee, ...override } }
            : { type: 'task.assign', facts: { task: id, assignee } }
        }),

      'tasks.claim_next': ({ project_id, labels }, context) => claim(project_id, labels ? { labels } : {}, context),

      'tasks.claim': ({ project_id, task_id }, context) =>
        claim(project_id, { task: findTask(spaces.replica(project_id), task_id, 'task_id') }, context),

      'tasks.renew': async ({ project_id, task_id, token }, context) => {
        const replica = spaces.replica(project_id)
        const id = findTask(replica, task_id, 'task_id')
        const held = tasksOf(replica).get('task_claims', id)
        if (!held || !speaksFor(me(context), held.holder)) throw notHeld()
        if (token && compareTokens(token, held.token) !== 0) throw stale()
        const { renewed } = await keeper.renew(project_id, TASK_KIND, [{ key: id, token: held.token }])
        const [lease] = renewed
        if (!lease) throw stale()
        return { ...view.claim(project_id, id, held), until: rfc3339(lease.until) }
      },

      'tasks.release': (input, context) =>
        change(input, context, (_, id, replica) => {
          const held = tasksOf(replica).get('task_claims', id)
          if (!held) throw notHeld()
          const because = speaksFor(me(context), held.holder) ? 'released' : 'taken'
          return { type: 'task.release', facts: { task: id, because, token: held.token, holder: held.holder } }
        }),

      'tasks.complete': (input, context) =>
        change(input, context, (_, id, replica) => ({
          type: 'task.complete',
          facts: {
            task: id,
            ...(input.token ? { token: input.token } : {}),
            ...over(replica, id, me(context)),
          },
          ...(input.note === undefined ? {} : { texts: { note: input.note } }),
        })),

      'tasks.accept': (input, context) =>
        change(input, context, (_, id) => ({
          type: 'task.update',
          facts: { task: id, accepted: input.accepted },
          ...(input.note === undefined ? {} : { texts: { note: input.note } }),
        })),

      'tasks.comment': async ({ project_id, task_id, text }, context) => {
        const { entry, task } = await write(project_id, (replica) => {
          const task = findTask(replica, task_id, 'task_id')
          const entry = append(replica, me(context), { type: 'task.comment', facts: { task }, texts: { text } })
          return { entry, task }
        })
        return view.comment(task, spaces.replica(project_id).logged(entry.id) as LoggedEntry)
      },

      'tasks.comments': (input) => {
        const { entries, task } = entriesOf(input, { types: ['task.comment'], states: ['counts'] })
        return entryPage(entries, input.limit, (entry) => view.comment(task, entry))
      },

      'tasks.history': (input) => entryPage(entriesOf(input, {}).entries, input.limit, entryView),
    },
  }

  /** A page of the entries about a task, oldest first. */
  function entriesOf(
    { project_id, task_id, limit, cursor }: Parsed<'tasks.history'>,
    narrow: { types?: string[]; states?: ['counts'] },
  ) {
    const replica = spaces.replica(project_id)
    const task = findTask(replica, task_id, 'task_id', 'deleted')
    const after = entryCursors.read(cursor)
    return { entries: replica.query({ ...narrow, subject: task, order: 'oldest', after, limit }), task }
  }
}

const withoutUndefined = (facts: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))

const notHeld = (): AgoraError =>
  new AgoraError('not_ready', 'task_id: this task is not claimed by whoever asks.', { field: 'task_id' })
const stale = (): AgoraError =>
  new AgoraError('stale_token', 'token: the claim is not that one any more.', { field: 'token' })
