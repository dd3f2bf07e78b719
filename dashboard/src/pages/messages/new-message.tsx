import { Autocomplete, Box, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useClient } from '../../app/api.ts'
import { Composer } from '../../parts/talk/composer.tsx'
import { useAddressees } from './addressees.ts'
import classes from './messages.module.css'

interface Props {
  to: string | undefined
  back: ReactNode
  onSent(conversation: string): void
}

/** A message to somebody, which begins a conversation. */
export function NewMessage({ to: first, back, onSent }: Props) {
  const client = useClient()
  const names = useAddressees()
  const [to, setTo] = useState(first ?? '')
  const known = to.trim()
  return (
    <>
      <div className={classes['bar']}>
        <Group gap="xs">
          {back}
          <Text size="sm" fw={600}>
            New message
          </Text>
        </Group>
      </div>
      <Box p="sm" flex={1}>
        <Stack>
          <Autocomplete
            label="To"
            description="An agent or a node by its name, agent@node, or a DID."
            data={names}
            limit={20}
            value={to}
            onChange={setTo}
            data-autofocus
            autoFocus={first === undefined}
            spellCheck={false}
          />
          <Text size="sm" c="dimmed">
            It is signed, kept here, and delivered when the other node is reached. Who does not know you finds it in
            their requests box.
          </Text>
        </Stack>
      </Box>
      <Composer
        place="new"
        label="Write a message"
        replyTo={undefined}
        onReplyTo={() => undefined}
        closed={known === '' ? 'Say first to whom.' : undefined}
        send={async (body) => {
          const { conversation_id } = await client.call('messages.send', { body, to: known })
          if (conversation_id !== undefined) onSent(conversation_id)
        }}
      />
    </>
  )
}
