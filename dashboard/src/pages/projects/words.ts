import { type Profile, type Role, roleAllows, roles, type Stage, stages } from '../../../../src/authority/roles.ts'
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
export const permissionGroups: readonly { title: string; permissions: [SpacePermission, string][] }[] = [
  {
    title: 'Work',
    permissions: [
      ['task.create', 'Make tasks'],
      ['task.update', 'Change and complete tasks'],
      ['task.claim', 'Claim tasks'],
      ['task.delete', 'Delete tasks'],
      ['task.comment', 'Comment on tasks'],
      ['work.approve', 'Accept work, or send it back'],
      ['task.assign', 'Give tasks to others'],
    ],
  },
  {
    title: 'Talk and record',
    permissions: [
      ['room.message', 'Talk in rooms'],
      ['room.create', 'Open rooms'],
      ['decision.record', 'Record decisions'],
      ['report.submit', 'Submit reports'],
      ['audit.note', 'Write notes into the record'],
    ],
  },
  {
    title: 'Lead',
    permissions: [
      ['project.stage', 'Set the stage'],
      ['project.invite', 'Invite'],
      ['project.role', 'Give roles'],
      ['project.suspend', 'Suspend'],
      ['project.remove', 'Remove'],
      ['project.reinstate', 'Bring back what was held'],
      ['project.redact', 'Take texts away'],
      ['project.update', 'Change name and description'],
    ],
  },
  {
    title: 'Own',
    permissions: [
      ['project.settings', 'Set limits, rules and the keeper'],
      ['project.archive', 'Archive and take up again'],
      ['project.transfer', 'Hand over to another node'],
    ],
  },
]

const permissionWords = new Map(permissionGroups.flatMap(({ permissions }) => permissions))

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
    for (const [permission, words] of permissionWords) {
      const before = roleAllows(role, permission, from, profile)
      const after = roleAllows(role, permission, to, profile)
      if (before !== after) what[before ? 'lost' : 'gained'].push(words.toLowerCase())
    }
    for (const [kind, list] of Object.entries(what)) {
      if (list.length === 0) continue
      const sentence = `${kind === 'lost' ? 'can no longer' : 'can again'} ${joined(list)}.`
      sentences.set(sentence, [...(sentences.get(sentence) ?? []), role])
    }
  }
  return [...sentences].map(([sentence, who]) => `${capital(joined(who.map((role) => `${role}s`)))} ${sentence}`)
}

const joined = (list: readonly string[]): string => list.join(', ').replace(/, ([^,]*)$/, ' and $1')
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
export { roles, stages }
