import { ActionIcon, Button, Group, Menu, Modal, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDots, IconKey, IconPencil, IconTrash } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import type { KnownAgent } from '../../../../src/capabilities/agents/schema.ts'
import type { Input, Output } from '../../../../src/operations.ts'
import { useAct } from '../../app/api.ts'
import { useConfirm } from '../../parts/confirm.tsx'
import { OnceShown } from './connect.tsx'
import { ProfileFields, profileChanges } from './profile-fields.tsx'

/** What the operator can do with an agent of this node; with others there is nothing to do but write and wake. */
export function AgentActions({ agent }: { agent: KnownAgent }) {
  const ask = useConfirm()
  const navigate = useNavigate()
  const [token, setToken] = useState<Output<'agents.token'>>()
  const [editing, { open: edit, close: endEdit }] = useDisclosure(false)
  const renew = useAct('agents.token', { onDone: setToken })
  const remove = useAct('agents.remove', {
    optimistic: ({ name }, patch) =>
      patch('agents.known', (page) => ({
        ...page,
        items: page.items.filter((one) => !one.local || one.name !== name),
      })),
    done: ({ removed }) => `${displayLine(removed)} is removed.`,
  })
  const name = displayLine(agent.name)

  async function renewToken() {
    const { yes } = await ask({
      title: `A new token for ${name}?`,
      text: 'The old one stops working at once. A program that reads the token’s file gets the new one by itself; where the old one was pasted, paste the new one.',
      action: 'Make a new token',
    })
    if (yes) renew.mutate({ name: agent.name })
  }
  async function removeAgent() {
    const { yes } = await ask({
      title: `Remove ${name}?`,
      text: `Its token stops working, its inbox${agent.unread ? ` with ${agent.unread} unread` : ''} goes, and it takes no part in projects any more. What it said and did stays.`,
      action: `Remove ${name}`,
      danger: true,
    })
    if (!yes) return
    remove.mutate({ name: agent.name })
    void navigate({ to: '/agents' })
  }

  if (!agent.local) return null
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon aria-label={`What to do with ${name}`} size="lg">
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={edit}>
            Change what is said of it
          </Menu.Item>
          <Menu.Item leftSection={<IconKey size={16} aria-hidden />} onClick={() => void renewToken()}>
            New token
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => void removeAgent()}>
            Remove
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={editing} onClose={endEdit} title={`What is said of ${name}`} size="lg">
        {editing && <Edit agent={agent} onDone={endEdit} />}
      </Modal>
      <Modal
        opened={token !== undefined}
        onClose={() => setToken(undefined)}
        title={`The new token of ${name}`}
        size="lg"
      >
        {token && (
          <Stack>
            <OnceShown token={token.token} file={token.token_file} />
            <Group justify="flex-end">
              <Button onClick={() => setToken(undefined)}>Done</Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  )
}

/** An agent as it is once a change is made. */
function changed(agent: KnownAgent, change: Input<'agents.update'>): KnownAgent {
  const { kind: _, model: __, ...rest } = agent
  const { kind = agent.kind, model = agent.model, capabilities = agent.capabilities } = change
  return {
    ...rest,
    ...(kind != null && { kind }),
    ...(model != null && { model }),
    ...(capabilities && { capabilities }),
    ...(change.default !== undefined && { default: change.default }),
  }
}

function Edit({ agent, onDone }: { agent: KnownAgent; onDone(): void }) {
  const { kind = '', model = '', capabilities, name } = agent
  const [profile, setProfile] = useState({
    ...{ kind, model },
    domains: capabilities?.domains ?? [],
    tools: capabilities?.tools ?? [],
    languages: capabilities?.languages ?? [],
    default: agent.default ?? false,
  })
  const update = useAct('agents.update', {
    optimistic: (input, patch) =>
      patch('agents.known', (page) => ({
        ...page,
        items: page.items.map((one) => (one.did === agent.did ? changed(one, input) : one)),
      })),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        update.mutate({ name, ...profileChanges(profile) })
        onDone()
      }}
    >
      <Stack>
        <ProfileFields profile={profile} onChange={setProfile} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit">Save</Button>
        </Group>
      </Stack>
    </form>
  )
}
