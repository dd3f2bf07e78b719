import { TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import css from './board.module.css'

/** A line to write what is to be done; Enter makes it a task. What is refused comes back into the line. */
export function QuickAdd({ onAdd }: { onAdd: (title: string) => Promise<string | undefined> }) {
  const [title, setTitle] = useState('')
  async function add() {
    const text = title.trim()
    if (text === '') return
    setTitle('')
    if ((await onAdd(text)) === undefined) setTitle((now) => (now === '' ? text : now))
  }
  return (
    <form
      className={css.add}
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
    >
      <TextInput
        size="xs"
        aria-label="New task"
        placeholder="Add a task"
        leftSection={<IconPlus size={14} aria-hidden />}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        maxLength={500}
      />
    </form>
  )
}
