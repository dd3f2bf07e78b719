import type { Member, ProjectDetail } from '../../../../../src/capabilities/projects/schema.ts'
import type { Candidate } from '../../../parts/talk/mentions.ts'

/** Whom one can name in a project: its members and, by `role:…`, everybody of a role that somebody has. */
export function candidates(team: readonly Member[], me: string | undefined): Candidate[] {
  const members = team
    .filter(({ did }) => did !== me)
    .map(({ name, kind, role }) => ({ name, note: kind === 'agent' ? `${role}, agent` : role }))
  const roles = [...new Set(team.map(({ role }) => role))]
  return [...members, ...roles.map((role) => ({ name: `role:${role}`, note: `every ${role}` }))]
}

/** How many of the nodes that are to have what is said can be told now. Whether one has it is not told to this node. */
export function membersReached(team: readonly Member[], me: string | undefined): string {
  const nodes = team.filter(({ kind, did }) => kind === 'node' && did !== me)
  if (nodes.length === 0) return 'There is no other node in the project.'
  const there = nodes.filter(({ online }) => online).length
  return there === nodes.length
    ? `It goes to the other ${nodes.length === 1 ? 'node' : `${nodes.length} nodes`} now: all are connected.`
    : `It goes to ${there} of ${nodes.length} other nodes now, and to the rest when they are reached.`
}

/** Why nothing can be said in a project now, as far as it is known before one tries. */
export function closedBecause({
  archived,
  status,
  suspended,
  upgrade_needed,
  role,
}: ProjectDetail): string | undefined {
  if (status === 'joining') return 'The project’s log is still on its way to this node.'
  if (status !== 'member') return 'This node is not a member any more.'
  if (archived) return 'The project is archived: nothing more is said in it.'
  if (upgrade_needed !== undefined) return 'The project needs a newer version of Agora to be written in.'
  if (suspended) return 'You are suspended in this project: nothing you say would count.'
  if (role === 'observer') return 'Observers read along and say nothing.'
  return undefined
}
