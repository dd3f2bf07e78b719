import { Box, SegmentedControl, Stack, Text, UnstyledButton } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useReadPages } from '../../../app/api.ts'
import { Foreign, ForeignLine, Name } from '../../../parts/foreign.tsx'
import { Moment } from '../../../parts/moment.tsx'
import { Answer, Empty } from '../../../parts/states.tsx'
import { VirtualList } from '../../../parts/virtual-list.tsx'
import classes from './rooms.module.css'

interface Props {
  projectId: string
  room: string
  query: string
  onFound(id: string): void
}

/** Messages by their words, the newest first; choosing one goes to where it was said. */
export function RoomSearch({ projectId, room, query, onFound }: Props) {
  const [where, setWhere] = useState('here')
  const navigate = useNavigate()
  const hits = useReadPages('rooms.search', {
    project_id: projectId,
    query,
    limit: 50,
    ...(where === 'here' ? { room } : {}),
  })
  const go = (hit: (typeof hits.items)[number]) => {
    if (hit.room.id === room) return onFound(hit.id)
    void navigate({
      to: `/projects/${projectId}/rooms` as never,
      search: { room: hit.room.id, message: hit.id } as never,
    })
  }
  return (
    <Stack className={classes['results'] as string} gap="xs">
      <SegmentedControl
        size="xs"
        w="fit-content"
        value={where}
        onChange={setWhere}
        aria-label="Where to search"
        data={[
          { value: 'here', label: 'This room' },
          { value: 'all', label: 'All rooms' },
        ]}
      />
      <Answer of={hits.read}>
        {(items) =>
          items.length === 0 ? (
            <Empty title="Nothing was found.">Every word must occur, whole.</Empty>
          ) : (
            <VirtualList
              items={items}
              keyOf={({ id }) => id}
              label="Found messages"
              estimate={90}
              height="100%"
              onEnd={hits.more}
              row={(hit) => (
                <Box pb="xs">
                  <UnstyledButton w="100%" onClick={() => go(hit)}>
                    <Text span size="xs" c="dimmed">
                      <Name who={hit.from} /> in #<ForeignLine text={hit.room.name} /> · <Moment at={hit.sent_at} />
                    </Text>
                    <Text component="div" size="sm" lineClamp={4}>
                      <Foreign text={hit.body.slice(0, 600)} />
                    </Text>
                  </UnstyledButton>
                </Box>
              )}
            />
          )
        }
      </Answer>
    </Stack>
  )
}
