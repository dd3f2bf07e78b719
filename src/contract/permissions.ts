/**
 * Everything that can be permitted, in one list. What a peer may do by its trust is in `authority/trust.ts`; who may call an
 * operation is said by the operation itself.
 */
export const permissions = [
  /** Say hello, hold a session. */
  'session.open',
  /** Leave a message in the box that only the operator sees. */
  'message.request',
  /** Have a message delivered to an inbox. */
  'message.deliver',
  /** Tell what became of an envelope one was sent. */
  'receipt.send',
  /** Be told that a message was shown, which tells when somebody is there. */
  'receipt.shown',
  /** Be among those a broadcast goes to. */
  'message.broadcast',
  /** Ask to be friends. */
  'friend.ask',
  /** Answer such a request, take it back, say which trust one gives. */
  'friend.answer',
  /** Show what an owner revoked; the owner's signature decides. */
  'revocation.tell',
  /** Be believed on where others are, and be told where this node and its peers are. */
  'address.tell',
  /** Have one's messages wake an agent that is not there. */
  'wake.message',
  /** Ask to wake one. */
  'wake.request',
  /** Invite this node and its agents to projects and threads. */
  'space.invite',
  /** Answer an invitation, or take one back; the space's log decides. */
  'space.answer',
] as const

export type Permission = (typeof permissions)[number]

/** What a member may be permitted within a project; who is, `authority/roles.ts` says. */
export const spacePermissions = [
  'project.read',
  /** Say that one works on it now, and that one does no more. */
  'project.clock',
  /** Tell the project that somebody tried what is not permitted. */
  'denial.tell',
  'room.create',
  'room.message',
  'task.comment',
  'report.submit',
  'audit.note',
  'task.create',
  'task.update',
  'task.claim',
  'task.delete',
  'decision.record',
  /** Accept finished work. */
  'work.approve',
  /** Give a task to somebody else. */
  'task.assign',
  /** Name and description. */
  'project.update',
  'project.invite',
  'project.role',
  'project.stage',
  'project.suspend',
  'project.remove',
  'project.reinstate',
  /** Take the texts of others' entries away; one's own need no permission. */
  'project.redact',
  /** Keeper, limits, and what stages take away. */
  'project.settings',
  'project.archive',
  'project.transfer',
] as const

export type SpacePermission = (typeof spacePermissions)[number]

const ofSpaces = new Set<string>(spacePermissions)
export const isSpacePermission = (permission: Permission | SpacePermission): permission is SpacePermission =>
  ofSpaces.has(permission)
