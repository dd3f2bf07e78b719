import { Button, Group, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { ForeignLine, ForeignMarkdown } from '../../../../parts/foreign.tsx'
import type { TaskPartProps } from './task-part.ts'

/** Title and description, to read and to change. */
export function Words({ task, acts, fixed }: TaskPartProps) {
  const [draft, setDraft] = useState<{ title: string; description: string }>()
  const { title, description = '' } = task
  if (draft) {
    const save = async () => {
      const changes = {
        ...(draft.title.trim() !== title && { title: draft.title.trim() }),
        ...(draft.description !== description && { description: draft.description }),
      }
      if (Object.keys(changes).length === 0) return setDraft(undefined)
      // What was written stays in the fields when it is refused.
      if (await acts.act('tasks.update', task, changes, changes)) setDraft(undefined)
    }
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <Stack gap="xs">
          <TextInput
            label="Title"
            data-autofocus
            required
            maxLength={500}
            value={draft.title}
            onChange={(event) => setDraft({ ...draft, title: event.currentTarget.value })}
          />
          <Textarea
            label="Description"
            description="Markdown"
            minRows={4}
            maxRows={20}
            value={draft.description}
            onChange={(event) => setDraft({ ...draft, description: event.currentTarget.value })}
          />
          <Group justify="flex-end" gap="xs">
            <Button size="xs" variant="default" onClick={() => setDraft(undefined)}>
              Cancel
            </Button>
            <Button size="xs" type="submit" disabled={draft.title.trim() === ''}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    )
  }
  return (
    <Stack gap="xs">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Title order={2} miw={0} style={{ overflowWrap: 'anywhere' }} className="agora-foreign">
          <ForeignLine text={title} />
        </Title>
        {!fixed && (
          <Button
            size="compact-sm"
            variant="subtle"
            flex="none"
            leftSection={<IconPencil size={14} aria-hidden />}
            onClick={() => setDraft({ title, description })}
          >
            Edit
          </Button>
        )}
      </Group>
      {description === '' ? (
        <Text size="sm" c="dimmed">
          No description.
        </Text>
      ) : (
        <ForeignMarkdown text={description} />
      )}
    </Stack>
  )
}
