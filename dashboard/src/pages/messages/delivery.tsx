import { Badge, Popover, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { nodeOf } from '../../../../src/base/did.ts'
import { displayLine } from '../../../../src/base/text.ts'
import type { Delivery as Known } from '../../../../src/capabilities/messaging/schema.ts'
import { absoluteText } from '../../parts/moment.tsx'
import { stageColor, stageMore, stagesReached, stageWords } from './delivery-words.ts'
import classes from './messages.module.css'

/** How far a message has come: the stage, and on demand each that was reached with its time. */
export function Delivery({ delivery, me }: { delivery: Known; me: string }) {
  // What floats is made when it is asked for: most messages are only scrolled past.
  const [open, setOpen] = useState(false)
  const isLocal = nodeOf(delivery.to) === me
  const words = stageWords(delivery, isLocal)
  const more = isLocal && delivery.note === undefined ? undefined : stageMore(delivery)
  const bad = delivery.stage === 'failed' || delivery.stage === 'expired'
  const badge = (
    <button
      type="button"
      className={classes['badge']}
      aria-expanded={open}
      aria-label={`${words}. How far it has come`}
      onClick={() => setOpen(!open)}
    >
      <Badge size="sm" color={stageColor(delivery.stage)} style={{ cursor: 'pointer' }}>
        {words}
      </Badge>
    </button>
  )
  return (
    <span className={classes['stage']}>
      {open ? (
        <Popover
          position="bottom-start"
          withArrow
          shadow="md"
          opened
          onDismiss={() => setOpen(false)}
          trapFocus
          returnFocus
        >
          <Popover.Target>{badge}</Popover.Target>
          <Popover.Dropdown>
            <Stack gap="xs">
              <Text size="sm" fw={600}>
                To {displayLine(delivery.to_name)}
              </Text>
              <Table verticalSpacing={2} horizontalSpacing={0} withRowBorders={false} fz="xs">
                <Table.Tbody>
                  {stagesReached(delivery).map(({ words: stage, at }) => (
                    <Table.Tr key={stage}>
                      <Table.Td pe="md">{stage}</Table.Td>
                      <Table.Td>
                        <time dateTime={at}>{absoluteText(at)}</time>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
              {!isLocal && (
                <Text size="xs" c="dimmed" maw={280}>
                  From “stored” on the times are by the clock of their node.
                </Text>
              )}
            </Stack>
          </Popover.Dropdown>
        </Popover>
      ) : (
        badge
      )}
      {more !== undefined && (
        <Text span size="xs" c={bad ? 'red' : 'dimmed'}>
          {more}
        </Text>
      )}
    </span>
  )
}
