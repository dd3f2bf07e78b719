import type { Command, Option } from '../command.ts'
import { pageOptions } from '../command.ts'
import type { Context } from '../context.ts'
import { shownName } from '../text.ts'
import { usageError } from '../usage.ts'
import { checkoutAt, publicRemote } from './checkout.ts'
import { chosenProject, projectNamed } from './choice.ts'
import { fitting, given, PROJECT, paging, projectName } from './fields.ts'
import { projectDetails, projectsTable, teamTable } from './project-text.ts'
import { forgetProject, rememberProject } from './remembered.ts'
import { short } from './short-ids.ts'
import { byUrgency, taskLines } from './task-text.ts'

const repo: Option = { name: 'repo', value: '<url>', meaning: 'the repository it is about' }
const description: Option = { name: 'description', value: '<text>', meaning: 'what it is for' }

/** How many tasks `show` lists. */
const TASKS_SHOWN = 15

export const manageCommands: Command[] = [
  {
    usage: 'project',
    alias: 'project list',
    group: 'Projects',
    summary: 'List projects.',
    options: [{ name: 'all', meaning: 'archived ones, and those that were left, too' }, ...pageOptions],
    examples: ['agora project', 'agora project list --all'],
    async run(context) {
      const all = context.inputs.flag('all') === true
      const page = await context.call('projects.list', { ...paging(context), ...given({ all: all || undefined }) })
      await context.answer(
        page,
        async ({ items, next_cursor }) =>
          (await projectsTable(items, context, all)) + context.more(next_cursor, 'project list'),
      )
    },
  },
  {
    usage: 'project create [name]',
    group: 'Projects',
    summary: 'Begin a project, which this node owns.',
    details:
      'Inside a git checkout it gets the name of the folder and the URL of the remote (without passwords) unless others are given; commands typed there then mean it, and need not name it. `--repo ""` leaves the repository out.',
    options: [description, repo],
    examples: ['agora project create "my-feature" --description "Build the login page"', 'agora project create'],
    run: create,
  },
  {
    usage: 'project show [project]',
    group: 'Projects',
    summary: 'Show a project, its team and its open tasks.',
    details: PROJECT,
    examples: ['agora project show 7f3aBc9d', 'agora project show my-feature', 'agora project show'],
    run: show,
  },
  {
    usage: 'project use <project>',
    group: 'Projects',
    summary: 'Let commands inside this git checkout mean a project.',
    details: 'Remembered on this machine alone, for all worktrees of the repository.',
    examples: ['agora project use 7f3aBc9d'],
    async run(context) {
      const id = await projectNamed(context, context.inputs.arg('project'))
      const { name } = await context.call('projects.show', { project_id: id })
      const checkout = await rememberProject(context, id, undefined)
      if (checkout === undefined) throw usageError('This folder is in no git checkout.', 'Go into one first.')
      await context.answer(
        { project_id: id, checkout },
        () => `Commands inside the checkout ${shownName(checkout)} mean ${projectName(name)} from now on.\n`,
      )
    },
  },
  {
    usage: 'project update [project]',
    group: 'Projects',
    summary: 'Change a project’s name, description or repository.',
    details: `${PROJECT} An empty --repo takes the repository away.`,
    options: [{ name: 'to', value: '<name>', meaning: 'its new name' }, description, repo],
    examples: ['agora project update my-feature --to "login" --description "Login and logout"'],
    run: update,
  },
  {
    usage: 'project archive [project]',
    group: 'Projects',
    summary: 'Archive a project of yours: nothing more can be done in it.',
    options: [{ name: 'undo', meaning: 'take it up again' }],
    examples: ['agora project archive my-feature', 'agora project archive my-feature --undo'],
    async run(context) {
      const input = { project_id: await chosenProject(context) }
      const undo = context.inputs.flag('undo')
      const project = await (undo ? context.call('projects.restore', input) : context.call('projects.archive', input))
      await context.answer(project, ({ id, name }) =>
        undo
          ? `${projectName(name)} is taken up again.\n`
          : `${projectName(name)} is archived.\nTo take it up again: ${context.next(`project archive ${short(id)} --undo`)}\n`,
      )
    },
  },
  {
    usage: 'project leave [project]',
    group: 'Projects',
    summary: 'Leave a project, with all agents of this node.',
    details: `${PROJECT} With --as an agent leaves by itself, and the node stays.`,
    options: [{ name: 'agent', value: '<agent>', meaning: 'take only this agent out' }],
    examples: ['agora project leave my-feature', 'agora project leave my-feature --agent claude-1'],
    async run(context) {
      const { inputs } = context
      const project_id = await chosenProject(context)
      const answer = await context.call('projects.leave', { project_id, ...given({ agent: inputs.text('agent') }) })
      if (inputs.text('agent') === undefined && inputs.text('as') === undefined) forgetProject(context, project_id)
      await context.answer(answer, ({ left }) => `${shownName(left)} left the project.\n`)
    },
  },
]

async function create(context: Context): Promise<void> {
  const { inputs, next } = context
  const checkout = await checkoutAt(context.io.cwd)
  const name = inputs.maybe('name') ?? checkout?.name
  if (name === undefined) throw usageError('What is the project called?', 'Only inside a git checkout it can be told.')
  const remote = checkout?.remote === undefined ? undefined : publicRemote(checkout.remote)
  const from = inputs.text('repo') ?? remote
  const project = await context.call('projects.create', {
    name,
    ...given({ description: inputs.text('description'), repo: from || undefined }),
  })
  const here = await rememberProject(context, project.id, project.repo)
  await context.answer(project, () => {
    const found =
      inputs.text('repo') === undefined && remote !== undefined ? ' (this checkout’s; --repo says another)' : ''
    return `Created ${context.style.bold(fitting(context, project.name))}.\n\n${context.pairs([
      ['ID', project.id],
      ...(project.repo === undefined ? [] : [['Repository', `${project.repo}${found}`] as const]),
      ...(here === undefined ? [] : [['Checkout', `${here}: commands inside it need not name the project`] as const]),
    ])}\nTo invite somebody: ${next(`project invite ${short(project.id)} <peer> --role developer`)}\n`
  })
}

async function show(context: Context): Promise<void> {
  const project_id = await chosenProject(context)
  const project = await context.call('projects.show', { project_id })
  await context.answer(project, async () => {
    const head = `${projectDetails(project, context)}\n${await teamTable(project.team, context)}`
    const open = project.tasks.todo + project.tasks.in_progress + project.tasks.blocked
    const done = project.tasks.done === 0 ? '' : `${project.tasks.done} done`
    if (open === 0) return `${head}\nNo open task${done ? `, ${done}` : ''}.\n`
    const page = await context.call('tasks.list', { project_id, limit: 500 })
    const items = page.items
      .filter((task) => task.status !== 'done')
      .sort(byUrgency)
      .slice(0, TASKS_SHOWN)
    const more = [...(open > items.length ? [`${open - items.length} more open`] : []), ...(done ? [done] : [])]
    const rest =
      more.length === 0
        ? ''
        : context.style.dim(`${more.join(', ')}: ${context.next(`project tasks ${short(project_id)}`)}\n`)
    return `${head}\n${await taskLines(items, context)}${rest}`
  })
}

async function update(context: Context): Promise<void> {
  const { inputs } = context
  const url = inputs.text('repo')
  const changes = {
    ...given({ name: inputs.text('to'), description: inputs.text('description') }),
    ...(url === undefined ? {} : { repo: url === '' ? null : url }),
  }
  if (Object.keys(changes).length === 0)
    throw usageError('Nothing to change was given.', 'See `agora project update --help`.')
  const project = await context.call('projects.update', { project_id: await chosenProject(context), ...changes })
  await context.answer(project, () => projectDetails(project, context))
}
