import { Anchor, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useRead, useReadPages } from '../../app/api.ts'
import { ForeignLine } from '../../parts/foreign.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { RoomView } from '../projects/rooms/room.tsx'
import classes from './messages.module.css'

interface Props {
  project: string
  room: string
  message: string | undefined
  back: ReactNode
}

/** A room of a project, among the messages. */
export function RoomHere({ project, room, message, back }: Props) {
  const shown = useRead('projects.show', { project_id: project })
  const rooms = useReadPages('rooms.list', { project_id: project, limit: 100 })
  return (
    <>
      <div className={classes['bar']}>
        <Group gap="xs" wrap="nowrap" miw={0}>
          {back}
          <Text size="sm" className={classes['grow'] as string}>
            {shown.data && <ForeignLine text={shown.data.name} />}
          </Text>
        </Group>
        <Anchor component={Link} size="xs" to={`/projects/${project}/rooms` as never} search={{ room } as never}>
          Open in the project
        </Anchor>
      </div>
      <Answer of={rooms.read}>
        {(all) => {
          const found = all.find(({ id, name }) => id === room || name === room)
          if (!found) return <Empty title="There is no such room." />
          return <RoomView key={found.id} projectId={project} room={found} message={message} />
        }}
      </Answer>
    </>
  )
}
