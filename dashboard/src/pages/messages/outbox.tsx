import { Badge, Box, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Output } from '../../../../src/operations.ts'
import { useReadPages } from '../../app/api.ts'
import { Name } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { VirtualList } from '../../parts/virtual-list.tsx'
import { stageColor, stageWords } from './delivery-words.ts'
import classes from './messages.module.css'

type Entry = Output<'messages.outbox'>['items'][number]

/** What has not been confirmed by its receiver, and why not. */
export function Outbox({ back }: { back: ReactNode }) {
  const outbox = useReadPages('messages.outbox', { limit: 100 })
  return (
    <>
      <div className={classes['bar']}>
        <Group gap="xs">
          {back}
          <Text size="sm" fw={600}>
            Waiting to go out
          </Text>
        </Group>
      </div>
      <Answer of={outbox.read}>
        {(items) =>
          items.length === 0 ? (
            <div className={classes['scroll']}>
              <Empty title="Nothing waits.">
                Everything that this node sent was confirmed by the node it was for, or came to an end.
              </Empty>
            </div>
          ) : (
            <div className={classes['rows']}>
              <VirtualList
                items={items}
                keyOf={({ id, to }) => `${id} ${to}`}
                estimate={58}
                height="100%"
                label="Waiting to go out, the oldest first"
                onEnd={outbox.more}
                row={(entry) => <Waiting entry={entry} />}
              />
            </div>
          )
        }
      </Answer>
    </>
  )
}

const kinds: Record<string, string> = { message: 'Message', receipt: 'Receipt' }
const kindOf = (type: string): string => kinds[type] ?? type.replaceAll('.', ' ').replaceAll('_', ' ')

function why({ stage, connected, attempts }: Entry): string {
  if (!connected)
    return stage === 'sent'
      ? 'Went out, and the line broke: goes again when they are there'
      : 'Their node is not connected'
  return stage === 'sent'
    ? 'Their node is connected and has not confirmed it yet'
    : attempts > 0
      ? 'Is sent again'
      : 'Is next'
}

function Waiting({ entry }: { entry: Entry }) {
  const { to, to_name, type, stage, created_at, expires_at } = entry
  return (
    <Box px="sm" py="xs" fz="sm">
      <Group gap="xs">
        <span>{kindOf(type)} to</span>
        <Name who={{ did: to, name: to_name }} />
        <Badge size="sm" color={stageColor(stage)}>
          {stageWords({ stage }, false)}
        </Badge>
      </Group>
      <Text size="xs" c="dimmed">
        {why(entry)}. Written <Moment at={created_at} />, given up <Moment at={expires_at} />.
      </Text>
    </Box>
  )
}
