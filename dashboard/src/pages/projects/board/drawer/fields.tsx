import { Pill, Select, SimpleGrid, TagsInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { displayLine } from '../../../../../../src/base/text.ts'
import type { TaskPriority, TaskStatus } from '../../../../../../src/capabilities/tasks/schema.ts'
import { useRead } from '../../../../app/api.ts'
import { foreignOption } from '../../../../parts/foreign.tsx'
import { priorities, priorityText, statuses, statusText } from '../columns.ts'
import type { TaskPartProps } from './task-part.ts'

const LABELS_MAX = 20

/** Status, priority, assignee and labels: each is changed by choosing. */
export function Fields({ task, board, project, acts, fixed }: TaskPartProps) {
  const agents = useRead('agents.list', {})
  const [known, setKnown] = useState<string[]>([])
  const { status, priority, assignee, labels } = task

  /** Members, agents of this node that have not been heard of in the project yet, and whoever has it now. */
  const people = useMemo(() => {
    const own = agents.data?.items ?? []
    const found = new Map(
      [...own, ...project.team, ...(assignee ? [assignee] : [])].map(({ did, name }) => [did, name]),
    )
    return [...found].map(([value, name]) => ({ value, label: displayLine(name) }))
  }, [agents.data, project.team, assignee])

  const give = (did: string | null) => {
    const name = people.find(({ value }) => value === did)?.label ?? ''
    const pretend = { assignee: did === null ? undefined : { did, name } } as never
    return acts.act('tasks.update', task, { assignee: did }, pretend)
  }
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="xs">
      <Select
        label="Status"
        size="xs"
        allowDeselect={false}
        readOnly={fixed}
        data={statuses.map((value) => ({ value, label: statusText[value] }))}
        value={status}
        onChange={(value) => value !== null && value !== status && void acts.move(task, value as TaskStatus)}
      />
      <Select
        label="Priority"
        size="xs"
        allowDeselect={false}
        readOnly={fixed}
        data={priorities.map((value) => ({ value, label: priorityText[value] }))}
        value={priority}
        onChange={(value) => {
          const next = { priority: (value ?? priority) as TaskPriority }
          void acts.act('tasks.update', task, next, next)
        }}
      />
      <Select
        label="Assignee"
        renderOption={foreignOption}
        size="xs"
        placeholder="Nobody"
        searchable
        clearable={!fixed}
        readOnly={fixed}
        data={people}
        value={assignee?.did ?? null}
        onChange={(value) => void give(value)}
        nothingFoundMessage="No member is called so"
        clearButtonProps={{ 'aria-label': 'Give it to nobody' }}
      />
      <TagsInput
        label="Labels"
        renderOption={foreignOption}
        renderPill={({ option, onRemove, disabled }) => (
          <Pill withRemoveButton={!disabled && !fixed} onRemove={onRemove ?? (() => undefined)} size="sm">
            <bdi>{displayLine(String(option.value))}</bdi>
          </Pill>
        )}
        size="xs"
        placeholder={labels.length === 0 ? 'None' : ''}
        readOnly={fixed}
        data={known}
        maxTags={LABELS_MAX}
        value={labels.map(displayLine)}
        onDropdownOpen={() => setKnown(board.store.labels().map(displayLine))}
        // What is shown may be less than what was written: a label that is kept is kept as it was.
        onChange={(shown) => {
          const next = { labels: shown.map((text) => labels.find((label) => displayLine(label) === text) ?? text) }
          void acts.act('tasks.update', task, next, next)
        }}
      />
    </SimpleGrid>
  )
}
