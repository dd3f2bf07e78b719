import { Box, Stack, Text } from '@mantine/core'
import type { Handover } from '../../../src/capabilities/tasks/schema.ts'
import { Foreign, ForeignLine, Name } from './foreign.tsx'
import { Moment } from './moment.tsx'

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

/** How it ended that somebody had a task, and when; goes on after its name. */
export const Ended = ({ left: { because, by, until } }: { left: Pick<Handover, 'because' | 'by' | 'until'> }) => (
  <>
    {ends[because]}
    {by !== undefined && because !== 'lapsed' && (
      <>
        {' '}
        by <Name who={by} icon={false} fw={400} />
      </>
    )}{' '}
    <Moment at={until} />
  </>
)

/** All that somebody left with a task. */
export function HandoverPacket({ handover }: { handover: Handover }) {
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
