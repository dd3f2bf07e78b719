import { Alert, Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { AgoraError } from '../../../../../src/base/errors.ts'
import { failureText, useAct } from '../../../app/api.ts'

const nothing = { name: '', description: '', repo: '' }

export function NewProject({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const navigate = useNavigate()
  const [draft, setDraft] = useState(nothing)
  const create = useAct('projects.create', {
    tellError: false,
    onDone({ id }) {
      setDraft(nothing)
      onClose()
      void navigate({ to: '/projects/$projectId/board', params: { projectId: id } })
    },
  })
  const field = create.error instanceof AgoraError ? create.error.field : undefined
  const fault = create.error ? failureText(create.error) : undefined
  const wrong = (name: string) => (fault && field === name ? `${fault.title} ${fault.detail}` : undefined)
  const set = (name: keyof typeof nothing) => (event: { currentTarget: { value: string } }) =>
    setDraft({ ...draft, [name]: event.currentTarget.value })
  return (
    <Modal opened={opened} onClose={onClose} title="New project">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const [name, description, repo] = [draft.name.trim(), draft.description.trim(), draft.repo.trim()]
          create.mutate({ name, ...(description !== '' && { description }), ...(repo !== '' && { repo }) })
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            required
            data-autofocus
            maxLength={500}
            value={draft.name}
            onChange={set('name')}
            error={wrong('name')}
          />
          <Textarea
            label="Description"
            description="What is to be built, for whom, and what counts as done. Every member and its agents read it."
            value={draft.description}
            onChange={set('description')}
            error={wrong('description')}
          />
          <TextInput
            label="Repository"
            description="Where the code lives, e.g. https://example.org/parser.git"
            maxLength={2048}
            value={draft.repo}
            onChange={set('repo')}
            error={wrong('repo')}
          />
          {fault && field === undefined && (
            <Alert color="red" title={fault.title} role="alert">
              {fault.detail}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending} disabled={draft.name.trim() === ''}>
              Begin the project
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
