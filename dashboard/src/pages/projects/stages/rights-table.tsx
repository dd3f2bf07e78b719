import { Box, Table, Tooltip } from '@mantine/core'
import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import { Fragment } from 'react'
import { type Profile, type Role, roleAllows, roleTable, type Stage } from '../../../../../src/authority/roles.ts'
import type { SpacePermission } from '../../../../../src/contract/permissions.ts'
import { permissionGroups, roles, roleWords } from '../words.ts'
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
    <Box
      className={`agora-panel ${classes['scroll']}`}
      tabIndex={0}
      role="region"
      aria-label="What each role may do, table"
    >
      <Table className={classes['rights'] ?? ''} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Permission</Table.Th>
            {roles.map((role) => (
              <Table.Th key={role} scope="col" data-own={role === own}>
                <Tooltip label={roleWords[role]}>
                  <span>
                    {role}
                    {role === own && <span className={classes['you']}> you</span>}
                  </span>
                </Tooltip>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {permissionGroups.map(({ title, permissions }) => (
            <Fragment key={title}>
              <Table.Tr>
                <Table.Th scope="colgroup" colSpan={roles.length + 1} className={classes['group'] ?? ''}>
                  {title}
                </Table.Th>
              </Table.Tr>
              {permissions.map(([permission, words]) => (
                <Table.Tr key={permission}>
                  <Table.Th scope="row" fw={400}>
                    {words}
                  </Table.Th>
                  {roles.map((role) => (
                    <Table.Td key={role} data-own={role === own}>
                      <Mark role={role} permission={permission} stage={stage} profile={profile} />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
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
