import { Badge, Box, Button, Group, Text } from '@mantine/core'
import type { Output } from '../../../../../src/operations.ts'
import { useAct, useRead } from '../../../app/api.ts'
import { useConfirm } from '../../../parts/confirm.tsx'
import { ForeignLine, Name, Quoted } from '../../../parts/foreign.tsx'
import { Moment } from '../../../parts/moment.tsx'
import { Section } from '../../../parts/page.tsx'
import { Answer } from '../../../parts/states.tsx'
import { mayNow } from '../words.ts'
import classes from './team.module.css'

type Project = Output<'projects.show'>
type Invitation = Output<'invitations.list'>['items'][number]

/** Invitations of this project that nobody has answered yet; nothing where there are none. */
export function Invitations({ project }: { project: Project }) {
  const waiting = useRead('invitations.list', { project: project.id, direction: 'out', limit: 100 })
  if (waiting.data?.items.length === 0) return null
  return (
    <Section title="Invited" note="Their places are kept until they answer, or the invitation expires">
      <Answer of={waiting}>
        {({ items }) => (
          <Box className="agora-panel" component="ul" p={0} m={0} aria-label="Invitations that wait">
            {items.map((invitation) => (
              <Row key={invitation.id} project={project} invitation={invitation} />
            ))}
          </Box>
        )}
      </Answer>
    </Section>
  )
}

function Row({ project, invitation }: { project: Project; invitation: Invitation }) {
  const ask = useConfirm()
  const { id, to, from, role, created_at, expires_at, message } = invitation
  const withdraw = useAct('invitations.withdraw', {
    done: 'Withdrawn.',
    optimistic: (_, patch) =>
      patch('invitations.list', (page) => ({ ...page, items: page.items.filter((one) => one.id !== id) })),
  })
  const askToWithdraw = async () => {
    const { yes } = await ask({
      title: 'Withdraw the invitation',
      text: (
        <>
          <ForeignLine text={to.name} fw={600} /> is told, and can not accept it any more.
        </>
      ),
      action: 'Withdraw',
    })
    if (yes) withdraw.mutate({ id })
  }
  return (
    <li className={classes['entry']}>
      <Box miw={0}>
        <Group gap={6}>
          <Name who={to} /> <Badge color="gray">{role}</Badge>
        </Group>
        <Text size="xs" c="dimmed" component="div">
          by <Name who={from} icon={false} fw={400} /> <Moment at={created_at} /> · expires <Moment at={expires_at} />
        </Text>
        {message !== undefined && message !== '' && (
          <Text size="xs" component="div">
            <bdi className="agora-quoted">
              <Quoted text={message} />
            </bdi>
          </Text>
        )}
      </Box>
      {mayNow(project, 'project.invite') && (
        <Button variant="default" size="xs" onClick={() => void askToWithdraw()}>
          Withdraw
        </Button>
      )}
    </li>
  )
}
