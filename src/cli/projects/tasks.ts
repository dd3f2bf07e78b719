import type { Task, TaskPriority, TaskStatus } from '../../capabilities/tasks/schema.ts'
import { type Command, type Option, pageOptions } from '../command.ts'
import type { Context } from '../context.ts'
import { shownName } from '../text.ts'
import { usageError } from '../usage.ts'
import { boardText } from './board.ts'
import { chosenProject, chosenProjectFor } from './choice.ts'
import { again, given, PROJECT, paging, quoted, spoken } from './fields.ts'
import { handoverText } from './handovers.ts'
import { short } from './short-ids.ts'
import { commentText, taskDetails, taskLines } from './task-text.ts'

const taskStatuses = ['todo', 'in_progress', 'done', 'blocked'] as const satisfies readonly TaskStatus[]
const taskPriorities = ['low', 'medium', 'high', 'critical'] as const satisfies readonly TaskPriority[]

const status: Option = { name: 'status', value: '<status>', meaning: 'how far it is', choices: taskStatuses }
const priority: Option = { name: 'priority', value: '<priority>', meaning: 'how urgent it is', choices: taskPriorities }
const assignee: Option = { name: 'assignee', value: '<member>', meaning: 'whose it is: a name, or `me`' }
const label: Option = { name: 'label', value: '<label>', meaning: 'a label of it', many: true }
const dependsOn: Option = { name: 'depends-on', value: '<task>', meaning: 'a task it has to wait for', many: true }
const description: Option = { name: 'description', value: '<text>', meaning: 'what is to be done' }

export const taskCommands: Command[] = [
  {
    usage: 'project tasks [project]',
    group: 'Projects',
    summary: 'List tasks: ○ todo, ◐ in progress, ⊘ blocked, ● done.',
    details: PROJECT,
    options: [
      { ...status, meaning: 'only those' },
      { ...priority, meaning: 'only those' },
      { ...assignee, meaning: 'only those of this member; `me`, or `none`' },
      { name: 'label', value: '<label>', meaning: 'only those with this label' },
      { name: 'ready', meaning: 'only what can be claimed now' },
      { name: 'search', value: '<text>', meaning: 'only those with this in their title' },
      ...pageOptions,
    ],
    examples: ['agora project tasks 7f3aBc9d', 'agora project tasks --assignee me --status todo'],
    run: list,
  },
  {
    usage: 'project board [project]',
    group: 'Projects',
    summary: 'Show the tasks side by side, by status.',
    details: `${PROJECT} On a terminal narrower than 100 columns they stand one below the other.`,
    examples: ['agora project board', 'agora project board my-feature'],
    async run(context) {
      const project_id = await chosenProject(context)
      const byStatus = await Promise.all(
        taskStatuses.map(async (each) => ({ status: each, items: await every(context, project_id, each) })),
      )
      await context.answer({ items: byStatus.flatMap(({ items }) => items) }, () => boardText(byStatus, context))
    },
  },
  {
    usage: 'project task [project] <task>',
    group: 'Projects',
    summary: 'Show a task, with what it waits for and its comments.',
    details: `${PROJECT} The id of the task may be shortened to its beginning. What was done with it: \`agora project audit --task\`.`,
    examples: ['agora project task 7f3aBc9d 1b2c3d4e', 'agora project task 1b2c3d4e'],
    run: show,
  },
  {
    usage: 'project add-task [project] <title>',
    group: 'Projects',
    summary: 'Make a task.',
    details: PROJECT,
    options: [description, assignee, { ...priority, meaning: 'how urgent it is (default medium)' }, label, dependsOn],
    examples: [
      'agora project add-task 7f3aBc9d "Implement auth flow" --assignee bob --priority high',
      'agora project add-task "Write its tests" --depends-on 1b2c3d4e --label tests',
    ],
    async run(context) {
      const { inputs } = context
      const task = await context.call('tasks.create', {
        project_id: await chosenProjectFor(context, 'title'),
        title: inputs.arg('title'),
        ...given({
          description: inputs.text('description'),
          assignee: inputs.text('assignee'),
          priority: inputs.text('priority') as TaskPriority | undefined,
          labels: inputs.list('label'),
          depends_on: inputs.list('depends-on'),
        }),
      })
      await context.answer(task, () => {
        const whose = task.assignee === undefined ? '' : ` for ${shownName(task.assignee.name)}`
        return `Made ${quoted(task.title)}${whose}, ${task.priority}.  ${context.style.dim(`id ${short(task.id)}`)}\n`
      })
    },
  },
  {
    usage: 'project update-task [project] <task>',
    group: 'Projects',
    summary: 'Change a task.',
    details: `${PROJECT} \`--assignee none\` takes it from its assignee. Labels and dependencies are each set as a whole; an empty one takes all away.`,
    options: [
      status,
      assignee,
      priority,
      { name: 'title', value: '<title>', meaning: 'its new title' },
      description,
      label,
      dependsOn,
      { name: 'note', value: '<text>', meaning: 'a word on how it was done' },
    ],
    examples: [
      'agora project update-task 7f3aBc9d 1b2c3d4e --status in_progress',
      'agora project update-task 1b2c3d4e --assignee claude-1@bob --priority critical',
    ],
    run: update,
  },
  {
    usage: 'project comment [project] <task> <text>',
    group: 'Projects',
    summary: 'Comment on a task.',
    details: 'A text of `-` is read from standard input.',
    examples: ['agora project comment 1b2c3d4e "The tests are still red."'],
    async run(context) {
      const { inputs } = context
      const comment = await context.call('tasks.comment', {
        project_id: await chosenProject(context),
        task_id: inputs.arg('task'),
        text: await spoken(context, inputs.arg('text'), 'text'),
      })
      await context.answer(comment, () => `Noted.  ${context.style.dim(`id ${short(comment.id)}`)}\n`)
    },
  },
  {
    usage: 'project delete-task [project] <task>',
    group: 'Projects',
    summary: 'Delete a task; its history stays.',
    examples: ['agora project delete-task 7f3aBc9d 1b2c3d4e'],
    async run(context) {
      const input = { project_id: await chosenProjectFor(context, 'task'), task_id: context.inputs.arg('task') }
      const task = await context.call('tasks.delete', input)
      await context.answer(task, () => `Deleted ${quoted(task.title)}.\n${unblockedText(task.unblocked)}`)
    },
  },
]

async function list(context: Context): Promise<void> {
  const { inputs } = context
  const project_id = await chosenProject(context)
  const filters = given({
    status: inputs.text('status') as TaskStatus | undefined,
    priority: inputs.text('priority') as TaskPriority | undefined,
    assignee: inputs.text('assignee'),
    label: inputs.text('label'),
    ready: inputs.flag('ready') || undefined,
    query: inputs.text('search'),
  })
  const page = await context.call('tasks.list', { project_id, ...filters, ...paging(context) })
  await context.answer(page, async ({ items, next_cursor }) => {
    if (items.length > 0)
      return (
        (await taskLines(items, context)) +
        context.more(next_cursor, again(context, `project tasks ${short(project_id)}`))
      )
    if (Object.keys(filters).length > 0) return 'No task fits.\n'
    return `There is no task yet. To make one: ${context.next(`project add-task ${short(project_id)} <title>`)}\n`
  })
}

/** How many tasks of one status the board looks at. */
const BOARD_MAX = 1000

async function every(context: Context, project_id: string, status: TaskStatus): Promise<Task[]> {
  const all: Task[] = []
  let cursor: string | undefined
  do {
    const page = await context.call('tasks.list', { project_id, status, limit: 500, ...given({ cursor }) })
    all.push(...page.items)
    cursor = page.next_cursor
  } while (cursor !== undefined && all.length < BOARD_MAX)
  return all
}

async function show(context: Context): Promise<void> {
  const project_id = await chosenProjectFor(context, 'task')
  const task = await context.call('tasks.show', { project_id, task_id: context.inputs.arg('task') })
  await context.answer(task, async () => {
    const others = await Promise.all(
      task.depends_on.slice(0, 20).map((task_id) => context.call('tasks.show', { project_id, task_id })),
    )
    const titles = new Map(others.map(({ id, title }) => [id, title]))
    const { items, next_cursor } = await context.call('tasks.comments', { project_id, task_id: task.id, limit: 100 })
    const comments = items.map((comment) => `\n${commentText(comment, context)}`).join('')
    const more = next_cursor === undefined ? '' : context.style.dim('There are more comments.\n')
    const left = task.handover ? `\n${handoverText(task.handover, context, { comments: false })}` : ''
    return taskDetails(task, titles, context) + left + comments + more
  })
}

async function update(context: Context): Promise<void> {
  const { inputs } = context
  const whose = inputs.text('assignee')
  const listed = (name: string) => inputs.list(name)?.filter((each) => each !== '')
  const changes = {
    ...given({
      status: inputs.text('status') as TaskStatus | undefined,
      priority: inputs.text('priority') as TaskPriority | undefined,
      title: inputs.text('title'),
      description: inputs.text('description'),
      labels: listed('label'),
      depends_on: listed('depends-on'),
      note: inputs.text('note'),
    }),
    ...(whose === undefined ? {} : { assignee: whose === '' || whose === 'none' ? null : whose }),
  }
  if (Object.keys(changes).length === 0)
    throw usageError('Nothing to change was given.', 'See `agora project update-task --help`.')
  const project_id = await chosenProjectFor(context, 'task')
  const task = await context.call('tasks.update', { project_id, task_id: inputs.arg('task'), ...changes })
  await context.answer(task, async () => (await taskLines([task], context)) + unblockedText(task.unblocked))
}

/** What a change let go on. */
export const unblockedText = (unblocked: readonly { id: string; title: string }[]): string =>
  unblocked.map(({ id, title }) => `Can be done now: ${quoted(title)}  ${short(id)}\n`).join('')
