import { type Profile, type Role, roleAllows, roles, type Stage, stages } from '../../../../src/authority/roles.ts'
import { capital, joined, permissionWords } from '../../../../src/authority/words.ts'
import type { SpacePermission } from '../../../../src/contract/permissions.ts'
import type { Output } from '../../../../src/operations.ts'

/** What the words of a project mean, for people. */

type Project = Output<'projects.show'>

export const stageWords: Record<Stage, string> = {
  investigation: 'Finding out what is to be done.',
  implementation: 'Doing it.',
  review: 'Reading what was done; no new work begins.',
  integration: 'Bringing it together with everything else.',
  deployment: 'Letting it out. A person confirms it.',
}

export const roleWords: Record<Role, string> = {
  owner: 'All of it; also archives it, hands it over and sets its rules',
  overseer: 'Leads: team, stages, who does what, and accepts work',
  developer: 'Makes, takes and completes tasks; decides',
  reviewer: 'Accepts finished work or sends it back; decides',
  tester: 'Makes, takes and completes tasks; decides',
  consultant: 'Talks, comments and reports',
  observer: 'Reads, and clocks in',
}

/** What a role may, in groups as one thinks of it. Each permission of a project stands here once, but what nobody can be denied. */
export const permissionGroups: readonly { title: string; permissions: readonly SpacePermission[] }[] = [
  {
    title: 'Work',
    permissions: [
      'task.create',
      'task.update',
      'task.claim',
      'task.delete',
      'task.comment',
      'work.approve',
      'task.assign',
    ],
  },
  {
    title: 'Talk and record',
    permissions: ['room.message', 'room.create', 'decision.record', 'report.submit', 'audit.note'],
  },
  {
    title: 'Lead',
    permissions: [
      'project.stage',
      'project.invite',
      'project.role',
      'project.suspend',
      'project.remove',
      'project.reinstate',
      'project.redact',
      'project.update',
    ],
  },
  { title: 'Own', permissions: ['project.settings', 'project.archive', 'project.transfer'] },
]

/** Whether this node's operator may do something in a project now; the daemon decides, this only spares useless buttons. */
export function mayNow(project: Project, permission: SpacePermission): boolean {
  const { role, archived, suspended, stage, profile } = project
  if (role === undefined || suspended) return false
  if (archived && !(permission === 'project.archive' && role === 'owner')) return false
  return roleAllows(role, permission, stage, profile)
}

export const isLeading = (role: Role | undefined): boolean => role === 'owner' || role === 'overseer'

/** What changes for whom when a project goes from one stage to another, a sentence each. */
export function stageChanges(profile: Profile, from: Stage, to: Stage): string[] {
  const sentences = new Map<string, Role[]>()
  for (const role of roles) {
    const what: Record<'lost' | 'gained', string[]> = { lost: [], gained: [] }
    for (const permission of permissionGroups.flatMap(({ permissions }) => permissions)) {
      const before = roleAllows(role, permission, from, profile)
      const after = roleAllows(role, permission, to, profile)
      if (before !== after) what[before ? 'lost' : 'gained'].push(permissionWords[permission])
    }
    for (const [kind, list] of Object.entries(what)) {
      if (list.length === 0) continue
      const sentence = `${kind === 'lost' ? 'can no longer' : 'can again'} ${joined(list)}.`
      sentences.set(sentence, [...(sentences.get(sentence) ?? []), role])
    }
  }
  return [...sentences].map(([sentence, who]) => `${capital(joined(who.map((role) => `${role}s`)))} ${sentence}`)
}

export { capital, roles, stages }
