import { CloseButton, Group, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { displayText } from '../../../../../src/base/text.ts'
import type { Room } from '../../../../../src/capabilities/rooms/schema.ts'
import { ForeignLine } from '../../../parts/foreign.tsx'
import { Empty } from '../../../parts/states.tsx'
import { PausedIn } from '../../../parts/talk/inboxed.tsx'
import { Talk } from '../../../parts/talk/talk.tsx'
import { RoomSearch } from './room-search.tsx'
import classes from './rooms.module.css'
import { useRoom } from './use-room.tsx'

interface Props {
  projectId: string
  room: Room
  /** To be gone to at once. */
  message?: string | undefined
}

/** One room: its topic, the search in it, and its messages. */
export function RoomView({ projectId, room, message }: Props) {
  const [typed, setTyped] = useState('')
  const [query] = useDebouncedValue(typed.trim(), 200)
  const [found, setFound] = useState<{ id: string; at: number }>()
  const said = useRoom(projectId, room)
  const linked = useMemo(() => (message === undefined ? undefined : { id: message, at: 1 }), [message])
  return (
    <>
      <div className={classes['head']}>
        <Group gap="xs" wrap="nowrap" miw={0}>
          <Text fw={600} className={classes['line'] as string}>
            #<ForeignLine text={room.name} />
          </Text>
          {room.topic !== undefined && (
            <Text size="xs" className={`agora-foreign ${classes['line']}`} title={displayText(room.topic)}>
              {displayText(room.topic)}
            </Text>
          )}
        </Group>
        <TextInput
          size="xs"
          w={{ base: 140, sm: 220 }}
          aria-label="Search in this project’s rooms"
          placeholder="Search"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && setTyped('')}
          rightSection={
            typed !== '' && <CloseButton size="xs" aria-label="End the search" onClick={() => setTyped('')} />
          }
        />
      </div>
      {query === '' || typed.trim() === '' ? (
        said && (
          <>
            <PausedIn place={{ project_id: projectId, room_id: room.id }} />
            <Talk
              {...said}
              label={`Messages of the room ${room.id === 'main' ? 'main' : 'chosen'}`}
              empty={<Empty title="Nothing was said here yet.">Whoever you name with @ gets it in their inbox.</Empty>}
              find={found ?? linked}
            />
          </>
        )
      ) : (
        <RoomSearch
          projectId={projectId}
          room={room.id}
          query={query}
          onFound={(id) => {
            setTyped('')
            setFound({ id, at: performance.now() })
          }}
        />
      )}
    </>
  )
}
