import { HANDOVER } from '../capabilities/tasks/schema.ts'
import type { Output } from '../operations.ts'
import type { ToolContext } from './tool.ts'

export interface HeldTask {
  project_id: string
  id: string
  title: string
}

type Call = ToolContext['call']

/** The tasks in a project that this agent has claimed. */
export async function heldIn(call: Call, project_id: string, did: string): Promise<HeldTask[]> {
  const { items } = await call('tasks.list', { project_id, claimed: true, limit: 500 })
  return items
    .filter(({ claim, status }) => claim?.holder.did === did && status !== 'done')
    .map(({ id, title }) => ({ project_id, id, title }))
}

/** The same in all its projects. */
export async function heldTasks(call: Call, did: string): Promise<HeldTask[]> {
  const { items } = await call('projects.list', { limit: 100 })
  const open = items.filter(({ status, archived }) => status === 'member' && !archived)
  return (await Promise.all(open.map(({ id }) => heldIn(call, id, did)))).flat()
}

/** Gives a task back, with what the next to claim it should know. */
export async function handOver(
  call: Call,
  { project_id, id: task_id }: Pick<HeldTask, 'project_id' | 'id'>,
  text: string,
): Promise<Output<'tasks.release'>> {
  await call('tasks.comment', { project_id, task_id, text: `${HANDOVER}\n${text}` })
  return call('tasks.release', { project_id, task_id })
}

/** Hands over all that an agent has claimed which ended without a word. */
export async function handOverAll(call: Call, { did, name }: { did: string; name: string }): Promise<void> {
  const held = await heldTasks(call, did)
  if (held.length === 0) return
  const { unread } = await call('messages.read', { limit: 1, view: 'all' })
  const mail = unread === 0 ? '' : ` ${unread} messages to ${name} were unread.`
  const text = `The session of ${name} ended before this was done, without a word on how far it came.${mail}`
  for (const task of held) await handOver(call, task, text)
}
