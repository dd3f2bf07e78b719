import { ActionIcon, Box, NativeSelect, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { displayLine } from '../../../../../src/base/text.ts'
import type { Room } from '../../../../../src/capabilities/rooms/schema.ts'
import { useReadPages } from '../../../app/api.ts'
import { ForeignLine } from '../../../parts/foreign.tsx'
import { Moment } from '../../../parts/moment.tsx'
import { Answer } from '../../../parts/states.tsx'
import { VirtualList } from '../../../parts/virtual-list.tsx'
import { CreateRoom } from './create-room.tsx'
import { RoomView } from './room.tsx'
import classes from './rooms.module.css'

/** The rooms of a project: which there are, and what is said in one of them. */
export function Rooms() {
  const { projectId } = useParams({ strict: false }) as { projectId: string }
  const search = useSearch({ strict: false }) as { room?: unknown; message?: unknown }
  const navigate = useNavigate()
  const rooms = useReadPages('rooms.list', { project_id: projectId, limit: 100 })
  const [creating, { open, close }] = useDisclosure()
  const chosen = search.room === undefined ? 'main' : String(search.room)
  const message = search.message === undefined ? undefined : String(search.message)
  const go = (room: string) => void navigate({ to: `/projects/${projectId}/rooms` as never, search: { room } as never })
  const create = (
    <Tooltip label="Open a new room">
      <ActionIcon aria-label="Open a new room" onClick={open}>
        <IconPlus size={18} />
      </ActionIcon>
    </Tooltip>
  )
  return (
    <Answer of={rooms.read}>
      {(all) => {
        const room = all.find(({ id }) => id === chosen) ?? all.find(({ name }) => name === chosen) ?? all[0]
        return (
          <Box className={`agora-panel ${classes['split']}`}>
            <nav className={classes['list']} aria-label="Rooms">
              <div className={classes['head']}>
                <Text fw={600} size="sm">
                  Rooms
                </Text>
                {create}
              </div>
              <VirtualList
                items={all}
                keyOf={({ id }) => id}
                row={(one) => <RoomLine room={one} chosen={one.id === room?.id} onChoose={() => go(one.id)} />}
                estimate={52}
                height="100%"
                label="Rooms of the project"
                onEnd={rooms.more}
              />
            </nav>
            <section className={classes['talk']} aria-label={room ? `Room ${displayLine(room.name)}` : 'Room'}>
              <div className={`${classes['head']} ${classes['choose']}`}>
                <NativeSelect
                  aria-label="Room"
                  flex={1}
                  value={room?.id}
                  onChange={(event) => go(event.currentTarget.value)}
                  data={all.map(({ id, name }) => ({ value: id, label: `#${displayLine(name)}` }))}
                />
                {create}
              </div>
              {room && <RoomView key={`${projectId} ${room.id}`} projectId={projectId} room={room} message={message} />}
            </section>
            <CreateRoom projectId={projectId} opened={creating} onClose={close} onCreated={go} />
          </Box>
        )
      }}
    </Answer>
  )
}

function RoomLine({ room, chosen, onChoose }: { room: Room; chosen: boolean; onChoose(): void }) {
  return (
    <UnstyledButton className={classes['room'] as string} onClick={onChoose} aria-current={chosen}>
      <Text span size="sm" fw={500} className={classes['line'] as string}>
        #<ForeignLine text={room.name} />
      </Text>
      <Text span size="xs" c="dimmed" className={classes['line'] as string}>
        {room.last_at === undefined ? (
          'nothing said yet'
        ) : (
          <>
            {room.messages} · <Moment at={room.last_at} />
          </>
        )}
      </Text>
    </UnstyledButton>
  )
}
