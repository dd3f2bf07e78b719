import type { ProjectDetail } from '../../capabilities/projects/schema.ts'
import type { Input } from '../../operations.ts'
import type { Command } from '../command.ts'
import type { Context } from '../context.ts'
import { usageError } from '../usage.ts'
import { chosenProject } from './choice.ts'
import { fitting, given, PROJECT } from './fields.ts'
import { givenRoles } from './members.ts'

type Changes = Omit<Input<'projects.settings'>, 'project_id' | 'why'>

export const settingsCommands: Command[] = [
  {
    usage: 'project settings [project]',
    group: 'Projects',
    summary: 'Show or change a project’s limits, and what its stages take away from roles.',
    details: `${PROJECT} Only its owner changes them. Limits that are not named stay; the profile is set as a whole: {"review": {"developer": ["task.create", "task.update"]}} takes these from developers in Review.`,
    options: [
      { name: 'max-agents', value: '<n>', meaning: 'members at most, nodes and named agents together' },
      { name: 'max-per-role', value: '<role=n>', meaning: 'of one role at most', many: true },
      { name: 'min-trust', value: '<0-4>', meaning: 'trust an inviter must have in whom it invites' },
      { name: 'unlimited', meaning: 'take all limits away' },
      {
        name: 'profile',
        value: '<json>',
        meaning: 'what stages take away; `default` sets it back, `-` reads it from standard input',
      },
    ],
    examples: [
      'agora project settings my-feature',
      'agora project settings my-feature --max-agents 20 --max-per-role overseer=2',
      'agora project settings my-feature --profile default',
    ],
    run: settings,
  },
]

async function settings(context: Context): Promise<void> {
  const project_id = await chosenProject(context)
  const now = await context.call('projects.show', { project_id })
  const changes: Changes = { ...limitsGiven(context, now), ...(await profileGiven(context)) }
  const project =
    Object.keys(changes).length === 0 ? now : await context.call('projects.settings', { project_id, ...changes })
  const { limits, profile, keeper, keeper_epoch } = project
  await context.answer({ project_id: project.id, limits, profile, keeper, keeper_epoch }, () => shown(project, context))
}

function limitsGiven(context: Context, { limits }: ProjectDetail): Pick<Changes, 'limits'> {
  const { inputs } = context
  const few = inputs.list('max-per-role')?.map(ofRole)
  const named = given({
    max_agents: inputs.number('max-agents', 1, 10_000),
    min_trust: inputs.number('min-trust', 0, 4),
    max_per_role: few === undefined ? undefined : { ...limits.max_per_role, ...Object.fromEntries(few) },
  })
  if (inputs.flag('unlimited')) {
    if (Object.keys(named).length > 0) throw usageError('Either --unlimited or some limits, not both.')
    return { limits: null }
  }
  return Object.keys(named).length === 0 ? {} : { limits: { ...limits, ...named } }
}

function ofRole(typed: string): [string, number] {
  const [, role = '', most] = /^([a-z]+)=(\d{1,5})$/.exec(typed) ?? []
  if (givenRoles.some((known) => known === role)) return [role, Number(most)]
  throw usageError(
    `--max-per-role cannot be ${JSON.stringify(typed)}.`,
    `It is a role and a number, e.g. overseer=2. Roles: ${givenRoles.join(', ')}.`,
    '--max-per-role',
  )
}

async function profileGiven({ inputs, io }: Context): Promise<Pick<Changes, 'profile'>> {
  const typed = inputs.text('profile')
  if (typed === undefined) return {}
  if (typed === 'default') return { profile: null }
  try {
    return { profile: JSON.parse(typed === '-' ? await io.read() : typed) }
  } catch (error) {
    throw usageError(`--profile is not valid JSON: ${(error as Error).message}.`, undefined, '--profile')
  }
}

async function shown(
  { name, limits, profile, keeper, keeper_epoch }: ProjectDetail,
  context: Context,
): Promise<string> {
  const rows = Object.entries(profile).flatMap(([stage, roles]) =>
    Object.entries(roles ?? {}).map(([role, taken]) => [stage, role, (taken ?? []).join(' ')]),
  )
  const few = Object.entries(limits.max_per_role ?? {}).map(([role, most]) => `${most} ${role}`)
  const lines = context.pairs([
    ['Members', limits.max_agents === undefined ? 'no limit' : `at most ${limits.max_agents}`],
    ['Of a role', few.length === 0 ? 'no limit' : `at most ${few.join(', ')}`],
    [
      'Trust',
      limits.min_trust === undefined ? 'none is asked for' : `at least ${limits.min_trust} in whom one invites`,
    ],
    ['Keeper', `${keeper.name}, epoch ${keeper_epoch}`],
  ])
  const taken =
    rows.length === 0 ? 'Stages take nothing away.\n' : await context.table(['STAGE', 'ROLE', 'MAY NOT'], rows)
  return `${context.style.bold(fitting(context, name, 0))}\n\n${lines}\n${taken}`
}
