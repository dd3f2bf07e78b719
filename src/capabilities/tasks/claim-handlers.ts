import { type Actor, didOf } from '../../authority/may.ts'
import { rfc3339 } from '../../base/clock.ts'
import { AgoraError } from '../../base/errors.ts'
import type { CallContext, Handlers } from '../../core/dispatch.ts'
import type { Replica } from '../../log/replica.ts'
import type { Output } from '../../operations.ts'
import type { TaskChanges } from './changes.ts'
import { TASK_KIND, tasksOf } from './exclusive.ts'
import { findTask } from './finding.ts'
import type { TaskParts } from './parts.ts'
import type { Task, TaskDetail } from './schema.ts'
import { compareTokens, speaksFor } from './state.ts'
import type { taskViews } from './views.ts'

type Names = 'tasks.claim' | 'tasks.claim_next' | 'tasks.renew' | 'tasks.release'

/** Claims of tasks: asked of the keeper, renewed with it, and given back in the log. */
export function claimHandlers(
  { clock, spaces, directory, keeper }: TaskParts,
  view: ReturnType<typeof taskViews>,
  { change, readable }: TaskChanges,
  detail: (replica: Replica, task: Task, actor: Actor) => TaskDetail,
): Pick<Handlers, Names> {
  async function claim(
    project: string,
    wish: { task?: string; labels?: string[] },
    context: CallContext,
  ): Promise<Output<'tasks.claim'>> {
    const holder = didOf(context.actor)
    try {
      const { key, token, until } = await keeper.acquire(project, { kind: TASK_KIND, holder, wish })
      const replica = spaces.replica(project)
      const task = tasksOf(replica).get('tasks', key)
      if (!task) throw new AgoraError('not_found', 'The task that was granted has not come here yet.')
      const since = rfc3339(clock.now())
      const who = { did: holder, name: directory.nameOf(holder) }
      const now = view.whole(replica, key, task)
      const claimed = { ...now, claim: { holder: who, since, ...now.claim, token, until: rfc3339(until) } }
      return { ...detail(replica, claimed, context.actor), claim: claimed.claim }
    } catch (error) {
      throw readable(error)
    }
  }

  return {
    'tasks.claim_next': ({ project_id, labels }, context) => claim(project_id, labels ? { labels } : {}, context),

    'tasks.claim': ({ project_id, task_id }, context) =>
      claim(project_id, { task: findTask(spaces.replica(project_id), task_id, 'task_id') }, context),

    'tasks.renew': async ({ project_id, task_id, token }, context) => {
      const replica = spaces.replica(project_id)
      const id = findTask(replica, task_id, 'task_id')
      const held = tasksOf(replica).get('task_claims', id)
      if (!held || !speaksFor(didOf(context.actor), held.holder)) throw notHeld()
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
        const because = speaksFor(didOf(context.actor), held.holder) ? 'released' : 'taken'
        return { type: 'task.release', facts: { task: id, because, token: held.token, holder: held.holder } }
      }),
  }
}

const notHeld = (): AgoraError =>
  new AgoraError('not_ready', 'task_id: this task is not claimed by whoever asks.', { field: 'task_id' })
const stale = (): AgoraError =>
  new AgoraError('stale_token', 'token: the claim is not that one any more.', { field: 'token' })
