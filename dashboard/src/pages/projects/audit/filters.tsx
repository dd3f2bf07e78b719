import { Button, Group, Select, TextInput } from '@mantine/core'
import { displayLine } from '../../../../../src/base/text.ts'
import type { Input, Output } from '../../../../../src/operations.ts'

export type Filter = Omit<Input<'audit.list'>, 'project_id' | 'limit' | 'cursor'>

const types = [
  ['task', 'Tasks'],
  ['room', 'Rooms'],
  ['decision', 'Decisions'],
  ['report', 'Reports'],
  ['project', 'Project, team and stages'],
  ['project.denied', 'Denied attempts'],
] as const
const verdicts = [
  ['counts', 'Counts'],
  ['held', 'Held by a suspension'],
  ['denied', 'Denied'],
  ['refused', 'Refused'],
] as const
const options = (list: readonly (readonly [string, string])[]) => list.map(([value, label]) => ({ value, label }))
const periods = [
  ['1', 'Last hour'],
  ['24', 'Last day'],
  ['168', 'Last week'],
  ['720', 'Last 30 days'],
] as const

/** By whom, of what kind, with which verdict, since when, about which task. */
export function Filters({
  team,
  filter,
  period,
  onChange,
}: {
  team: Output<'projects.show'>['team']
  filter: Filter
  period: string | null
  onChange(filter: Filter, period: string | null): void
}) {
  const set = (change: { [Key in keyof Filter]?: Filter[Key] | undefined }, next = period) =>
    onChange(Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, v]) => v !== undefined)), next)
  const isAny = Object.keys(filter).length > 0
  return (
    <Group gap="sm" align="flex-end">
      <Select
        label="By"
        placeholder="Anybody"
        clearable
        searchable
        w={{ base: 'calc(50% - 0.375rem)', xs: 190 }}
        data={team.map(({ did, name }) => ({ value: did, label: displayLine(name) }))}
        value={filter.actor ?? null}
        onChange={(actor) => set({ actor: actor ?? undefined })}
      />
      <Select
        label="Kind"
        placeholder="Everything"
        clearable
        w={{ base: 'calc(50% - 0.375rem)', xs: 190 }}
        data={options(types)}
        value={filter.type ?? null}
        onChange={(type) => set({ type: type ?? undefined })}
      />
      <Select
        label="Verdict"
        placeholder="Any"
        clearable
        w={{ base: 'calc(50% - 0.375rem)', xs: 180 }}
        data={options(verdicts)}
        value={filter.verdict ?? null}
        onChange={(verdict) => set({ verdict: (verdict as Filter['verdict']) ?? undefined })}
      />
      <Select
        label="Since"
        placeholder="The beginning"
        clearable
        w={{ base: 'calc(50% - 0.375rem)', xs: 150 }}
        data={options(periods)}
        value={period}
        onChange={(hours) =>
          set(
            {
              since: hours === null ? undefined : new Date(Date.now() - Number(hours) * 3_600_000).toISOString(),
            },
            hours,
          )
        }
      />
      <TextInput
        label="Task"
        placeholder="Its id"
        w={{ base: 'calc(50% - 0.375rem)', xs: 150 }}
        value={filter.task_id ?? ''}
        onChange={({ currentTarget: { value } }) => set({ task_id: value.trim() === '' ? undefined : value.trim() })}
      />
      {isAny && (
        <Button variant="subtle" onClick={() => onChange({}, null)}>
          Clear
        </Button>
      )}
    </Group>
  )
}
