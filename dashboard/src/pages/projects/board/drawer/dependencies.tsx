import { ActionIcon, Group, Select, Stack, Text, Tooltip } from '@mantine/core'
import { IconCircleCheck, IconCircleDashed, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { displayLine, quotedShort } from '../../../../../../src/base/text.ts'
import type { Task } from '../../../../../../src/capabilities/tasks/schema.ts'
import { ForeignLine, foreignOption } from '../../../../parts/foreign.tsx'
import css from '../board.module.css'
import { statusText } from '../columns.ts'
import { useColumns } from '../use-board.ts'
import type { TaskPartProps } from './task-part.ts'

const FOUND_MAX = 12

/** What it waits for and what waits for it, with the way there; and to add and take away what it waits for. */
export function Dependencies({ task, board, acts, fixed, onGo }: TaskPartProps) {
  // Drawn anew when any task changes: these are others than the one that is open.
  useColumns(board)
  const { store } = board
  const before = task.depends_on
  const behind = store.waiters(task.id)
  const depend = (depends_on: string[]) => acts.act('tasks.update', task, { depends_on })
  return (
    <Stack gap="xs">
      <Linked
        title="Waits for"
        none="It waits for nothing."
        ids={before}
        onGo={onGo}
        get={store.get}
        {...(!fixed && { onRemove: (id: string) => void depend(before.filter((each) => each !== id)) })}
      />
      {!fixed && (
        <AddDependency
          search={(text) => found(board.store.columns(), text, new Set([task.id, ...before, ...behind]))}
          onAdd={(id) => void depend([...before, id])}
        />
      )}
      <Linked title="Unblocks" none="Nothing waits for it." ids={behind} onGo={onGo} get={store.get} />
    </Stack>
  )
}

function found(columns: Record<string, readonly Task[]>, text: string, but: ReadonlySet<string>): Task[] {
  const wanted = text.trim().toLowerCase()
  const some: Task[] = []
  for (const list of Object.values(columns)) {
    for (const task of list) {
      if (some.length === FOUND_MAX) return some
      if (!but.has(task.id) && (task.title.toLowerCase().includes(wanted) || task.id.startsWith(wanted)))
        some.push(task)
    }
  }
  return some
}

interface LinkedProps {
  title: string
  none: string
  ids: readonly string[]
  get: (id: string) => Task | undefined
  onGo: (id: string) => void
  onRemove?: (id: string) => void
}

function Linked({ title, none, ids, get, onGo, onRemove }: LinkedProps) {
  return (
    <div>
      <Text component="h3" size="sm" fw={600}>
        {title}
      </Text>
      {ids.length === 0 ? (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      ) : (
        <ul className={css.linked} aria-label={title}>
          {ids.map((id) => {
            const task = get(id)
            const done = task?.status === 'done'
            return (
              <li key={id}>
                {done ? <IconCircleCheck size={16} aria-hidden /> : <IconCircleDashed size={16} aria-hidden />}
                <button type="button" onClick={() => onGo(id)}>
                  <ForeignLine text={task?.title ?? id.slice(0, 8)} />
                </button>
                <Text span size="xs" c="dimmed" flex="none">
                  {task && statusText[task.status]}
                </Text>
                {onRemove && (
                  <Tooltip label="It waits for this no more">
                    <ActionIcon
                      size="sm"
                      aria-label={`Wait for ${quotedShort(task?.title ?? id)} no more`}
                      onClick={() => onRemove(id)}
                    >
                      <IconX size={14} />
                    </ActionIcon>
                  </Tooltip>
                )}
              </li>
            )
          })}
        </ul>
      )}
    </div>
  )
}

function AddDependency({ search, onAdd }: { search: (text: string) => Task[]; onAdd: (id: string) => void }) {
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const options = open ? search(text).map(({ id, title }) => ({ value: id, label: displayLine(title) })) : []
  return (
    <Group gap="xs">
      <Select
        size="xs"
        w="100%"
        aria-label="Add a task that it waits for"
        renderOption={foreignOption}
        placeholder="Add a task that it waits for"
        searchable
        value={null}
        data={options}
        // They were looked for already, among all and not only among those given.
        filter={({ options: all }) => all}
        searchValue={text}
        onSearchChange={setText}
        onDropdownOpen={() => setOpen(true)}
        onDropdownClose={() => setOpen(false)}
        onChange={(id) => {
          setText('')
          if (id !== null) onAdd(id)
        }}
        nothingFoundMessage="No task is called so"
      />
    </Group>
  )
}
