import { Box, Button, Checkbox, Group, SegmentedControl, Stack, Table } from '@mantine/core'
import { Fragment, useState } from 'react'
import { type Role, roleTable, type Stage } from '../../../../../src/authority/roles.ts'
import type { SpacePermission } from '../../../../../src/contract/permissions.ts'
import type { Input, Output } from '../../../../../src/operations.ts'
import { useAct } from '../../../app/api.ts'
import { useConfirm } from '../../../parts/confirm.tsx'
import { Section } from '../../../parts/page.tsx'
import classes from '../stages/stages.module.css'
import { capital, permissionGroups, roles, stages } from '../words.ts'

type Project = Output<'projects.show'>
type Profile = Project['profile']

const given = roles.filter((role) => role !== 'owner')

/** What each stage takes away from roles. */
export function Rules({ project, disabled }: { project: Project; disabled: boolean }) {
  const ask = useConfirm()
  const [profile, setProfile] = useState<Profile>(project.profile)
  const [stage, setStage] = useState<Stage>('review')
  const set = useAct('projects.settings', { done: 'Saved.' })
  const isChanged = canonical(profile) !== canonical(project.profile)

  const toggle = (role: Role, permission: SpacePermission, isAllowed: boolean) => {
    const taken = new Set(profile[stage]?.[role] ?? [])
    if (isAllowed) taken.delete(permission)
    else taken.add(permission)
    setProfile({ ...profile, [stage]: { ...profile[stage], [role]: [...taken] } })
  }
  const reset = async () => {
    const { yes } = await ask({
      title: 'Set the rules back',
      text: 'Then only review takes something away: developers and testers make, change, claim and delete no tasks in it.',
      action: 'Set back',
    })
    if (yes) set.mutate({ project_id: project.id, profile: null })
  }
  return (
    <Section
      title="Rules of the stages"
      note="What a role may do in a stage. A stage can take away what a role has, and give nothing more; the owner always may"
    >
      <Stack gap="sm">
        <Group className={classes['choice'] ?? ''}>
          <SegmentedControl
            aria-label="Rules of which stage"
            size="xs"
            value={stage}
            onChange={(value) => setStage(value as Stage)}
            data={stages.map((each) => ({ value: each, label: capital(each) }))}
          />
        </Group>
        <Box className={`agora-panel ${classes['scroll']}`} tabIndex={0} role="region" aria-label="Rules, table">
          <Table className={classes['rights'] ?? ''} verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Permission</Table.Th>
                {given.map((role) => (
                  <Table.Th key={role} scope="col">
                    {role}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {permissionGroups.map(({ title, permissions }) => {
                const rows = permissions.filter(([permission]) =>
                  given.some((role) => roleTable[permission].includes(role)),
                )
                if (rows.length === 0) return null
                return (
                  <Fragment key={title}>
                    <Table.Tr>
                      <Table.Th scope="colgroup" colSpan={given.length + 1} className={classes['group'] ?? ''}>
                        {title}
                      </Table.Th>
                    </Table.Tr>
                    {rows.map(([permission, words]) => (
                      <Table.Tr key={permission}>
                        <Table.Th scope="row" fw={400}>
                          {words}
                        </Table.Th>
                        {given.map((role) => (
                          <Table.Td key={role}>
                            {roleTable[permission].includes(role) && (
                              <Checkbox
                                size="xs"
                                display="inline-flex"
                                aria-label={`${role}: ${words}`}
                                disabled={disabled}
                                checked={profile[stage]?.[role]?.includes(permission) !== true}
                                onChange={({ currentTarget: { checked } }) => toggle(role, permission, checked)}
                              />
                            )}
                          </Table.Td>
                        ))}
                      </Table.Tr>
                    ))}
                  </Fragment>
                )
              })}
            </Table.Tbody>
          </Table>
        </Box>
        {!disabled && (
          <Group>
            <Button
              disabled={!isChanged}
              loading={set.isPending}
              onClick={() =>
                set.mutate({ project_id: project.id, profile: profile as Input<'projects.settings'>['profile'] })
              }
            >
              Save rules
            </Button>
            <Button variant="default" onClick={() => void reset()}>
              Set back to the default
            </Button>
          </Group>
        )}
      </Stack>
    </Section>
  )
}

/** The same for the same rules, in whatever order they were ticked. */
const canonical = (profile: Profile): string =>
  JSON.stringify(stages.map((stage) => given.map((role) => [...(profile[stage]?.[role] ?? [])].sort())))
