import { Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useRead } from '../../app/api.ts'
import { Foreign, Name } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Answer } from '../../parts/states.tsx'

interface Props {
  did: string
  opened: boolean
  onClose(): void
  answers: ReactNode
}

/** What a stranger wrote. To read it here delivers nothing and tells nobody. */
export function StrangerMail({ did, opened, onClose, answers }: Props) {
  const read = useRead('requests.list', {}, { enabled: opened })
  return (
    <Modal opened={opened} onClose={onClose} title="Mail of a stranger" size="lg">
      <Answer of={read}>
        {({ items }) => {
          const request = items.find((one) => one.did === did)
          if (!request) return <Text c="dimmed">Nothing of this stranger waits any more.</Text>
          return (
            <Stack>
              <Text size="sm" c="dimmed" component="div">
                <Name who={request} /> is nobody you have met. What is read here counts as unread; accepting delivers
                it, and gives trust 1.
              </Text>
              {request.messages.map(({ id, body, sent_at }) => (
                <div key={id}>
                  <Text size="sm" c="dimmed">
                    <Moment at={sent_at} />
                  </Text>
                  <Foreign text={body} />
                </div>
              ))}
              <Group justify="flex-end" gap="xs">
                {answers}
              </Group>
            </Stack>
          )
        }}
      </Answer>
    </Modal>
  )
}
