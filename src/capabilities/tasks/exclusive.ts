import { z } from 'zod'
import { rfc3339 } from '../../base/clock.ts'
import { AgoraError } from '../../base/errors.ts'
import type { Exclusive, Holding } from '../../core/keeper/index.ts'
import type { Replica } from '../../log/replica.ts'
import type { TaskFacts } from './facts.ts'
import { Labels } from './schema.ts'
import { type ClaimState, nextTask, type TaskDraft } from './state.ts'

export const TASK_KIND = 'task'

/** One task, or the next that matches. */
const Wish = z.looseObject({ task: z.uuid().optional(), labels: Labels.optional() })

export const tasksOf = (replica: Replica): TaskDraft => replica.state() as TaskDraft

const holdingOf = (key: string, { holder, token, ask }: ClaimState): Holding => ({
  ...{ key, holder, token },
  ask: ask ?? undefined,
})

/** Claims of tasks, as the keeper gives them out. */
export const taskExclusive: Exclusive = {
  kind: TASK_KIND,
  *held(replica) {
    for (const [id, claim] of tasksOf(replica).entries('task_claims')) yield holdingOf(id, claim)
  },
  current(replica, key) {
    const claim = tasksOf(replica).get('task_claims', key)
    return claim && holdingOf(key, claim)
  },
  latest(replica, epoch) {
    let latest = 0
    for (const [, { token }] of tasksOf(replica).entries('tasks'))
      if (token && token[0] === epoch && token[1] > latest) latest = token[1]
    return latest
  },
  grant(replica, { author, holder, token, until, ask, wish }) {
    const parsed = Wish.safeParse(wish)
    if (!parsed.success) throw new AgoraError('malformed', 'wish: is none for a task.', { field: 'wish' })
    const { labels, task = nextTask(tasksOf(replica), holder, labels) } = parsed.data
    if (task === undefined) {
      throw new AgoraError('nothing_ready', 'No task is ready for whoever asks.', {
        hint: 'Others may be claimed, given to somebody else, or wait for tasks that are not done.',
      })
    }
    // By the log a later keeper's word stands over an earlier one's, who may have granted without knowing of it: that gives nobody a right to take it away.
    const held = tasksOf(replica).get('task_claims', task)
    if (held && held.holder !== holder) throw new AgoraError('claimed', `This task is claimed by ${held.holder}.`)
    const facts: TaskFacts<'task.claim'> = { task, holder, token, until: rfc3339(until), ask }
    return { key: task, entry: replica.append({ author, type: 'task.claim', facts }).id }
  },
  end(replica, { key, token, holder }, because, author) {
    const facts: TaskFacts<'task.release'> = { task: key, because, token, holder }
    replica.append({ author, type: 'task.release', facts })
  },
}
