import type { SpacePermission } from '../../contract/permissions.ts'
import type { Applied, Apply, Refusal } from '../../contract/state.ts'
import { claim, dropClaim, heldBack, release, releaseGone } from './claims.ts'
import { checkDependencies, tellDependencies } from './dependencies.ts'
import { type ReleaseReason, readTask, type TaskFacts, type TaskType, taskTypes } from './facts.ts'
import {
  compareTokens,
  type DeletedTask,
  freeWaiters,
  isGivenTo,
  isKeepersReason,
  missing,
  refuse,
  speaksFor,
  TASKS_EVER_MAX,
  TASKS_MAX,
  TASKS_SIZE_MAX,
  type TaskDraft,
  type TaskState,
  type TaskTables,
  taskTables,
  totalsOf,
  waitsFor,
} from './state.ts'

type Told = Pick<Applied, 'type' | 'body' | 'author'>

/** Whether a task is given to somebody else than its author speaks for. */
const givesAway = ({ author, body: { assignee } }: Told): boolean =>
  typeof assignee === 'string' && !speaksFor(author, assignee)

/** Fields of an update by which work is judged and not done. */
const judging = new Set(['task', 'accepted', 'texts_hash'])

/** What the author of an entry about a task must be allowed, by its type and facts alone. */
export function taskPermission(entry: Told): SpacePermission[] {
  const { type, body } = entry
  const over: SpacePermission[] = body['override'] === true || givesAway(entry) ? ['task.assign'] : []
  switch (type as TaskType) {
    case 'task.create':
      return ['task.create', ...over]
    case 'task.update': {
      const judges: SpacePermission[] = Object.hasOwn(body, 'accepted') ? ['work.approve'] : []
      const isMore = judges.length === 0 || Object.keys(body).some((key) => !judging.has(key))
      return [...(isMore ? (['task.update'] as const) : []), ...judges, ...over]
    }
    case 'task.comment':
      return ['task.comment']
    case 'task.delete':
      return ['task.delete', ...over]
    case 'task.release':
      // One's own can be given back whatever one's role has become; what is the keeper's to say is asked for beside this.
      return [body['because'] === 'taken' ? 'task.assign' : 'project.read']
    case 'task.claim':
      // Its keeper grants what its members may have; being a member is enough for that.
      return ['project.read']
    default:
      return ['task.update', ...over]
  }
}

/** Of what only the node of the project's keeper may write: grants, and what ends them for somebody else. */
export function keepersTask({
  type,
  body,
}: Pick<Applied, 'type' | 'body'>):
  | { to?: string; needs: SpacePermission[]; epoch: unknown; ends: boolean }
  | undefined {
  const { token, because, holder } = body
  const epoch: unknown = Array.isArray(token) ? token[0] : undefined
  if (type === 'task.release')
    return isKeepersReason(because as ReleaseReason) ? { needs: [], epoch, ends: true } : undefined
  if (type !== 'task.claim') return undefined
  return { ...(typeof holder === 'string' ? { to: holder, needs: ['task.claim'] } : { needs: [] }), epoch, ends: false }
}

/** The task that an entry is about. */
export function taskSubject({ type, body }: Pick<Applied, 'type' | 'body'>): string | undefined {
  const id = body[type === 'task.create' ? 'id' : 'task']
  return typeof id === 'string' ? id : undefined
}

/** Applies what is done with tasks; and of what is done with members, that the claims of whoever may do nothing any more end. */
export const applyTask: Apply<TaskTables> = (state, entry) => {
  const read = readTask(entry.type, entry.body)
  if (!read) return releaseGone(state, entry)
  if ('refusal' in read) return read.refusal
  const { type, facts } = read
  if (type === 'task.create') return create(state, entry, facts)
  const task = state.get('tasks', facts.task)
  if (!task) return missing(state, facts.task)
  switch (type) {
    case 'task.update':
    case 'task.assign':
      return update(state, entry, task, facts)
    case 'task.complete':
      return complete(state, entry, task, facts)
    case 'task.claim':
      return claim(state, entry, task, facts)
    case 'task.release':
      return release(state, entry, task, facts)
    case 'task.delete':
      return remove(state, entry, task, facts)
    case 'task.comment':
      return undefined
  }
}

/** What tasks bring into the fold of a project. */
export const taskRules = {
  types: taskTypes as readonly string[],
  tables: taskTables,
  permissions: taskPermission,
  subject: taskSubject,
  keepers: keepersTask,
  apply: applyTask,
}

const sizeOf = ({ title, labels, depends_on }: Pick<TaskState, 'title' | 'labels' | 'depends_on'>): number =>
  title.length + labels.reduce((sum, label) => sum + label.length, 0) + 36 * depends_on.length

const deed = ({ author, at, id }: Applied) => ({ by: author, at, entry: id })

/** Writes a task in place of what it was; a new one has no `before`. */
function put(state: TaskDraft, id: string, task: TaskState, before?: TaskState): Refusal | undefined {
  const { made, size } = totalsOf(state)
  const now = size + sizeOf(task) - (before ? sizeOf(before) : 0)
  if (now > TASKS_SIZE_MAX && now > size)
    return refuse('limit_reached', `Titles and labels of this project’s tasks have ${TASKS_SIZE_MAX} characters.`)
  state.set('task_totals', 'all', { made: before ? made : made + 1, size: now })
  tellDependencies(state, id, before?.depends_on ?? [], task.depends_on)
  state.set('tasks', id, task)
  return undefined
}

function create(state: TaskDraft, entry: Applied, facts: TaskFacts<'task.create'>): Refusal | undefined {
  const { id, title, priority, labels, depends_on, assignee, describes } = facts
  if (state.has('tasks', id) || state.has('deleted_tasks', id))
    return refuse('already_exists', `id: there is a task ${id} already.`, { field: 'id' })
  if (state.size('tasks') >= TASKS_MAX)
    return refuse('limit_reached', `This project has ${TASKS_MAX} tasks, and can have no more; delete some.`)
  if (totalsOf(state).made >= TASKS_EVER_MAX)
    return refuse('limit_reached', `${TASKS_EVER_MAX} tasks were made in this project, and no more can be.`)
  const dependencies = checkDependencies(state, id, depends_on)
  if ('refusal' in dependencies) return dependencies.refusal
  return put(state, id, {
    ...{ title, status: 'todo', priority, labels: [...new Set(labels)], depends_on: dependencies.ids },
    assignee: assignee ?? null,
    created: deed(entry),
    lamport: entry.lamport,
    changed_at: entry.at,
    described: describes === true ? entry.id : null,
    ...{ done: null, accepted: null, token: null },
  })
}

function update(
  state: TaskDraft,
  entry: Applied,
  before: TaskState,
  facts: TaskFacts<'task.update'> | TaskFacts<'task.assign'>,
): Refusal | undefined {
  const { task: id, status, depends_on, assignee, accepted, override, ...rest } = facts as TaskFacts<'task.update'>
  const task: TaskState = { ...before, changed_at: entry.at }
  if (rest.title !== undefined) task.title = rest.title
  if (rest.priority !== undefined) task.priority = rest.priority
  if (rest.labels !== undefined) task.labels = [...new Set(rest.labels)]
  if (rest.describes === true) task.described = entry.id
  let released = false

  if (status !== undefined && status !== before.status) {
    const refusal = heldBack(state, entry, id, override)
    if (refusal) return refusal
    task.status = status
    task.done = status === 'done' ? deed(entry) : null
    task.accepted = null
    released = status !== 'in_progress'
  }
  if (accepted !== undefined) {
    if (task.status !== 'done') return refuse('not_ready', 'accepted: only what is done can be accepted, or sent back.')
    task.accepted = accepted ? deed(entry) : null
    if (!accepted) Object.assign(task, { status: 'todo', done: null })
  }
  if (assignee !== undefined && assignee !== before.assignee) {
    const { author } = entry
    const isHis = before.assignee === null || speaksFor(author, before.assignee)
    const isGiven = assignee !== null && !speaksFor(author, assignee)
    if (!isHis && !isGiven && override !== true)
      return refuse('not_permitted', `assignee: this task is given to ${before.assignee}.`, { field: 'assignee' })
    const refusal = isGiven ? undefined : heldBack(state, entry, id, override)
    if (refusal) return refusal
    task.assignee = assignee
    const holder = state.get('task_claims', id)?.holder
    released ||= holder !== undefined && assignee !== null && !isGivenTo(assignee, holder)
  }
  if (depends_on !== undefined) {
    const dependencies = checkDependencies(state, id, depends_on)
    if ('refusal' in dependencies) return dependencies.refusal
    task.depends_on = dependencies.ids
  }
  const had = state.has('task_claims', id)
  if (released && had && status === undefined && task.status === 'in_progress') task.status = 'todo'
  const refusal = put(state, id, task, before)
  if (!refusal && task.status === 'done') dropClaim(state, entry, id, undefined)
  else if (!refusal && released && had) dropClaim(state, entry, id, 'moved')
  return refusal
}

function complete(
  state: TaskDraft,
  entry: Applied,
  before: TaskState,
  { task: id, token, override }: TaskFacts<'task.complete'>,
): Refusal | undefined {
  if (before.status === 'done') return refuse('not_ready', 'This task is done already.')
  const held = state.get('task_claims', id)
  if (token && (!held || compareTokens(held.token, token) !== 0))
    return refuse('stale_token', 'token: the claim is not that one any more.', { field: 'token' })
  const refusal = heldBack(state, entry, id, override)
  if (refusal) return refusal
  dropClaim(state, entry, id, undefined)
  state.set('tasks', id, { ...before, status: 'done', done: deed(entry), accepted: null, changed_at: entry.at })
  return undefined
}

function remove(
  state: TaskDraft,
  entry: Applied,
  before: TaskState,
  { task: id, override }: TaskFacts<'task.delete'>,
): Refusal | undefined {
  const refusal = heldBack(state, entry, id, override)
  if (refusal) return refusal
  const waiters = state.get('task_waiters', id) ?? []
  const freeBefore = new Set(freeWaiters(state, id))
  dropClaim(state, entry, id, undefined)
  state.delete('tasks', id)
  tellDependencies(state, id, before.depends_on, [])
  const { made, size: whole } = totalsOf(state)
  let size = whole - sizeOf(before)
  const freed: string[] = []
  for (const waiter of waiters) {
    const task = state.get('tasks', waiter)
    if (!task) continue
    const after = { ...task, depends_on: task.depends_on.filter((other) => other !== id) }
    size += sizeOf(after) - sizeOf(task)
    state.set('tasks', waiter, after)
    if (!freeBefore.has(waiter) && after.status === 'todo' && waitsFor(state, after).length === 0) freed.push(waiter)
  }
  state.delete('task_waiters', id)
  state.set('task_totals', 'all', { made, size })
  const gone: DeletedTask = { title: before.title, deleted: deed(entry), freed }
  state.set('deleted_tasks', id, gone)
  return undefined
}
