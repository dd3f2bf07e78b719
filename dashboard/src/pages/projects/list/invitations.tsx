import { Button, Group, Stack, Text } from '@mantine/core'
import type { Output } from '../../../../../src/operations.ts'
import { type Patch, useAct, useReadPages } from '../../../app/api.ts'
import { useConfirm } from '../../../parts/confirm.tsx'
import { Foreign, ForeignLine, Name, Quoted } from '../../../parts/foreign.tsx'
import { Moment } from '../../../parts/moment.tsx'
import { Section } from '../../../parts/page.tsx'

type Invitation = Output<'invitations.list'>['items'][number]

/** Invitations to this node and its agents that wait for an answer; nothing while there are none. */
export function Invitations() {
  const { items, more } = useReadPages('invitations.list', { direction: 'in' })
  if (items.length === 0) return null
  return (
    <Section
      title="Invitations"
      note="Whoever accepts gets the whole record of the project, and shares what it does there."
    >
      <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {items.map((invitation) => (
          <Waiting key={invitation.id} invitation={invitation} />
        ))}
      </Stack>
      {more && (
        <Button mt="sm" variant="default" size="xs" onClick={more}>
          Show more
        </Button>
      )}
    </Section>
  )
}

function Waiting({ invitation }: { invitation: Invitation }) {
  const { id, project_name, description, from, to, role, message, created_at, expires_at } = invitation
  const ask = useConfirm()
  const options = {
    optimistic: (_: unknown, patch: Patch) =>
      patch('invitations.list', (page) => ({ ...page, items: page.items.filter((other) => other.id !== id) })),
  }
  const accept = useAct('invitations.accept', {
    ...options,
    done: 'Accepted. The project comes as soon as one of its members is connected.',
  })
  const decline = useAct('invitations.decline', options)
  async function refuse() {
    const answer = await ask({
      title: 'Decline the invitation?',
      text: (
        <>
          <Name who={from} icon={false} /> is told. To join <Quoted text={project_name} /> later, it has to invite you
          again.
        </>
      ),
      action: 'Decline',
      danger: true,
      reason: { label: 'Reason', placeholder: 'May be left empty' },
    })
    if (answer.yes) decline.mutate({ id, ...(answer.reason !== '' && { reason: answer.reason }) })
  }
  return (
    <li className="agora-panel" style={{ padding: '0.75rem' }}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} flex="1 1 20rem" miw={0}>
          <Text component="div">
            <ForeignLine text={project_name} fw={600} />
          </Text>
          <Text size="sm" component="div">
            <Name who={from} /> invites {to.did.includes('#') ? <Name who={to} /> : 'this node'} as{' '}
            <strong>{role}</strong>
          </Text>
          <Text size="xs" c="dimmed">
            sent <Moment at={created_at} />, expires <Moment at={expires_at} />
          </Text>
          {description !== undefined && <Foreign text={description} lines={2} />}
          {message !== undefined && message !== '' && <Foreign text={message} />}
        </Stack>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={() => void refuse()}>
            Decline
          </Button>
          <Button size="xs" onClick={() => accept.mutate({ id })}>
            Accept
          </Button>
        </Group>
      </Group>
    </li>
  )
}
