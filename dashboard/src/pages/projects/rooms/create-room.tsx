import { Alert, Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { failureText, useAct } from '../../../app/api.ts'

interface Props {
  projectId: string
  opened: boolean
  onClose(): void
  onCreated(id: string): void
}

/** Opens a room. What is wrong with its name the daemon says, beside the field. */
export function CreateRoom({ projectId, opened, onClose, onCreated }: Props) {
  const [name, setName] = useState('')
  const [topic, setTopic] = useState('')
  const act = useAct('rooms.create', {
    tellError: false,
    onDone: ({ id }) => {
      setName('')
      setTopic('')
      onClose()
      onCreated(id)
    },
  })
  return (
    <Modal opened={opened} onClose={onClose} title="Open a room">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const about = topic.trim()
          act.mutate({ project_id: projectId, name: name.trim(), ...(about === '' ? {} : { topic: about }) })
        }}
      >
        <Stack>
          <TextInput
            data-autofocus
            label="Name"
            description="Everybody in the project sees it. It must not look like that of another room."
            leftSection="#"
            required
            maxLength={64}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={act.error ? failureText(act.error).title : undefined}
          />
          <Textarea
            label="Topic"
            maxLength={2000}
            value={topic}
            onChange={(event) => setTopic(event.currentTarget.value)}
          />
          {act.error && failureText(act.error).detail !== '' && (
            <Alert color="red">{failureText(act.error).detail}</Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={act.isPending} disabled={name.trim() === ''}>
              Open
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
