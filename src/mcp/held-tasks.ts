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
