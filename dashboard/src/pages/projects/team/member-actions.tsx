import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { displayLine } from '../../../../../src/base/text.ts'
import type { Output } from '../../../../../src/operations.ts'
import { type Patch, useAct } from '../../../app/api.ts'
import { useConfirm } from '../../../parts/confirm.tsx'
import { ForeignLine } from '../../../parts/foreign.tsx'
import { mayNow, roles, roleWords } from '../words.ts'

type Project = Output<'projects.show'>
type Member = Project['team'][number]
type Role = Exclude<Member['role'], 'owner'>

/** Changes one member wherever it is shown; undefined takes it off. */
const changing = (patch: Patch, project: string, did: string, to: (member: Member) => Member | undefined) => {
  const team = (list: Member[]) => list.flatMap((each) => (each.did === did ? (to(each) ?? []) : [each]))
  patch(
    'projects.show',
    (shown) => ({ ...shown, team: team(shown.team) }),
    (input) => input.project_id === project,
  )
  patch(
    'projects.team',
    (page) => ({ ...page, items: team(page.items) }),
    (input) => input.project_id === project,
  )
}

/** What can be done about one member. Nothing where this node's role allows nothing. */
export function MemberActions({ project, member }: { project: Project; member: Member }) {
  const ask = useConfirm()
  const { id: project_id } = project
  const { did, is_owner, kind } = member
  const suspend = useAct('projects.suspend', {
    optimistic: ({ reason }, patch) =>
      changing(patch, project_id, did, (one) => ({
        ...one,
        suspended: { at: new Date().toISOString(), by: { did: '', name: '' }, entry: '', ...(reason && { reason }) },
      })),
  })
  const unsuspend = useAct('projects.unsuspend', {
    optimistic: (_, patch) => changing(patch, project_id, did, ({ suspended: _, ...one }) => one),
  })
  const giveRole = useAct('projects.role', {
    optimistic: ({ role }, patch) => changing(patch, project_id, did, (one) => ({ ...one, role })),
  })
  const remove = useAct('projects.remove', {
    optimistic: (_, patch) => changing(patch, project_id, did, () => undefined),
  })
  const name = <ForeignLine text={member.name} fw={600} />
  const can = {
    role: !is_owner && mayNow(project, 'project.role'),
    suspend: !is_owner && mayNow(project, 'project.suspend'),
    remove: !is_owner && kind === 'node' && mayNow(project, 'project.remove'),
  }
  if (!can.role && !can.suspend && !can.remove) return null

  const whole = kind === 'node' ? ' and all of its agents' : ''
  const askToSuspend = async () => {
    const { yes, ...given } = await ask({
      title: 'Suspend',
      text: (
        <>
          Nothing that {name}
          {whole} does in this project counts from now on, on every member’s node, until that is lifted. What was done
          without having heard of it is held, and can be brought back.
        </>
      ),
      action: 'Suspend',
      danger: true,
      reason: { label: 'Reason, shown to all members' },
    })
    const reason = 'reason' in given ? given.reason : ''
    if (yes) suspend.mutate({ project_id, name: did, ...(reason && { reason }) })
  }
  const askToRemove = async () => {
    const { yes, ...given } = await ask({
      title: 'Remove from the project',
      text: (
        <>
          {name}
          {whole} leave the team. What they did stays, they get nothing of what is done from now on, and their claims on
          tasks end. They can be invited again.
        </>
      ),
      action: 'Remove',
      danger: true,
      reason: { label: 'Reason, shown to all members' },
    })
    const reason = 'reason' in given ? given.reason : ''
    if (yes) remove.mutate({ project_id, name: did, ...(reason && { reason }) })
  }

  return (
    <Menu position="bottom-end" shadow="md" width={320}>
      <Menu.Target>
        <ActionIcon aria-label={`What to do about ${displayLine(member.name)}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {can.role && (
          <>
            <Menu.Label>Role</Menu.Label>
            {roles
              .filter((role): role is Role => role !== 'owner')
              .filter((role) => role !== 'overseer' || project.role === 'owner')
              .map((role) => (
                <Menu.Item
                  key={role}
                  disabled={role === member.role}
                  onClick={() => giveRole.mutate({ project_id, name: did, role })}
                >
                  {role}
                  <span style={{ display: 'block', fontSize: '0.75rem', opacity: 0.8 }}>{roleWords[role]}</span>
                </Menu.Item>
              ))}
          </>
        )}
        {(can.suspend || can.remove) && <Menu.Divider />}
        {can.suspend &&
          (member.suspended ? (
            <Menu.Item onClick={() => unsuspend.mutate({ project_id, name: did })}>Lift the suspension</Menu.Item>
          ) : (
            <Menu.Item color="red" onClick={() => void askToSuspend()}>
              Suspend…
            </Menu.Item>
          ))}
        {can.remove && (
          <Menu.Item color="red" onClick={() => void askToRemove()}>
            Remove from the project…
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
