import { Button, Group, NumberInput, Select, SimpleGrid, Stack } from '@mantine/core'
import { useState } from 'react'
import { trustNames } from '../../../../../src/authority/trust.ts'
import type { Output } from '../../../../../src/operations.ts'
import { useAct } from '../../../app/api.ts'
import { Section } from '../../../parts/page.tsx'
import { roles } from '../words.ts'

type Project = Output<'projects.show'>
const given = roles.filter((role) => role !== 'owner')
type Value = number | string

/** How many may be in it, and how far whoever is invited must be trusted. */
export function LimitsForm({ project, disabled }: { project: Project; disabled: boolean }) {
  const { limits } = project
  const [most, setMost] = useState<Value>(limits.max_agents ?? '')
  const [perRole, setPerRole] = useState<Record<string, Value>>(limits.max_per_role ?? {})
  const [trust, setTrust] = useState(String(limits.min_trust ?? 0))
  const set = useAct('projects.settings', { done: 'Saved.' })
  const ofRole = Object.fromEntries(Object.entries(perRole).filter(([, value]) => typeof value === 'number'))
  const next: Project['limits'] = {
    ...(typeof most === 'number' && { max_agents: most }),
    ...(Object.keys(ofRole).length > 0 && { max_per_role: ofRole as Record<string, number> }),
    ...(trust !== '0' && { min_trust: Number(trust) }),
  }
  const isChanged = canonical(next) !== canonical(limits)
  return (
    <Section title="Limits" note="Judged when somebody is invited; invited ones count">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isChanged) set.mutate({ project_id: project.id, limits: next })
        }}
      >
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <NumberInput
              label="Members at most"
              description="Nodes and agents together"
              placeholder="No limit"
              min={1}
              max={10_000}
              allowDecimal={false}
              disabled={disabled}
              value={most}
              onChange={setMost}
            />
            <Select
              label="Trust needed"
              description="That the inviter has in whom it invites"
              allowDeselect={false}
              disabled={disabled}
              data={trustNames.map((name, level) => ({
                value: String(level),
                label: level === 0 ? 'none' : `${level}, ${name}`,
              }))}
              value={trust}
              onChange={(value) => value !== null && setTrust(value)}
            />
          </SimpleGrid>
          <SimpleGrid cols={{ base: 2, xs: 3, sm: 6 }} spacing="sm">
            {given.map((role) => (
              <NumberInput
                key={role}
                label={`${role}s`}
                placeholder="No limit"
                min={1}
                max={10_000}
                allowDecimal={false}
                disabled={disabled}
                value={perRole[role] ?? ''}
                onChange={(value) => setPerRole({ ...perRole, [role]: value })}
              />
            ))}
          </SimpleGrid>
          {!disabled && (
            <Group>
              <Button type="submit" disabled={!isChanged} loading={set.isPending}>
                Save limits
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Section>
  )
}

const canonical = ({ max_agents, max_per_role = {}, min_trust = 0 }: Project['limits']): string =>
  JSON.stringify([max_agents, Object.entries(max_per_role).sort(), min_trust])
