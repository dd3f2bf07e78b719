import { isDid, nodeOf, parseDid } from '../../base/did.ts'
import type { Applied } from '../../contract/state.ts'
import type { Directory } from '../../core/directory.ts'
import { agentInbox, type Events, OPERATOR_INBOX } from '../../core/events.ts'
import type { SpaceNews, Spaces } from '../../core/spaces.ts'
import { tasksOf } from './exclusive.ts'
import { freeWaiters, isReady } from './state.ts'

export interface NewsParts {
  self: { did: string }
  spaces: Pick<Spaces, 'onEntries'>
  events: Events
  directory: Pick<Directory, 'nameOf'>
  hasAgent: (name: string) => boolean
}

/**
 * Tells those of this node whom it concerns what came into the log about their tasks: `task.assigned`, `task.unblocked`, `task.claimed`, `task.released`.
 * What is not so any more, as it often is when much comes at once, is not told.
 */
export function tellTaskNews({ self, spaces, events, directory, hasAgent }: NewsParts): void {
  /** The inbox of somebody of this node. */
  function inboxHere(did: string | null | undefined): string | undefined {
    if (did === null || did === undefined || nodeOf(did) !== self.did) return undefined
    const { agent } = parseDid(did)
    return agent !== undefined && hasAgent(agent) ? agentInbox(agent) : OPERATOR_INBOX
  }

  function tell(type: string, did: string | null | undefined, data: Record<string, unknown>): void {
    const inbox = inboxHere(did)
    if (inbox !== undefined) events.emit(type, inbox, data)
  }

  function told({ replica, space }: SpaceNews, { type, body, author, id: entry }: Applied, seen: Set<string>): void {
    const state = tasksOf(replica)
    const id = String(body[type === 'task.create' ? 'id' : 'task'])
    const task = state.get('tasks', id)
    const once = (what: string, of: string) => !seen.has(`${what} ${of}`) && seen.add(`${what} ${of}`)
    const by = { did: author, name: directory.nameOf(author) }
    const about = {
      project_id: space,
      task_id: id,
      title: task?.title ?? state.get('deleted_tasks', id)?.title,
      entry,
      by,
    }

    const isGiven = typeof body['assignee'] === 'string' && body['assignee'] === task?.assignee
    if (task && isGiven && task.status !== 'done' && task.assignee !== author && once('assigned', id))
      tell('task.assigned', task.assignee, about)

    if (type === 'task.claim' && body['ask'] !== undefined) {
      const claim = state.get('task_claims', id)
      const isNow = claim && JSON.stringify(claim.token) === JSON.stringify(body['token'])
      if (isNow && once('claimed', id)) {
        const holder = { did: claim.holder, name: directory.nameOf(claim.holder) }
        tell('task.claimed', claim.holder, { ...about, holder })
        if (task && task.assignee !== claim.holder) tell('task.claimed', task.assignee, { ...about, holder })
      }
    }

    const { holder } = body
    if (
      type === 'task.release' &&
      typeof holder === 'string' &&
      holder !== author &&
      isDid(holder) &&
      once('released', id)
    )
      tell('task.released', holder, { ...about, because: body['because'] })

    const isDone = type === 'task.complete' || body['status'] === 'done'
    const freed =
      type === 'task.delete' ? (state.get('deleted_tasks', id)?.freed ?? []) : isDone ? freeWaiters(state, id) : []
    for (const other of freed) {
      const waiter = state.get('tasks', other)
      if (waiter && isReady(state, other, waiter) && once('unblocked', other))
        tell('task.unblocked', waiter.assignee, {
          project_id: space,
          task_id: other,
          title: waiter.title,
          by,
          after: id,
        })
    }
  }

  spaces.onEntries((news) => {
    if (news.kind !== 'project') return
    const seen = new Set<string>()
    const counting = [
      ...news.added.filter(({ id }) => news.replica.verdict(id)?.state === 'counts'),
      ...news.changed.filter(({ after }) => after.state === 'counts').map(({ entry }) => entry),
    ]
    for (const entry of counting) if (entry.type.startsWith('task.')) told(news, entry, seen)
  })
}
