import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { editableText } from '../../../../../src/base/text.ts'
import type { Output } from '../../../../../src/operations.ts'
import { failureText, useAct } from '../../../app/api.ts'
import { Section } from '../../../parts/page.tsx'
import { mayNow } from '../words.ts'

/** Name, description and repository. */
export function About({ project }: { project: Output<'projects.show'> }) {
  // What reorders or hides text is left out; whoever changes the rest takes that away as well.
  const was = {
    name: editableText(project.name),
    description: editableText(project.description ?? ''),
    repo: editableText(project.repo ?? ''),
  }
  const [name, setName] = useState(was.name)
  const [description, setDescription] = useState(was.description)
  const [repo, setRepo] = useState(was.repo)
  const update = useAct('projects.update', { done: 'Saved.', tellError: false })
  const may = mayNow(project, 'project.update')
  const change = {
    ...(name !== was.name && { name: name.trim() }),
    ...(description !== was.description && { description }),
    ...(repo !== was.repo && { repo: repo.trim() === '' ? null : repo.trim() }),
  }
  const isChanged = Object.keys(change).length > 0
  return (
    <Section title="About" {...(!may && { note: 'The owner and overseers change it' })}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isChanged && name.trim() !== '') update.mutate({ project_id: project.id, ...change })
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            required
            maxLength={500}
            disabled={!may}
            value={name}
            onChange={({ currentTarget: { value } }) => setName(value)}
            error={update.error && failureText(update.error).title}
          />
          <Textarea
            label="Description"
            disabled={!may}
            value={description}
            onChange={({ currentTarget: { value } }) => setDescription(value)}
          />
          <TextInput
            label="Repository"
            description="Where its code is; all members see it"
            disabled={!may}
            value={repo}
            onChange={({ currentTarget: { value } }) => setRepo(value)}
          />
          {may && (
            <Group>
              <Button type="submit" disabled={!isChanged || name.trim() === ''} loading={update.isPending}>
                Save
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Section>
  )
}
