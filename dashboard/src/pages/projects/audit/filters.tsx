import { Button, Group, Select, type SelectProps, TextInput } from '@mantine/core'
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
      <Choice
        label="By"
        placeholder="Anybody"
        searchable
        data={team.map(({ did, name }) => ({ value: did, label: displayLine(name) }))}
        value={filter.actor}
        onChange={(actor) => set({ actor })}
      />
      <Choice
        label="Kind"
        placeholder="Everything"
        data={options(types)}
        value={filter.type}
        onChange={(type) => set({ type })}
      />
      <Choice
        label="Verdict"
        placeholder="Any"
        data={options(verdicts)}
        value={filter.verdict}
        onChange={(verdict) => set({ verdict: verdict as Filter['verdict'] })}
      />
      <Choice
        label="Since"
        placeholder="The beginning"
        data={options(periods)}
        value={period ?? undefined}
        onChange={(hours) => {
          const since = hours && new Date(Date.now() - Number(hours) * 3_600_000).toISOString()
          set({ since }, hours ?? null)
        }}
      />
      <TextInput
        label="Task"
        placeholder="Its id"
        w={WIDTH}
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

const WIDTH = { base: 'calc(50% - 0.375rem)', xs: 180 }

interface ChoiceProps extends Pick<SelectProps, 'label' | 'placeholder' | 'searchable' | 'data'> {
  /** undefined: whatever it is. */
  value: string | undefined
  onChange(value: string | undefined): void
}
const Choice = ({ value, onChange, ...rest }: ChoiceProps) => (
  <Select {...rest} clearable w={WIDTH} value={value ?? null} onChange={(next) => onChange(next ?? undefined)} />
)
