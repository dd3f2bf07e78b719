import { Box, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Handover } from '../../../../src/capabilities/tasks/schema.ts'
import type { Output } from '../../../../src/operations.ts'
import { useRead, useReadPages } from '../../app/api.ts'
import { Foreign, ForeignLine, Name } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { Project } from './now.tsx'

type Left = Output<'tasks.handovers'>['items'][number]

const ends: Record<Handover['because'], string> = {
  released: 'given back',
  taken: 'taken away',
  lapsed: 'claim lapsed',
  suspended: 'suspended',
  moved: 'the task was changed',
  left: 'left the project',
  removed: 'removed from the project',
  superseded: 'given away by another keeper',
}

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
  const { title, project, project_id, until, because, by, claimed_by } = left
  return (
    <Box className="agora-panel" p="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <Box miw={0}>
          <Text size="sm">
            <ForeignLine text={title} fw={500} />
          </Text>
          <Text size="xs" c="dimmed" component="div">
            in <Project id={project_id} name={project} />, {ends[because]}
            {by !== undefined && because !== 'lapsed' && (
              <>
                {' '}
                by <Name who={by} icon={false} fw={400} />
              </>
            )}{' '}
            <Moment at={until} />
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
        {({ handover }) => (handover ? <Contents handover={handover} /> : <Text size="sm">It is done by now.</Text>)}
      </Answer>
    </Box>
  )
}

function Contents({ handover }: { handover: Handover }) {
  const { focus, comments, questions, mail, other_mail } = handover
  const nothing = focus === undefined && comments.length + questions.length + mail.length === 0
  return (
    <Stack gap="sm">
      {nothing && <Text size="sm">It left no word with it.</Text>}
      {focus !== undefined && (
        <Box>
          <Text size="xs" c="dimmed">
            It was clocked in for
          </Text>
          <Foreign text={focus} />
        </Box>
      )}
      <Said heading="Said on the task" items={comments} />
      <Said heading="It asked, and nobody answered" items={questions} />
      <Said heading="Said to it in rooms since its last word" items={mail} />
      {other_mail !== undefined && (
        <Text size="sm" component="div">
          {other_mail.unread} other {other_mail.unread === 1 ? 'message' : 'messages'} to it unread, from{' '}
          {other_mail.from.map((one, index) => (
            <span key={one.did}>
              {index > 0 && ', '}
              <Name who={one} icon={false} /> ({one.unread})
            </span>
          ))}
          . They stay its own.
        </Text>
      )}
    </Stack>
  )
}

function Said({ heading, items }: { heading: string; items: Handover['mail'] }) {
  if (items.length === 0) return null
  return (
    <Box>
      <Text size="xs" c="dimmed">
        {heading}
      </Text>
      <Stack gap={6}>
        {items.map(({ id, from, at, room, text, unread }) => (
          <Box key={id}>
            <Text size="xs" component="div">
              <Name who={from} />
              {room !== undefined && (
                <>
                  {' '}
                  in #<ForeignLine text={room.name} />
                </>
              )}
              , <Moment at={at} />
              {unread === true && ', unread'}
            </Text>
            <Foreign text={text} />
          </Box>
        ))}
      </Stack>
    </Box>
  )
}
