import type { ApiEvent } from '../../../src/client/index.ts'

/**
 * Which answers an event makes old: beginnings of operations' names by beginning of the event's type. What one space's entries touch is told by the
 * space's id in the operation's input. Listed generously: to ask once more costs a millisecond, to show what is over costs trust.
 */
const touches: [event: string, operations: string[]][] = [
  ['message.', ['messages.', 'conversations.', 'attention.', 'agents.', 'node.status']],
  ['inbox.', ['messages.', 'conversations.', 'attention.', 'agents.', 'node.status']],
  ['conversation.', ['conversations.', 'node.status']],
  ['request.', ['requests.', 'messages.', 'conversations.', 'attention.', 'node.status']],
  ['agent.', ['agents.', 'handovers.', 'wake.', 'node.status']],
  ['peer.', ['node.', 'friends.', 'agents.', 'projects.team', 'projects.show', 'attention.']],
  ['friend.', ['friends.', 'friend_requests.', 'node.', 'attention.', 'requests.', 'messages.', 'conversations.']],
  ['owner.', ['owner.', 'friends.']],
  ['approval.', ['approvals.', 'attention.', 'node.status']],
  ['wake.', ['wake.', 'agents.']],
  ['thread.', ['threads.', 'attention.', 'conversations.', 'messages.']],
  ['room.', ['rooms.', 'messages.', 'conversations.']],
  ['attention.', ['attention.', 'alerts.']],
  ['alert.', ['attention.', 'alerts.', 'owner.', 'node.status']],
  ['security.', ['attention.', 'alerts.', 'owner.', 'node.status']],
  ['settings.', ['settings.']],
  ['backup.', ['backups.']],
  ['session.', ['sessions.']],
  ['project.', ['projects.list', 'invitations.', 'activity.', 'attention.', 'agents.', 'handovers.', 'node.status']],
]
/** Of a space: whatever names it. */
const ofSpace = ['projects.', 'tasks.', 'rooms.', 'decisions.', 'reports.', 'audit.', 'threads.', 'handovers.']

/** Whether one of `events` may have changed what an operation (`[name, input]`) was answered. */
export function isTouched(key: readonly unknown[], events: ApiEvent[]): boolean {
  const [name, input] = key as [string, Record<string, unknown> | undefined]
  return events.some((event) => {
    // Some were thrown away before this page heard them.
    if (event.type === 'events.missed') return true
    if (touches.some(([type, names]) => event.type.startsWith(type) && names.some((begin) => name.startsWith(begin))))
      return true
    const space = event['project_id'] ?? event['thread_id']
    // Of which project is not told to a page that does not hold the stream itself.
    if (event.type === 'task.renewed' && space === undefined) return name.startsWith('tasks.')
    if (typeof space !== 'string' || !ofSpace.some((begin) => name.startsWith(begin))) return false
    const asked = input?.['project_id'] ?? input?.['thread_id']
    return asked === undefined || (typeof asked === 'string' && space.startsWith(asked))
  })
}
