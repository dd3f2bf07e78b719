import { randomUUID } from 'node:crypto'
import { type Actor, didOf } from '../../authority/may.ts'
import type { Texts } from '../../contract/entry.ts'
import type { CallContext, Handlers } from '../../core/dispatch.ts'
import { entryCursors, entryPage } from '../../core/place-cursors.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { Replica } from '../../log/replica.ts'
import type { OperationName, Parsed } from '../../operations.ts'
import { taskChanges } from './changes.ts'
import { claimHandlers } from './claim-handlers.ts'
import { tasksOf } from './exclusive.ts'
import type { TaskFacts } from './facts.ts'
import { findTask, taskCursors } from './finding.ts'
import { handovers } from './handover.ts'
import { leftTasks } from './left-tasks.ts'
import { listTasks } from './listing.ts'
import { tellTaskNews } from './news.ts'
import type { TaskParts } from './parts.ts'
import type { ChangedTask, Task, TaskDetail } from './schema.ts'
import { nextTask, speaksFor, type TaskState } from './state.ts'
import { taskViews } from './views.ts'

type TaskOperation = Extract<OperationName, `tasks.${string}`>

/** Tasks of projects, as they are called for. */
export function createTasks(parts: TaskParts): { handlers: Pick<Handlers, TaskOperation> } {
  const { spaces, projects, directory, entryView } = parts
  const view = taskViews(parts)
  tellTaskNews(parts)

  const changes = taskChanges(parts, view)
  const handover = handovers(parts)
  const left = leftTasks(parts)
  /** A task with what was left with it. */
  function detail(replica: Replica, task: Task, actor: Actor): TaskDetail {
    const isFor = actor.kind === 'operator' || task.claim?.holder.did === didOf(actor)
    const found = handover(projects.replica(replica.space), task.id, isFor)
    return found ? { ...task, handover: found } : task
  }
  const { write, append, change, over } = changes
  const member = (replica: Replica, text: string, self: string): string =>
    text === 'me' ? self : projects.member(replica.space, text, 'assignee', 'invited')
  /** Whether giving a task to `to` takes it from somebody the author does not speak for. */
  const takes = (author: string, { assignee }: TaskState, to: string | null): boolean =>
    assignee !== null && to !== assignee && !speaksFor(author, assignee)

  function update(input: Parsed<'tasks.update'>, context: CallContext): Promise<ChangedTask> {
    const { title, status, priority, labels, description, note, assignee: to, depends_on } = input
    return change(input, context, (task, id, replica) => {
      const author = didOf(context.actor)
      const assignee = typeof to === 'string' ? member(replica, to, author) : to
      const isMoved = (status !== undefined && status !== task.status) || assignee !== undefined
      const isTaken = assignee !== undefined && takes(author, task, assignee)
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

  return {
    handlers: {
      ...claimHandlers(parts, view, changes, detail),

      'tasks.handovers': (input, { actor }) => left(input, actor),

      'tasks.list': (input, context) => {
        const replica = spaces.replica(input.project_id)
        const { assignee: text } = input
        const assignee =
          text === undefined || text === 'none'
            ? text
            : text === 'me'
              ? didOf(context.actor)
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
        const id = nextTask(state, didOf(context.actor), labels)
        const task = id === undefined ? undefined : state.get('tasks', id)
        return id === undefined || !task ? {} : { task: detail(replica, view.whole(replica, id, task), context.actor) }
      },

      'tasks.create': (input, context) =>
        write(input.project_id, (replica) => {
          const author = didOf(context.actor)
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

      'tasks.show': ({ project_id, task_id }, { actor }) => {
        const replica = spaces.replica(project_id)
        const { unblocked: _, ...task } = changes.shown(replica, findTask(replica, task_id, 'task_id', 'deleted'), [])
        return detail(replica, task, actor)
      },

      'tasks.update': update,

      'tasks.delete': (input, context) =>
        change(input, context, (_, id, replica) => ({
          type: 'task.delete',
          facts: { task: id, ...over(replica, id, didOf(context.actor)) },
        })),

      'tasks.assign': (input, context) =>
        change(input, context, (task, id, replica) => {
          const author = didOf(context.actor)
          const assignee = member(replica, input.assignee, author)
          const override = takes(author, task, assignee) ? { override: true } : over(replica, id, author)
          // Who takes what was given to somebody else goes over it, which is more than assigning says.
          return 'override' in override
            ? { type: 'task.update', facts: { task: id, assignee, ...override } }
            : { type: 'task.assign', facts: { task: id, assignee } }
        }),

      'tasks.complete': (input, context) =>
        change(input, context, (_, id, replica) => ({
          type: 'task.complete',
          facts: {
            task: id,
            ...(input.token ? { token: input.token } : {}),
            ...over(replica, id, didOf(context.actor)),
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
          const entry = append(replica, didOf(context.actor), {
            type: 'task.comment',
            facts: { task },
            texts: { text },
          })
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
}
