import { Alert, Button, Group, Modal, NativeSelect, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import { failureText, useAct, useRead } from '../../app/api.ts'
import { useAddressees } from './addressees.ts'

interface Props {
  opened: boolean
  onClose(): void
  onCreated(id: string): void
}

const trusts = ['0: anybody', '1: acquaintance', '2: friend', '3: trusted', '4: as myself']

/** Begins a private thread: what is said in it goes to no node but those of its participants. */
export function CreateThread({ opened, onClose, onCreated }: Props) {
  const names = useAddressees()
  const { data: projects } = useRead('projects.list', { limit: 100 }, { enabled: opened })
  const [title, setTitle] = useState('')
  const [participants, setParticipants] = useState<string[]>([])
  const [trust, setTrust] = useState(1)
  const [closed, setClosed] = useState(false)
  const [project, setProject] = useState('')
  const create = useAct('threads.create', {
    tellError: false,
    onDone: ({ id }) => {
      setTitle('')
      setParticipants([])
      onClose()
      onCreated(id)
    },
  })
  const refusal = create.error && failureText(create.error)
  const name = title.trim()
  return (
    <Modal opened={opened} onClose={onClose} title="New private thread">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate({
            participants,
            min_trust: trust as 0,
            closed,
            ...(name === '' ? {} : { title: name }),
            ...(project === '' ? {} : { project_id: project }),
          })
        }}
      >
        <Stack>
          <TextInput
            label="Title"
            data-autofocus
            maxLength={500}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          <TagsInput
            label="Participants"
            description="Their nodes get what is said, and no other node does."
            data={names}
            value={participants}
            onChange={setParticipants}
            splitChars={[',']}
            acceptValueOnBlur
          />
          <NativeSelect
            label="The least trust in whoever is in it"
            value={String(trust)}
            onChange={(event) => setTrust(Number(event.currentTarget.value))}
            data={trusts.map((label, value) => ({ value: String(value), label }))}
          />
          <NativeSelect
            label="Project"
            description="Then every participant must be a member of it."
            value={project}
            onChange={(event) => setProject(event.currentTarget.value)}
            data={[
              { value: '', label: 'None' },
              ...(projects?.items ?? []).map(({ id, name: called }) => ({ value: id, label: displayLine(called) })),
            ]}
          />
          <Switch
            label="Closed: nobody but you adds participants"
            checked={closed}
            onChange={(event) => setClosed(event.currentTarget.checked)}
          />
          {refusal && (
            <Alert color="red" title={refusal.title} role="alert">
              {refusal.detail}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending} disabled={participants.length === 0}>
              Begin
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
