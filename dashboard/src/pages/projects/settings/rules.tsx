import { Button, Checkbox, Group, SegmentedControl, Stack } from '@mantine/core'
import { useState } from 'react'
import { type Role, roleTable, type Stage } from '../../../../../src/authority/roles.ts'
import type { SpacePermission } from '../../../../../src/contract/permissions.ts'
import type { Input, Output } from '../../../../../src/operations.ts'
import { useAct } from '../../../app/api.ts'
import { useConfirm } from '../../../parts/confirm.tsx'
import { Section } from '../../../parts/page.tsx'
import { RoleTable } from '../role-table.tsx'
import classes from '../stages/stages.module.css'
import { capital, roles, stages } from '../words.ts'

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
        <RoleTable
          label="Rules"
          roles={given}
          cell={(role, permission, words) =>
            roleTable[permission].includes(role) && (
              <Checkbox
                size="xs"
                display="inline-flex"
                aria-label={`${role}: ${words}`}
                disabled={disabled}
                checked={profile[stage]?.[role as (typeof given)[number]]?.includes(permission) !== true}
                onChange={({ currentTarget: { checked } }) => toggle(role, permission, checked)}
              />
            )
          }
        />
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
