import type { SpacePermission } from '../contract/permissions.ts'

export const roles = ['owner', 'overseer', 'developer', 'reviewer', 'tester', 'consultant', 'observer'] as const
export type Role = (typeof roles)[number]

export const stages = ['investigation', 'implementation', 'review', 'integration', 'deployment'] as const
export type Stage = (typeof stages)[number]

const all: readonly Role[] = roles
const speaking: readonly Role[] = ['owner', 'overseer', 'developer', 'reviewer', 'tester', 'consultant']
const working: readonly Role[] = ['owner', 'overseer', 'developer', 'tester']
const deciding: readonly Role[] = ['owner', 'overseer', 'developer', 'reviewer', 'tester']
const leading: readonly Role[] = ['owner', 'overseer']
const owning: readonly Role[] = ['owner']

/** Who may do what in a project, by role. With the profile below the whole rule; CONCEPT prints both. */
export const roleTable: Record<SpacePermission, readonly Role[]> = {
  'project.read': all,
  'project.clock': all,
  'denial.tell': all,
  'room.create': speaking,
  'room.message': speaking,
  'task.comment': speaking,
  'report.submit': speaking,
  'audit.note': speaking,
  'task.create': working,
  'task.update': working,
  'task.claim': working,
  'task.delete': working,
  'decision.record': deciding,
  'work.approve': ['owner', 'overseer', 'reviewer'],
  'task.assign': leading,
  'project.update': leading,
  'project.invite': leading,
  'project.role': leading,
  'project.stage': leading,
  'project.suspend': leading,
  'project.remove': leading,
  'project.reinstate': leading,
  'project.redact': leading,
  'project.settings': owning,
  'project.archive': owning,
  'project.transfer': owning,
}

/** What a stage takes away from a role. Never from the owner. */
export type Profile = Partial<Record<Stage, Partial<Record<Exclude<Role, 'owner'>, readonly SpacePermission[]>>>>

const writing: readonly SpacePermission[] = ['task.create', 'task.update', 'task.claim', 'task.delete']

/** In Review only the owner and overseers write tasks. */
export const defaultProfile: Profile = {
  review: { developer: writing, tester: writing },
}

/** Whether a role allows something in a stage. */
export function roleAllows(role: Role, permission: SpacePermission, stage: Stage, profile: Profile): boolean {
  if (!roleTable[permission].includes(role)) return false
  if (role === 'owner') return true
  return profile[stage]?.[role]?.includes(permission) !== true
}

/** What of a project `may` needs to know of whoever acts in it; computed by the fold from the log alone. */
export interface Standing {
  stage: Stage
  profile: Profile
  archived: boolean
  /** The role of an agent or node, and why it counts for nothing now; undefined for who is not a member. */
  roleOf(did: string): { role: Role; node: Role; suspended: boolean } | undefined
}
