import { didOf } from '../../authority/may.ts'
import { AgoraError } from '../../base/errors.ts'
import type { Texts } from '../../contract/entry.ts'
import type { Directory } from '../../core/directory.ts'
import type { CallContext } from '../../core/dispatch.ts'
import { attempt } from '../../core/keeper/index.ts'
import type { Spaces } from '../../core/spaces.ts'
import type { Replica } from '../../log/replica.ts'
import type { Placed } from '../../log/types.ts'
import { tasksOf } from './exclusive.ts'
import type { TaskFacts, TaskType } from './facts.ts'
import { findTask } from './finding.ts'
import type { ChangedTask, TaskName } from './schema.ts'
import { freeWaiters, speaksFor, type TaskState } from './state.ts'
import type { taskViews } from './views.ts'

/** What is written about a task: in one entry. */
interface Writing<Type extends TaskType = TaskType> {
  type: Type
  facts: TaskFacts<Type>
  texts?: Texts
}

/** Writing about tasks: one entry for each call, and what came of it. */
export function taskChanges(
  { spaces, directory }: { spaces: Spaces; directory: Pick<Directory, 'nameOf'> },
  view: ReturnType<typeof taskViews>,
) {
  const named = (text: string): string => text.replace(/did:agora:[^\s.,]+/g, (did) => directory.nameOf(did))
  /** With names in place of DIDs, as everything that is shown. */
  const readable = (error: unknown): unknown => {
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
    if ('error' in outcome) throw readable(outcome.error)
    return outcome.done
  }

  function append(replica: Replica, author: string, { type, facts, texts }: Writing): Placed {
    const input = { author, type, facts: withoutUndefined(facts), ...(texts ? { texts } : {}) }
    if (!('override' in facts) || replica.trial(input).state === 'counts') return replica.append(input)
    // Who may go over nobody is told whom it would have gone over.
    const { override: _, ...plain } = input.facts
    return replica.append({ ...input, facts: plain })
  }

  function shown(replica: Replica, id: string, unblocked: readonly string[]): ChangedTask {
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
      if (writing) append(replica, didOf(context.actor), writing)
      const after = state.get('deleted_tasks', id)?.freed ?? freeWaiters(state, id)
      return shown(
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

  return { write, append, change, shown, over, readable }
}
export type TaskChanges = ReturnType<typeof taskChanges>

const withoutUndefined = (facts: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
