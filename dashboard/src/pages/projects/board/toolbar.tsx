import { Button, Group, Select, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { displayLine } from '../../../../../src/base/text.ts'
import type { TaskPriority } from '../../../../../src/capabilities/tasks/schema.ts'
import { foreignOption } from '../../../parts/foreign.tsx'
import css from './board.module.css'
import { type BoardFilter, isFiltering, priorities, priorityText } from './columns.ts'
import type { BoardSearch } from './search.ts'
import type { TaskStore } from './task-store.ts'

interface ToolbarProps {
  store: TaskStore
  filter: BoardFilter
  onChange: (change: { [Field in keyof BoardSearch]: BoardSearch[Field] | undefined }) => void
  /** While tasks are still coming: how many of how many. */
  loading: { here: number; of: number } | undefined
}

const choices = (values: [value: string, label: string][]) =>
  values.map(([value, label]) => ({ value, label: displayLine(label) }))

export function Toolbar({ store, filter, onChange, loading }: ToolbarProps) {
  const { label, assignee, priority } = filter
  const [text, setText] = useState(filter.text)
  const [labels, setLabels] = useState<string[]>([])
  const [people, setPeople] = useState<[string, string][]>([])
  const tell = useDebouncedCallback((q: string) => onChange({ q: q === '' ? undefined : q }), 150)
  // The address was changed by something else: the way back, a link, "show all".
  useEffect(() => setText((now) => (now.trim() === filter.text.trim() ? now : filter.text)), [filter.text])
  // What there is to choose from is looked up when it is asked for, and not at every change of thousands of tasks.
  const lookUp = () => {
    setLabels(store.labels())
    setPeople(store.assignees().map(({ did, name }) => [did, name]))
  }
  const known = (list: [string, string][], value: string | undefined): [string, string][] =>
    value === undefined || list.some(([each]) => each === value) ? list : [...list, [value, value]]
  const nameOf = (did: string) => store.assignees().find((who) => who.did === did)?.name ?? did
  const peopleShown: [string, string][] =
    assignee === undefined || assignee === 'none' || people.some(([did]) => did === assignee)
      ? people
      : [...people, [assignee, nameOf(assignee)]]
  return (
    <Group gap="xs" className={css.toolbar} role="search" aria-label="Filter tasks">
      <TextInput
        className={css.search}
        size="xs"
        type="search"
        aria-label="Filter by text"
        placeholder="Title, label or id"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          tell(event.currentTarget.value.trim())
        }}
      />
      <Select
        size="xs"
        className={css.choice}
        aria-label="Filter by assignee"
        renderOption={foreignOption}
        placeholder="Anybody"
        clearable
        searchable
        data={[{ value: 'none', label: 'Nobody' }, ...choices(peopleShown)]}
        value={assignee ?? null}
        onDropdownOpen={lookUp}
        onChange={(value) => onChange({ assignee: value ?? undefined })}
        nothingFoundMessage="Nobody has tasks"
      />
      <Select
        size="xs"
        className={css.choice}
        aria-label="Filter by label"
        renderOption={foreignOption}
        placeholder="Any label"
        clearable
        searchable
        data={choices(
          known(
            labels.map((each) => [each, each]),
            label,
          ),
        )}
        value={label ?? null}
        onDropdownOpen={lookUp}
        onChange={(value) => onChange({ label: value ?? undefined })}
        nothingFoundMessage="No labels"
      />
      <Select
        size="xs"
        className={css.choice}
        aria-label="Filter by priority"
        placeholder="Any priority"
        clearable
        data={priorities.map((value) => ({ value, label: priorityText[value] }))}
        value={priority ?? null}
        onChange={(value) => onChange({ priority: (value ?? undefined) as TaskPriority | undefined })}
      />
      {isFiltering(filter) && (
        <Button
          size="xs"
          variant="subtle"
          onClick={() => onChange({ q: undefined, assignee: undefined, label: undefined, priority: undefined })}
        >
          Show all
        </Button>
      )}
      {loading && (
        <Text size="xs" c="dimmed" role="status">
          {loading.here.toLocaleString()} of {loading.of.toLocaleString()} tasks are here
        </Text>
      )}
    </Group>
  )
}
