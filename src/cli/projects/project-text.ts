import { stages } from '../../authority/roles.ts'
import type { Member, Project, ProjectDetail } from '../../capabilities/projects/schema.ts'
import type { Context } from '../context.ts'
import { ago, duration, framed, shownName } from '../text.ts'
import { fitting } from './fields.ts'
import { shortest } from './short-ids.ts'

/** Columns of a terminal where the least important fits too. */
const WIDE = 100

/** @param isAll archived ones and those that were left too. */
export function projectsTable(items: Project[], context: Context, isAll: boolean): Promise<string> | string {
  if (items.length === 0) {
    const invited = `Invitations are shown by ${context.next('project invitations')}.`
    const others = isAll ? '' : `Archived ones and those that were left: ${context.next('project list --all')}\n`
    return `No project is here. To begin one: ${context.next('project create <name>')}\n${invited}\n${others}`
  }
  const now = context.io.clock.now()
  const id = shortest(items.map((project) => project.id))
  const wide = (context.io.columns ?? WIDE) >= WIDE
  const states = items.some((project) => stateOf(project) !== '')
  return context.table(
    ['ID', 'NAME', 'STAGE', 'ROLE', 'TEAM', 'TASKS', ...(wide ? ['LAST'] : []), ...(states ? ['STATE'] : [])],
    items.map((project) => [
      id(project.id),
      project.name,
      project.stage,
      project.role ?? '-',
      String(project.members),
      taskCounts(project),
      ...(wide ? [ago(project.updated_at, now)] : []),
      ...(states ? [stateOf(project) || '-'] : []),
    ]),
  )
}

function taskCounts({ tasks: { todo, in_progress, blocked, done } }: Project): string {
  const open = todo + in_progress + blocked
  return open + done === 0 ? '-' : `${done}/${open + done} done`
}

/** What is out of the ordinary about a project; empty when nothing is. */
function stateOf(project: Project): string {
  return [
    ...(project.status === 'member' ? [] : [project.status]),
    ...(project.archived ? ['archived'] : []),
    ...(project.suspended ? ['suspended'] : []),
    ...(project.upgrade_needed === undefined ? [] : ['needs a newer Agora']),
  ].join(', ')
}

/** Everything about a project but its team and tasks. */
export function projectDetails(project: ProjectDetail, context: Context): string {
  const now = context.io.clock.now()
  const { limits } = project
  const roles = Object.entries(limits.max_per_role ?? {}).map(([role, most]) => `${most} ${role}`)
  const bounds = [
    ...(limits.max_agents === undefined ? [] : [`at most ${limits.max_agents} in all`]),
    ...(roles.length === 0 ? [] : [`at most ${roles.join(', ')}`]),
    ...(limits.min_trust === undefined ? [] : [`trust ${limits.min_trust} to be invited`]),
  ]
  const state = stateOf(project)
  const about = project.description ? `${framed(project.description, context.io.columns).join('\n')}\n` : ''
  return `${context.style.bold(fitting(context, project.name, 0))}\n${about}\n${context.pairs([
    ['ID', project.id],
    ...(project.repo === undefined ? [] : [['Repository', project.repo] as const]),
    ['Stage', stageLine(project.stage)],
    ['Your role', project.role ?? '-'],
    ['Owner', shownName(project.owner.name)],
    ['Keeper', shownName(project.keeper.name)],
    ...(bounds.length === 0 ? [] : [['Limits', bounds.join('; ')] as const]),
    ...(state === '' ? [] : [['State', state] as const]),
    ['Begun', ago(project.created_at, now)],
    ['Last change', ago(project.updated_at, now)],
  ])}`
}

/** All stages in order, the present one in brackets. */
export const stageLine = (stage: string): string =>
  stages.map((each) => (each === stage ? `[${each}]` : each)).join(' > ')

export async function teamTable(team: Member[], context: Context): Promise<string> {
  if (team.length === 0) return ''
  const now = context.io.clock.now()
  return context.table(
    ['TEAM', 'ROLE', 'PRESENCE', 'AT WORK', 'ON'],
    team.map((member) => [
      memberName(member),
      member.role,
      member.suspended ? 'suspended' : member.online ? 'online' : 'away',
      member.clocked_in ? duration(now - Date.parse(member.clocked_in.since)) : '-',
      member.suspended ? suspension(member.suspended, now) : (member.clocked_in?.focus ?? ''),
    ]),
  )
}

const memberName = (member: Member): string =>
  shownName(member.name) + (member.is_owner ? ' (owner)' : member.is_keeper ? ' (keeper)' : '')

const suspension = ({ at, by, reason }: NonNullable<Member['suspended']>, now: number): string =>
  `${ago(at, now)} by ${shownName(by.name)}${reason === undefined ? '' : `: ${reason}`}`
