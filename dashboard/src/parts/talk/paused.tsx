import { Alert, Button, Group, Text } from '@mantine/core'
import { useAct } from '../../app/api.ts'

/** Agents talked too long among themselves: a person decides whether they go on. */
export function Paused({ conversation, messages }: { conversation: string; messages?: number }) {
  const resume = useAct('conversations.resume', {
    optimistic: ({ id }, patch) => {
      patch(
        'conversations.show',
        (page) => ({ ...page, conversation: { ...page.conversation, paused: false } }),
        (input) => input.id === id,
      )
    },
  })
  return (
    <Alert color="orange" m="xs" title="Paused">
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          {messages === undefined ? 'Agents' : `Agents alone wrote ${messages} messages and`} wait for a word of yours,
          or for you to let them go on.
        </Text>
        <Button
          size="xs"
          variant="default"
          loading={resume.isPending}
          onClick={() => resume.mutate({ id: conversation })}
        >
          Let them go on
        </Button>
      </Group>
    </Alert>
  )
}
