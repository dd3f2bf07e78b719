import { Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { ReactNode } from 'react'
import { nodeOf } from '../../../../../src/base/did.ts'
import type { ChangedTask, Task, TaskStatus } from '../../../../../src/capabilities/tasks/schema.ts'
import type { Input } from '../../../../../src/operations.ts'
import { failureText, useClient } from '../../../app/api.ts'
import { useConfirm } from '../../../parts/confirm.tsx'
import { Quoted } from '../../../parts/foreign.tsx'
import type { Board } from './board-loader.ts'
import { statusText } from './columns.ts'

type Changing = 'tasks.update' | 'tasks.claim' | 'tasks.release' | 'tasks.complete' | 'tasks.accept' | 'tasks.delete'
type Told<Name extends Changing> = Omit<Input<Name>, 'project_id' | 'task_id'>

/** Titles of tasks within a sentence of ours, each set apart. */
const Titles = ({ tasks }: { tasks: { id: string; title: string }[] }) => (
  <>
    {tasks.slice(0, 3).map(({ id, title }, index) => (
      <span key={id}>
        {index > 0 && ', '}
        <Quoted text={title} />
      </span>
    ))}
    {tasks.length > 3 && ` and ${tasks.length - 3} more`}
  </>
)

function tell(color: string, message: ReactNode, more?: { title?: ReactNode; role?: string }): void {
  notifications.show({ color, message, autoClose: 10_000, ...more })
}

/** What is done with tasks: seen at once, and put back with the reason when the daemon refuses. */
export function useTaskActs(board: Board, project: string, self: string | undefined) {
  const client = useClient()
  const ask = useConfirm()
  const { store } = board

  /** Answers the task as it is then, or undefined when it was refused, which was told. */
  async function act<Name extends Changing>(
    name: Name,
    task: Pick<Task, 'id' | 'title'>,
    input: Told<Name>,
    pretend: Partial<Task> = {},
  ): Promise<Task | undefined> {
    const undo = store.pretend(task.id, pretend)
    try {
      const call = client.call as (name: Changing, input: object) => Promise<Partial<ChangedTask> & Task>
      const { unblocked, ...now } = await call(name, { project_id: project, task_id: task.id, ...input })
      if (name === 'tasks.delete') store.remove([task.id])
      else board.took([now])
      for (const other of unblocked ?? []) board.refresh(other.id)
      if (unblocked && unblocked.length > 0)
        tell(
          'green',
          <>
            <Titles tasks={unblocked} /> {unblocked.length === 1 ? 'waits' : 'wait'} for nothing any more.
          </>,
          { title: 'Ready now' },
        )
      return now
    } catch (error) {
      const { title, detail } = failureText(error)
      const text = (
        <>
          <Text size="sm">{title}</Text>
          {detail !== '' && <Text size="sm">{detail}</Text>}
        </>
      )
      tell('red', text, {
        title: (
          <>
            <Quoted text={task.title} /> stays as it was
          </>
        ),
        role: 'alert',
      })
      return undefined
    } finally {
      undo()
    }
  }

  const isMine = (did: string): boolean => self !== undefined && nodeOf(did) === self

  /** Asks before something is done that takes away what somebody else has claimed. */
  async function mayTake({ claim, title }: Task, verb: string): Promise<boolean> {
    if (!claim || isMine(claim.holder.did)) return true
    const { yes } = await ask({
      title: 'Take it from whoever has claimed it?',
      text: (
        <>
          <Quoted text={title} /> is claimed by <Quoted text={claim.holder.name} />, who may be at work on it. To {verb}{' '}
          ends that claim.
        </>
      ),
      action: 'End the claim',
      danger: true,
    })
    return yes
  }

  async function mayGoAhead(task: Task, status: TaskStatus): Promise<boolean> {
    if (status !== 'in_progress' && status !== 'done') return true
    const waits = task.waits_for.map((id) => ({ id, title: store.get(id)?.title ?? id.slice(0, 8) }))
    if (waits.length === 0) return true
    const { yes } = await ask({
      title: 'Go ahead before what it waits for is done?',
      text: (
        <>
          <Quoted text={task.title} /> waits for <Titles tasks={waits} />.
        </>
      ),
      action: `Move it to ${statusText[status]}`,
    })
    return yes
  }

  return {
    act,
    isMine,
    mayTake,
    /** Answers where the task is then. */
    async move(task: Task, status: TaskStatus): Promise<TaskStatus> {
      if (!(await mayGoAhead(task, status))) return task.status
      const ends = status !== 'in_progress'
      if (ends && !(await mayTake(task, `move it to ${statusText[status]}`))) return task.status
      const at = new Date().toISOString()
      const pretend: Partial<Task> = {
        status,
        ...(ends && { claim: undefined }),
        ...(status === 'done' && { completed_at: at }),
      } as Partial<Task>
      const now = await act('tasks.update', task, { status }, pretend)
      if (now && now.status !== status && now.waits_for.length > 0) {
        const waits = now.waits_for.map((id) => ({ id, title: store.get(id)?.title ?? id.slice(0, 8) }))
        tell(
          'orange',
          <>
            It waits for <Titles tasks={waits} />, and is to do by itself once{' '}
            {waits.length === 1 ? 'that is' : 'those are'} done.
          </>,
          {
            title: (
              <>
                <Quoted text={now.title} /> stays blocked
              </>
            ),
          },
        )
      }
      return now?.status ?? task.status
    },
    async remove(task: Task): Promise<boolean> {
      const count = store.waiters(task.id).length
      const { yes } = await ask({
        title: 'Delete this task?',
        text: (
          <>
            <Quoted text={task.title} /> goes from the board of every member. Its history stays.
            {count > 0 &&
              ` ${count} ${count === 1 ? 'task that depends' : 'tasks that depend'} on it will wait for it no more.`}
            {task.claim && !isMine(task.claim.holder.did) && ' Whoever has claimed it may be at work on it.'}
          </>
        ),
        action: 'Delete the task',
        danger: true,
      })
      return yes && (await act('tasks.delete', task, {})) !== undefined
    },
  }
}
export type TaskActs = ReturnType<typeof useTaskActs>
