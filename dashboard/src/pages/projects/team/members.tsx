import { Badge, Box, Group, Text } from '@mantine/core'
import type { Output } from '../../../../../src/operations.ts'
import { Name, Quoted } from '../../../parts/foreign.tsx'
import { Moment } from '../../../parts/moment.tsx'
import { MemberActions } from './member-actions.tsx'
import classes from './team.module.css'

type Project = Output<'projects.show'>
type Member = Project['team'][number]

/** The nodes, each with its agents below. */
export function Members({ project }: { project: Project }) {
  return (
    <Box className="agora-panel" component="ul" p={0} m={0} aria-label="Members">
      {project.team.map((member) => (
        <MemberRow key={member.did} project={project} member={member} />
      ))}
    </Box>
  )
}

function MemberRow({ project, member }: { project: Project; member: Member }) {
  const { kind, online, role, suspended, clocked_in, is_owner, is_keeper } = member
  return (
    <li className={classes['row']} data-kind={kind}>
      <Box className={classes['who']}>
        <Group gap={6} wrap="nowrap">
          <span className={classes['dot']} data-online={online} aria-hidden />
          <Name who={member} />
          <span className="agora-visually-hidden">{online ? 'online' : 'away'}</span>
        </Group>
        <Text size="xs" c="dimmed" component="div" className={classes['doing']}>
          {clocked_in === undefined ? (
            <>not clocked in</>
          ) : (
            <>
              {clocked_in.focus !== undefined && clocked_in.focus !== '' && (
                <>
                  <Quoted text={clocked_in.focus} /> ·{' '}
                </>
              )}
              since <Moment at={clocked_in.since} />
            </>
          )}
        </Text>
        {suspended && (
          <Text size="xs" component="div" mt={2} className={classes['doing']}>
            <Badge size="sm" color="orange" me={6}>
              suspended
            </Badge>
            <Moment at={suspended.at} /> by {suspended.by.did === '' ? 'you' : <Name who={suspended.by} icon={false} />}
            {suspended.reason !== undefined && suspended.reason !== '' && (
              <>
                {': '}
                <bdi className="agora-quoted">
                  <Quoted text={suspended.reason} />
                </bdi>
              </>
            )}
          </Text>
        )}
      </Box>
      <Group gap={6} className={classes['role'] ?? ''}>
        <Badge color={role === 'owner' || role === 'overseer' ? 'agora' : 'gray'}>{role}</Badge>
        {is_keeper && (
          <Badge color="gray" variant="outline" title="Gives out the claims on tasks">
            keeper
          </Badge>
        )}
        {is_owner && role !== 'owner' && <Badge>owner</Badge>}
      </Group>
      <MemberActions project={project} member={member} />
    </li>
  )
}
