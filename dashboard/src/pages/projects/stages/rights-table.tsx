import { Tooltip } from '@mantine/core'
import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import { type Profile, type Role, roleAllows, roleTable, type Stage } from '../../../../../src/authority/roles.ts'
import type { SpacePermission } from '../../../../../src/contract/permissions.ts'
import { RoleTable } from '../role-table.tsx'
import { roles, roleWords } from '../words.ts'
import classes from './stages.module.css'

interface Props {
  profile: Profile
  stage: Stage
  /** The role of who looks. */
  own?: Role | undefined
}

/** Roles and what they may do in a stage, as the daemon decides it. */
export function RightsTable({ profile, stage, own }: Props) {
  return (
    <RoleTable
      label="What each role may do"
      roles={roles}
      own={own}
      head={(role) => (
        <Tooltip label={roleWords[role]}>
          <span>
            {role}
            {role === own && <span className={classes['you']}> you</span>}
          </span>
        </Tooltip>
      )}
      cell={(role, permission) => <Mark role={role} permission={permission} stage={stage} profile={profile} />}
    />
  )
}

function Mark({
  role,
  permission,
  stage,
  profile,
}: Pick<Props, 'profile' | 'stage'> & { role: Role; permission: SpacePermission }) {
  if (roleAllows(role, permission, stage, profile))
    return <IconCheck size={16} role="img" aria-label="may" color="var(--mantine-color-green-7)" />
  if (roleTable[permission].includes(role)) {
    return (
      <Tooltip label={`Taken away in the stage ${stage}`}>
        <IconX size={16} role="img" aria-label="not in this stage" color="var(--mantine-color-orange-7)" />
      </Tooltip>
    )
  }
  return <IconMinus size={16} role="img" aria-label="may not" opacity={0.35} />
}
