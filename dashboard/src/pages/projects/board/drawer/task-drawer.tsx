import { Alert, Badge, Code, Drawer, Group, Stack, Tabs, Text } from '@mantine/core'
import { useState } from 'react'
import { displayLine } from '../../../../../../src/base/text.ts'
import type { Output } from '../../../../../../src/operations.ts'
import { useRead } from '../../../../app/api.ts'
import { stateColors } from '../../../../app/theme.ts'
import { Name } from '../../../../parts/foreign.tsx'
import { Ended, HandoverPacket } from '../../../../parts/handover.tsx'
import { Moment } from '../../../../parts/moment.tsx'
import { Answer, Guard } from '../../../../parts/states.tsx'
import { statusText } from '../columns.ts'
import { useTask } from '../use-board.ts'
import { Chain } from './chain.tsx'
import { Comments } from './comments.tsx'
import { Deeds } from './deeds.tsx'
import { Dependencies } from './dependencies.tsx'
import { Fields } from './fields.tsx'
import { History } from './history.tsx'
import type { TaskPartProps } from './task-part.ts'
import { Words } from './words.tsx'

interface DrawerProps extends Omit<TaskPartProps, 'task'> {
  taskId: string
  me: string
}

/** Everything about one task, beside the board. */
export function TaskDrawer({ taskId, ...props }: DrawerProps) {
  const { project, board, onGo } = props
  const told = useRead('tasks.show', { project_id: project.id, task_id: taskId }, { keep: true })
  // What the board knows is newer: it also shows what was done here and waits for the daemon's answer.
  const onBoard = useTask(board, told.data?.id ?? taskId)
  const task = told.data && onBoard && !told.data.deleted ? merged(told.data, onBoard) : told.data
  return (
    <Drawer
      opened
      onClose={() => onGo(undefined)}
      position="right"
      size="lg"
      title={<DrawerTitle task={task} />}
      overlayProps={{ backgroundOpacity: 0.25 }}
      closeButtonProps={{ 'aria-label': 'Close the task' }}
      transitionProps={{ duration: 120 }}
    >
      <Answer of={told}>
        {(shown) => <TaskBody {...props} task={task ?? shown} fixed={props.fixed || shown.deleted !== undefined} />}
      </Answer>
    </Drawer>
  )
}

function merged(told: Output<'tasks.show'>, { accepted, ...board }: Output<'tasks.show'>): Output<'tasks.show'> {
  // Lists leave texts out: those of the task itself stay.
  const { claim: _, assignee: __, completed_by: ___, completed_at: ____, ...rest } = told
  const note = accepted && told.accepted?.note
  return {
    ...rest,
    ...board,
    ...(told.description !== undefined && { description: told.description }),
    ...(told.note !== undefined && { note: told.note }),
    ...(accepted && { accepted: { ...accepted, ...(note !== undefined && { note }) } }),
  }
}

function DrawerTitle({ task }: { task: Output<'tasks.show'> | undefined }) {
  if (!task) return 'Task'
  return (
    <Group gap="xs">
      <Badge color={stateColors[task.status]}>{task.deleted ? 'Deleted' : statusText[task.status]}</Badge>
      <Text span size="sm" c="dimmed">
        Task <Code>{task.id.slice(0, 8)}</Code>
      </Text>
    </Group>
  )
}

function TaskBody(props: TaskPartProps & { me: string }) {
  const { task } = props
  const [part, setPart] = useState<string | null>('comments')
  return (
    <Stack gap="lg">
      {task.deleted && (
        <Alert color="gray" title="This task was deleted">
          by <Name who={task.deleted.by} /> <Moment at={task.deleted.at} />. Its history stays.
        </Alert>
      )}
      <Words {...props} />
      {!task.deleted && (
        <>
          <Deeds {...props} />
          <Fields {...props} />
          <Dependencies {...props} />
        </>
      )}
      <Tabs value={part} onChange={setPart} keepMounted={false}>
        <Tabs.List aria-label="More about the task">
          <Tabs.Tab value="comments">Comments</Tabs.Tab>
          <Tabs.Tab value="chain">Chain</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          {task.handover && <Tabs.Tab value="handover">Handover</Tabs.Tab>}
        </Tabs.List>
        <Guard>
          <Tabs.Panel value="comments" pt="sm">
            <Comments {...props} />
          </Tabs.Panel>
          <Tabs.Panel value="chain" pt="sm">
            <Chain {...props} />
          </Tabs.Panel>
          <Tabs.Panel value="history" pt="sm">
            <History {...props} />
          </Tabs.Panel>
          {task.handover && (
            <Tabs.Panel value="handover" pt="sm">
              <Text size="sm" component="div" mb="sm">
                <Name who={task.handover.from} /> had it since <Moment at={task.handover.since} />;{' '}
                {task.handover.handed_over ? (
                  <>
                    handed over <Moment at={task.handover.until} />
                  </>
                ) : (
                  <Ended left={task.handover} />
                )}
                . Whoever takes it up is given this.
              </Text>
              <HandoverPacket handover={task.handover} />
            </Tabs.Panel>
          )}
        </Guard>
      </Tabs>
      <Text size="xs" c="dimmed">
        Made by <bdi>{displayLine(task.created_by.name)}</bdi> <Moment at={task.created_at} />, changed{' '}
        <Moment at={task.updated_at} />
      </Text>
    </Stack>
  )
}
