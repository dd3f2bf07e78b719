import { Box, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Output } from '../../../../src/operations.ts'
import { useRead, useReadPages } from '../../app/api.ts'
import { Name, Quoted } from '../../parts/foreign.tsx'
import { Ended, HandoverPacket } from '../../parts/handover.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { Project } from './now.tsx'

type Left = Output<'tasks.handovers'>['items'][number]

/** What an agent left before it was done, and the packet that whoever claims it next is given. */
export function Handovers({ did }: { did: string }) {
  const { read, items, more } = useReadPages('tasks.handovers', { from: did, limit: 50 })
  return (
    <Answer of={read}>
      {() =>
        items.length === 0 ? (
          <Empty title="It has left nothing undone.">
            When it dies, stops or hands over before a task is done, what it left shows here and goes to whoever claims
            the task next.
          </Empty>
        ) : (
          <Stack gap="sm">
            {items.map((left) => (
              <LeftTask key={left.task_id} left={left} />
            ))}
            {more && (
              <Button variant="default" onClick={more}>
                More
              </Button>
            )}
          </Stack>
        )
      }
    </Answer>
  )
}

function LeftTask({ left }: { left: Left }) {
  const [open, setOpen] = useState(false)
  const { title, project, project_id, claimed_by } = left
  return (
    <Box className="agora-panel" p="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <Box miw={0}>
          <Text size="sm">
            <Quoted text={title} />
          </Text>
          <Text size="xs" c="dimmed" component="div">
            in <Project id={project_id} name={project} />, <Ended left={left} />
          </Text>
          <Text size="xs" c="dimmed" component="div">
            {claimed_by === undefined ? (
              'Nobody has taken it up.'
            ) : (
              <>
                Taken up by <Name who={claimed_by} icon={false} />
              </>
            )}
          </Text>
        </Box>
        <Button size="compact-sm" variant="subtle" flex="none" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Close' : 'Packet'}
        </Button>
      </Group>
      {open && <Packet left={left} />}
    </Box>
  )
}

function Packet({ left: { project_id, task_id } }: { left: Left }) {
  const task = useRead('tasks.show', { project_id, task_id })
  return (
    <Box mt="sm">
      <Answer of={task}>
        {({ handover }) =>
          handover ? <HandoverPacket handover={handover} /> : <Text size="sm">It is done by now.</Text>
        }
      </Answer>
    </Box>
  )
}
