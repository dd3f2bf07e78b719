import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core'
import { displayLine } from '../../../../src/base/text.ts'
import { useAct, useRead } from '../../app/api.ts'
import { useConfirm } from '../../parts/confirm.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Section } from '../../parts/page.tsx'
import { Answer } from '../../parts/states.tsx'
import { ActTable } from './act-table.tsx'

export function Sessions() {
  const sessions = useRead('sessions.list', {})
  const ask = useConfirm()
  const end = useAct('sessions.end', {
    optimistic: ({ id }, patch) =>
      patch('sessions.list', (answer) => ({ ...answer, items: answer.items.filter((one) => one.id !== id) })),
  })
  const others = sessions.data?.items.filter(({ current }) => !current) ?? []
  return (
    <Section
      title="Signed-in pages"
      note="Every browser tab that acts as you on this node. A page that is not used for 24 hours is signed out by itself."
      actions={
        others.length > 1 && (
          <Button
            size="xs"
            variant="default"
            onClick={async () => {
              const { yes } = await ask({
                title: 'Sign out all other pages?',
                text: `${others.length} pages stop working at once; this one stays.`,
                action: 'Sign them out',
                danger: true,
              })
              if (yes) for (const { id } of others) end.mutate({ id })
            }}
          >
            Sign out all others
          </Button>
        )
      }
    >
      <Answer of={sessions}>
        {({ items }) => (
          <ActTable label="Signed-in pages" heads={['Page', { text: 'Signed in', visibleFrom: 'sm' }, 'Last used']}>
            {items.map(({ id, label, created_at, last_used_at, current }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <Stack gap={2} align="flex-start">
                    <Text size="sm">{displayLine(label ?? 'A page that said nothing of itself')}</Text>
                    {current && <Badge color="agora">this page</Badge>}
                  </Stack>
                </Table.Td>
                <Table.Td visibleFrom="sm">
                  <Moment at={created_at} />
                </Table.Td>
                <Table.Td>{current ? 'now' : <Moment at={last_used_at} />}</Table.Td>
                <Table.Td>
                  <Group justify="flex-end">
                    {!current && (
                      <Button size="xs" variant="default" onClick={() => end.mutate({ id })}>
                        Sign out
                      </Button>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </ActTable>
        )}
      </Answer>
    </Section>
  )
}
