import { z } from 'zod'
import { AgoraError } from '../../base/errors.ts'
import type { Output } from '../../operations.ts'
import { inQuotes, quoted } from '../frame.ts'
import { handoverText, leftLine } from '../handover-text.ts'
import { handOver, heldIn } from '../held-tasks.ts'
import { list, shortIds, title, when } from '../text.ts'
import { type Answer, type ToolContext, tool } from '../tool.ts'
import { cursor } from './part.ts'
import { project } from './projects.ts'
import { projectOf } from './which.ts'

type Task = Output<'tasks.show'>
type Changed = Output<'tasks.complete'>

export const taskLine = (
  { id, title: name, status, priority, assignee, claim, waits_for }: Task,
  short: (id: string) => string,
) =>
  [
    `[${short(id)}] ${inQuotes(name)} (${status}, ${priority}`,
    assignee === undefined ? '' : `, for ${title(assignee.name, 40)}`,
    claim === undefined ? '' : `, claimed by ${title(claim.holder.name, 40)}`,
    waits_for.length === 0 ? '' : `, waits for ${waits_for.map(short).join(' ')}`,
    ')',
  ].join('')

/** A task at length, with what others wrote marked as theirs. */
export function taskText(task: Task, now: number): string {
  const short = shortIds([task.id, ...task.depends_on])
  const { description, note, labels, claim, created_by, created_at } = task
  return [
    taskLine(task, short),
    `By ${title(created_by.name)}, ${when(created_at, now)}${labels.length === 0 ? '' : `; labels ${labels.map((label) => title(label, 40)).join(', ')}`}`,
    ...(claim === undefined
      ? []
      : [
          `Claim ${claim.token.join('.')} of ${title(claim.holder.name)} since ${when(claim.since, now)}${claim.until === undefined ? '' : `, lapses ${when(claim.until, now)}`}`,
        ]),
    ...(description === undefined ? [] : [`Description, by members:\n${quoted(description)}`]),
    ...(note === undefined ? [] : [`Note on its completion:\n${quoted(note)}`]),
  ].join('\n')
}

export const commentText = (
  { author, at, text = '(taken away)' }: Output<'tasks.comments'>['items'][number],
  now: number,
) => `${title(author.name)}, ${when(at, now)}:\n${quoted(text)}`

const unblockedText = ({ unblocked }: Changed): string =>
  unblocked.length === 0
    ? ''
    : ` Now ready: ${unblocked.map((one) => `[${one.id.slice(0, 8)}] ${inQuotes(one.title, 60)}`).join('; ')}.`

const changed = (task: Changed, what: string): Answer => ({
  text: `${what} [${task.id.slice(0, 8)}] ${inQuotes(task.title)} (${task.status}).${unblockedText(task)}`,
  data: { id: task.id, status: task.status, unblocked: task.unblocked.map(({ id }) => id) },
})

const actions = ['list', 'get', 'create', 'update', 'assign', 'complete', 'comment', 'release', 'delete'] as const

const Input = z.object({
  action: z.enum(actions),
  project,
  task: z.string().optional().describe('id or its beginning; not for list, create'),
  title: z.string().optional().describe('create, update'),
  description: z.string().optional(),
  status: z.enum(['todo', 'in_progress', 'done', 'blocked']).optional(),
  priority: z.enum(['low', 'medium', 'high', 'critical']).optional(),
  assignee: z.string().optional().describe('member, or me'),
  depends_on: z.array(z.string()).optional().describe('ids of tasks to be done before'),
  labels: z.array(z.string()).optional(),
  text: z.string().optional().describe('comment: what to say; complete, update: note; list: words of a title'),
  cursor,
})
type Input = z.output<typeof Input>

type Act = (input: Input, project_id: string, context: ToolContext) => Promise<Answer>

function needed(input: Input, field: 'task' | 'title' | 'assignee' | 'text'): string {
  const value = input[field]
  if (value !== undefined && value !== '') return value
  throw new AgoraError('invalid_input', `${field}: is needed to ${input.action}.`, { field })
}

const acts: Record<(typeof actions)[number], Act> = {
  async list({ status, assignee, text, cursor }, project_id, { call }) {
    const page = await call('tasks.list', {
      ...{ project_id, limit: 30, status, assignee, cursor },
      ...(text === undefined ? {} : { query: text }),
    })
    const short = shortIds(page.items.flatMap(({ id, waits_for }) => [id, ...waits_for]))
    return {
      text: list(
        page.items.map((task) => taskLine(task, short)),
        'No tasks.',
        page.next_cursor,
      ),
      data: {
        tasks: page.items.map(({ id, status: state }) => ({ id, status: state })),
        next_cursor: page.next_cursor,
      },
    }
  },
  async get(input, project_id, { call, now }) {
    const at = { project_id, task_id: needed(input, 'task') }
    const [task, comments] = [await call('tasks.show', at), await call('tasks.comments', { ...at, limit: 20 })]
    const said = comments.items.map((comment) => commentText(comment, now()))
    const left = task.handover === undefined ? [] : [leftLine(task.handover, now())]
    return { text: [taskText(task, now()), ...left, ...said].join('\n'), data: { id: task.id, status: task.status } }
  },
  async create(input, project_id, { call }) {
    const { description, priority, assignee, depends_on, labels } = input
    const task = await call('tasks.create', {
      ...{ project_id, title: needed(input, 'title'), description, priority, assignee, depends_on, labels },
    })
    return { text: `Made [${task.id.slice(0, 8)}] ${inQuotes(task.title)} (${task.status}).`, data: { id: task.id } }
  },
  async update(input, project_id, { call }) {
    const { title: name, description, status, priority, assignee, depends_on, labels, text } = input
    const task_id = needed(input, 'task')
    const changes = { title: name, description, status, priority, assignee, depends_on, labels, note: text }
    return changed(await call('tasks.update', { project_id, task_id, ...changes }), 'Changed')
  },
  async assign(input, project_id, { call }) {
    const to = { task_id: needed(input, 'task'), assignee: needed(input, 'assignee') }
    return changed(await call('tasks.assign', { project_id, ...to }), 'Given')
  },
  async complete(input, project_id, { call }) {
    return changed(
      await call('tasks.complete', { project_id, task_id: needed(input, 'task'), note: input.text }),
      'Done:',
    )
  },
  async comment(input, project_id, { call }) {
    await call('tasks.comment', { project_id, task_id: needed(input, 'task'), text: needed(input, 'text') })
    return { text: 'Said.' }
  },
  async release(input, project_id, { call }) {
    return changed(await call('tasks.release', { project_id, task_id: needed(input, 'task') }), 'Given back:')
  },
  async delete(input, project_id, { call, confirmed }) {
    const at = { project_id, task_id: needed(input, 'task') }
    const { title: name } = await call('tasks.show', at)
    if (!(await confirmed(`Delete the task "${title(name)}"? Its history stays.`)))
      return { text: 'The person said no; nothing was deleted.' }
    return changed(await call('tasks.delete', at), 'Deleted')
  },
}

export const taskTools = [
  tool({
    name: 'agora_project_tasks',
    title: 'Tasks',
    description:
      'Works with the tasks of a project: list them, get one with its comments, change it. To begin one, agora_claim_task.',
    profile: 'core',
    input: Input,
    hints: {},
    run: async (input, context) => acts[input.action](input, await projectOf(context.call, input.project), context),
  }),
  tool({
    name: 'agora_claim_task',
    title: 'Claim a task',
    description:
      'Gives you a task that nobody else gets meanwhile: the next that is ready, or the one you name. Complete, release or hand it over when you stop.',
    profile: 'core',
    input: z.object({
      project,
      task: z.string().optional().describe('id; none: the next that is ready'),
      labels: z.array(z.string()).optional().describe('the next with one of these'),
    }),
    hints: {},
    async run({ project, task: task_id, labels }, { call, now }) {
      const project_id = await projectOf(call, project)
      const task =
        task_id === undefined
          ? await call('tasks.claim_next', { project_id, labels })
          : await call('tasks.claim', { project_id, task_id })
      const left = task.handover === undefined ? '' : `\n${handoverText(task.handover, now())}`
      return { text: `Yours:\n${taskText(task, now())}${left}`, data: { id: task.id, token: task.claim.token } }
    },
  }),
  tool({
    name: 'agora_handover',
    title: 'Hand over',
    description:
      'When you stop before a task is done: leaves your notes with it and gives it back for the next to claim.',
    profile: 'core',
    input: z.object({
      text: z.string().min(1).describe('what is done, what is left, open questions'),
      task: z.string().optional().describe('id; none: all you have claimed'),
      project,
    }),
    hints: {},
    async run({ text, task, project }, { call, me }) {
      const project_id = await projectOf(call, project)
      const held = task === undefined ? await heldIn(call, project_id, (await me()).did) : [{ project_id, id: task }]
      if (held.length === 0)
        throw new AgoraError('not_found', 'task: you hold none in this project.', { field: 'task' })
      const given: Changed[] = []
      for (const one of held) given.push(await handOver(call, one, text))
      const { unread } = await call('messages.read', { limit: 1, view: 'all' })
      const names = given.map((one) => `[${one.id.slice(0, 8)}] ${inQuotes(one.title, 60)}`).join('; ')
      const mail =
        unread === 0
          ? ''
          : `\nYour ${unread} unread messages stay in your inbox: read them, or say so to whom they concern.`
      return { text: `Handed over: ${names}.${mail}`, data: { tasks: given.map(({ id }) => id) } }
    },
  }),
]
