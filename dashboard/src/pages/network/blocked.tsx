import { Button, Group, Stack, Text } from '@mantine/core'
import { didTail } from '../../../../src/base/did.ts'
import { displayLine } from '../../../../src/base/text.ts'
import { useAct, useRead } from '../../app/api.ts'
import { Name } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Section } from '../../parts/page.tsx'

/** Who is shut out. Nothing when nobody is. */
export function Blocked() {
  const { data } = useRead('friends.blocked', {})
  const unblock = useAct('friends.unblock', {
    optimistic: ({ name }, patch) =>
      patch('friends.blocked', (answer) => ({ ...answer, items: answer.items.filter(({ did }) => did !== name) })),
    done: ({ unblocked }) => `${displayLine(unblocked)} may connect again.`,
  })
  if (!data || data.items.length === 0) return null
  return (
    <Section title="Blocked" note="They cannot connect, and what they sent is hidden.">
      <Stack gap="xs">
        {data.items.map(({ did, name, blocked_at }) => (
          <Group key={did} className="agora-panel" px="sm" py="xs" gap="xs" justify="space-between">
            <Text component="div" size="sm">
              <Name who={{ did, name }} />{' '}
              <Text span inherit c="dimmed">
                key {didTail(did)}, blocked <Moment at={blocked_at} />
              </Text>
            </Text>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => unblock.mutate({ name: did })}
              aria-label={`Unblock ${displayLine(name)}`}
            >
              Unblock
            </Button>
          </Group>
        ))}
      </Stack>
    </Section>
  )
}
