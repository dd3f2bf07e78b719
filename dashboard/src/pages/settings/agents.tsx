import { Alert, Badge, Button, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import { failureText, useAct, useRead } from '../../app/api.ts'
import { useConfirm } from '../../parts/confirm.tsx'
import { CopyCommand } from '../../parts/copy-command.tsx'
import { ForeignLine } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Section } from '../../parts/page.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { ActTable } from './act-table.tsx'

interface Shown {
  name: string
  token: string
  token_file: string
}

/** The agents of this node and their tokens, which are told once each. */
export function Agents() {
  const agents = useRead('agents.list', {})
  const ask = useConfirm()
  const [shown, setShown] = useState<Shown>()
  const [adding, setAdding] = useState(false)
  const renew = useAct('agents.token', { onDone: setShown })
  return (
    <Stack gap="xl">
      <Section
        title="Agents and tokens"
        note="A token says which agent calls, and nothing else does. Each lies in a file of its own that only your user can read."
        actions={<Button onClick={() => setAdding(true)}>Register an agent</Button>}
      >
        <Answer of={agents}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No agent works on this node yet">
                An agent that speaks MCP registers itself when it is set up by <code>agora setup</code>; others are
                registered here.
              </Empty>
            ) : (
              <ActTable
                label="Agents of this node"
                heads={['Agent', { text: 'Runs in', visibleFrom: 'sm' }, 'Last seen']}
              >
                {items.map((agent) => (
                  <Table.Tr key={agent.name}>
                    <Table.Td>
                      <Group gap="xs">
                        <ForeignLine text={agent.name} fw={500} />
                        {agent.default && <Badge color="gray">default</Badge>}
                      </Group>
                    </Table.Td>
                    <Table.Td visibleFrom="sm">
                      <Text size="sm" c="dimmed">
                        {agent.kind === undefined ? 'not said' : <ForeignLine text={agent.kind} />}
                      </Text>
                    </Table.Td>
                    <Table.Td>
                      {agent.last_seen_at === undefined ? 'never' : <Moment at={agent.last_seen_at} />}
                    </Table.Td>
                    <Table.Td>
                      <Group justify="flex-end">
                        <Button
                          size="xs"
                          variant="default"
                          onClick={async () => {
                            const { yes } = await ask({
                              title: `A new token for ${displayLine(agent.name)}?`,
                              text: 'The one it has stops working at once. Programs on this machine that read it from its file go on by themselves; others need the new one.',
                              action: 'Make a new token',
                              danger: true,
                            })
                            if (yes) renew.mutate({ name: agent.name })
                          }}
                        >
                          New token
                        </Button>
                      </Group>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </ActTable>
            )
          }
        </Answer>
      </Section>
      <Section title="Your own token" note="It can do everything on this node, so no page shows it. On this machine:">
        <CopyCommand command="agora token" />
      </Section>
      <Register
        opened={adding}
        onClose={() => setAdding(false)}
        onDone={(made) => {
          setAdding(false)
          setShown(made)
        }}
      />
      <TokenShown shown={shown} onClose={() => setShown(undefined)} />
    </Stack>
  )
}

function Register({ opened, onClose, onDone }: { opened: boolean; onClose(): void; onDone(made: Shown): void }) {
  const [name, setName] = useState('')
  const [kind, setKind] = useState('')
  const register = useAct('agents.register', { tellError: false })
  const fault = register.error ? failureText(register.error) : undefined
  const close = () => {
    register.reset()
    onClose()
  }
  return (
    <Modal opened={opened} onClose={close} title="Register an agent" size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          register.mutate(
            { name: name.trim(), ...(kind.trim() === '' ? {} : { kind: kind.trim() }) },
            {
              onSuccess: (made) => {
                setName('')
                setKind('')
                onDone(made)
              },
            },
          )
        }}
      >
        <Stack>
          <TextInput
            data-autofocus
            label="Name"
            description="How others write to it: claude-1 here, claude-1@this-node elsewhere."
            placeholder="claude-1"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fault && [fault.title, fault.detail].filter((text) => text !== '').join(' ')}
            required
          />
          <TextInput
            label="What runs it"
            placeholder="claude-code, codex, a script"
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={register.isPending} disabled={name.trim() === ''}>
              Register
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function TokenShown({ shown, onClose }: { shown: Shown | undefined; onClose(): void }) {
  return (
    <Modal
      opened={shown !== undefined}
      onClose={onClose}
      title={`The token of ${displayLine(shown?.name ?? '')}`}
      size="lg"
    >
      {shown && (
        <Stack>
          <Alert color="yellow" title="It is shown here once">
            Whoever has it acts as this agent. A program on this machine takes it from the file below by itself.
          </Alert>
          <div>
            <Text size="sm" c="dimmed" mb={2}>
              Token
            </Text>
            <CopyCommand command={shown.token} label="Copy the token" />
          </div>
          <div>
            <Text size="sm" c="dimmed" mb={2}>
              Its file
            </Text>
            <CopyCommand command={shown.token_file} label="Copy the path" />
          </div>
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}
