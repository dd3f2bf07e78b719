import { aRole } from '../base/deed.ts'
import type { SpacePermission } from '../contract/permissions.ts'
import { type Role, roleAllows, roles, type Standing } from './roles.ts'

/** What a permission allows, behind "may". */
export const permissionWords: Record<SpacePermission, string> = {
  'project.read': 'read the project',
  'project.clock': 'clock in',
  'denial.tell': 'tell of a denial',
  'task.create': 'make tasks',
  'task.update': 'change or complete tasks',
  'task.claim': 'claim tasks',
  'task.delete': 'delete tasks',
  'task.comment': 'comment on tasks',
  'work.approve': 'accept work, or send it back',
  'task.assign': 'give tasks to others',
  'room.message': 'talk in rooms',
  'room.create': 'open rooms',
  'decision.record': 'record decisions',
  'report.submit': 'submit reports',
  'audit.note': 'write notes into the record',
  'project.stage': 'set the stage',
  'project.invite': 'invite',
  'project.role': 'give roles',
  'project.suspend': 'suspend members',
  'project.remove': 'remove members',
  'project.reinstate': 'bring back what was held',
  'project.redact': 'take texts away',
  'project.update': 'change name and description',
  'project.settings': 'set limits, rules and the keeper',
  'project.archive': 'archive the project, or take it up again',
  'project.transfer': 'hand the project over',
}

/** Why a role may not do something, and who may, for people. */
export function refusalWords(permission: SpacePermission, role: Role, standing: Standing, isNodes: boolean): string {
  const { stage, profile } = standing
  const allowed = (one: Role) => roleAllows(one, permission, stage, profile)
  const elsewhere = roleAllows(role, permission, stage, {})
  const who = roles.filter(allowed).map((one) => (one === 'owner' ? 'the owner' : `${one}s`))
  const subject = `${aRole(role)} may not ${permissionWords[permission]}`
  const whose = isNodes ? `the node is ${aRole(role)} here, and ` : ''
  return `${capital(`${whose}${subject}`)}${elsewhere ? ` in the stage ${stage}` : ''}; ${joined(who)} may.`
}

export const joined = (list: readonly string[]): string => list.join(', ').replace(/, ([^,]*)$/, ' and $1')
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
