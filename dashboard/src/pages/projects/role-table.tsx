import { Box, Table } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import { type Role, roleTable } from '../../../../src/authority/roles.ts'
import { permissionWords } from '../../../../src/authority/words.ts'
import type { SpacePermission } from '../../../../src/contract/permissions.ts'
import classes from './stages/stages.module.css'
import { capital, permissionGroups } from './words.ts'

interface Props {
  label: string
  roles: readonly Role[]
  /** The role of whoever looks, set apart. */
  own?: Role | undefined
  head?(role: Role): ReactNode
  cell(role: Role, permission: SpacePermission, words: string): ReactNode
}

/** What each role may: a row a permission, a column a role. A permission that none of the roles ever has is left out. */
export function RoleTable({ label, roles, own, head = (role) => role, cell }: Props) {
  const groups = permissionGroups
    .map(({ title, permissions }) => ({
      title,
      permissions: permissions.filter((one) => roles.some((role) => roleTable[one].includes(role))),
    }))
    .filter(({ permissions }) => permissions.length > 0)
  return (
    <Box className={`agora-panel ${classes['scroll']}`} tabIndex={0} role="region" aria-label={`${label}, table`}>
      <Table className={classes['rights'] ?? ''} verticalSpacing={4} aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Permission</Table.Th>
            {roles.map((role) => (
              <Table.Th key={role} scope="col" data-own={role === own}>
                {head(role)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {groups.map(({ title, permissions }) => (
            <Fragment key={title}>
              <Table.Tr>
                <Table.Th scope="colgroup" colSpan={roles.length + 1} className={classes['group'] ?? ''}>
                  {title}
                </Table.Th>
              </Table.Tr>
              {permissions.map((permission) => (
                <Table.Tr key={permission}>
                  <Table.Th scope="row" fw={400}>
                    {capital(permissionWords[permission])}
                  </Table.Th>
                  {roles.map((role) => (
                    <Table.Td key={role} data-own={role === own}>
                      {cell(role, permission, capital(permissionWords[permission]))}
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
