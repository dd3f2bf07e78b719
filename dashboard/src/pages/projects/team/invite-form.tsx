import { Autocomplete, Button, Group, Modal, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { displayLine } from '../../../../../src/base/text.ts'
import type { Output } from '../../../../../src/operations.ts'
import { failureText, useAct, useRead } from '../../../app/api.ts'
import { roles, roleWords } from '../words.ts'

type Project = Output<'projects.show'>
type Role = Exclude<Project['team'][number]['role'], 'owner'>

const MAX_DAYS = 30

/** Invites a node, or one agent. */
export function InviteForm({ project, opened, onClose }: { project: Project; opened: boolean; onClose(): void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Invite to the project">
      <Form project={project} onClose={onClose} />
    </Modal>
  )
}

function Form({ project, onClose }: { project: Project; onClose(): void }) {
  const [who, setWho] = useState('')
  const [role, setRole] = useState<Role>('developer')
  const [message, setMessage] = useState('')
  const [days, setDays] = useState<number | string>(7)
  const send = useAct('invitations.send', {
    tellError: false,
    done: 'Invited.',
    onDone: onClose,
  })
  const suggestions = useSuggestions(project)
  const hours = typeof days === 'number' ? Math.round(days * 24) : 0
  const ready = who.trim() !== '' && hours > 0
  const failure = send.error && failureText(send.error)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!ready) return
        send.mutate({
          ...{ project_id: project.id, peer_name: who.trim(), role, expires_in_hours: hours },
          ...(message.trim() !== '' && { message: message.trim() }),
        })
      }}
    >
      <Stack>
        <Autocomplete
          label="Whom"
          description="A friend, an agent as agent@node, or a DID"
          data-autofocus
          required
          data={suggestions}
          value={who}
          onChange={setWho}
          error={failure && (failure.detail === '' ? failure.title : `${failure.title} ${failure.detail}`)}
        />
        <Select
          label="Role"
          description={roleWords[role]}
          allowDeselect={false}
          data={roles.filter((each) => each !== 'owner' && (each !== 'overseer' || project.role === 'owner'))}
          value={role}
          onChange={(value) => value && setRole(value as Role)}
        />
        <TextInput
          label="Message"
          description="They read it before they answer"
          maxLength={500}
          value={message}
          onChange={({ currentTarget: { value } }) => setMessage(value)}
        />
        <NumberInput
          label="Days to answer"
          min={1}
          max={MAX_DAYS}
          clampBehavior="strict"
          allowDecimal={false}
          value={days}
          onChange={setDays}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!ready} loading={send.isPending}>
            Invite
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Friends and the agents of connected peers and of this node that are not in it yet. */
function useSuggestions({ team }: Project): string[] {
  const friends = useRead('friends.list', {})
  const peers = useRead('node.peers', {})
  const own = useRead('agents.list', {})
  const there = new Set(team.map(({ did }) => did))
  const names = [
    ...(friends.data?.items ?? []).filter(({ did, blocked }) => !blocked && !there.has(did)).map(({ name }) => name),
    ...(own.data?.items ?? []).filter(({ did }) => !there.has(did)).map(({ name }) => name),
    ...(peers.data?.items ?? [])
      .filter(({ did, trust_level }) => trust_level > 0 && there.has(did))
      .flatMap(({ did, name, agents }) =>
        agents
          .filter((agent) => !there.has(`${did}#${encodeURIComponent(agent.name)}`))
          .map((agent) => `${agent.name}@${name}`),
      ),
  ]
  return [...new Set(names.map(displayLine))].slice(0, 200)
}
