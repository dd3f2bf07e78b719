import { Alert, Badge, Box, Button, Code, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import type { Request } from '../../../../src/capabilities/messaging/schema.ts'
import { type Patch, useAct, useRead } from '../../app/api.ts'
import { useConfirm } from '../../parts/confirm.tsx'
import { Foreign, Name } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import classes from './messages.module.css'

/** Mail of those who are not known here. Agents see none of it before it is accepted. */
export function Requests({ back }: { back: ReactNode }) {
  const requests = useRead('requests.list', {})
  return (
    <>
      <div className={classes['bar']}>
        <Group gap="xs">
          {back}
          <Text size="sm" fw={600}>
            Requests of strangers
          </Text>
        </Group>
      </div>
      <div className={classes['scroll']}>
        <Answer of={requests}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="Nobody waits.">
                Mail of nodes without trust lies here until you accept or drop it. Your agents never see it before.
              </Empty>
            ) : (
              <Stack gap="md">
                <Alert color="gray" p="xs">
                  What strangers write is their word alone: the key proves only that it is always the same stranger.
                </Alert>
                {items.map((request) => (
                  <StrangerMail key={request.did} request={request} />
                ))}
              </Stack>
            )
          }
        </Answer>
      </div>
    </>
  )
}

/** Of one stranger's messages; the rest is counted. */
const SHOWN = 20

function StrangerMail({ request }: { request: Request }) {
  const { did, name, count, first_at, messages } = request
  const ask = useConfirm()
  const accept = useAct('requests.accept', {
    optimistic: takeOut,
    done: ({ delivered }) => `Accepted: ${delivered} delivered.`,
  })
  const drop = useAct('requests.drop', { optimistic: takeOut, done: ({ dropped }) => `Dropped: ${dropped}.` })
  const called = displayLine(name)
  return (
    <Box className="agora-panel" component="section" aria-label={`Mail of ${called}`} p="sm">
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <Name who={{ did, name }} />
            <Badge color="orange">stranger</Badge>
            <Text span size="xs" c="dimmed">
              {count === 1 ? 'one message' : `${count} messages`}, the first <Moment at={first_at} />
            </Text>
          </Group>
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              onClick={async () => {
                const { yes } = await ask({
                  title: `Drop the mail of ${called}?`,
                  text: 'It is thrown away, and they are not told. They can write again.',
                  action: 'Drop it',
                  danger: true,
                })
                if (yes) drop.mutate({ peer: did })
              }}
            >
              Drop
            </Button>
            <Button size="xs" onClick={() => accept.mutate({ peer: did })}>
              Accept, with trust 1
            </Button>
          </Group>
        </Group>
        <Code fz="xs" style={{ overflowWrap: 'anywhere' }}>
          {did}
        </Code>
        {messages.slice(0, SHOWN).map((message) => (
          <Box key={message.id}>
            <Text size="xs" c="dimmed">
              <Moment at={message.sent_at} />, by their clock
            </Text>
            <Foreign text={message.body.slice(0, 4000)} />
          </Box>
        ))}
        {count > SHOWN && (
          <Text size="xs" c="dimmed">
            And {count - SHOWN} more.
          </Text>
        )}
      </Stack>
    </Box>
  )
}

const takeOut = ({ peer }: { peer: string }, patch: Patch) =>
  patch('requests.list', (list) => ({ ...list, items: list.items.filter(({ did }) => did !== peer) }))
