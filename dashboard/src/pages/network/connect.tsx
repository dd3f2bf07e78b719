import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { hostPort, isLoopback } from '../../../../src/base/host-port.ts'
import { displayLine } from '../../../../src/base/text.ts'
import { failureText, useAct, useRead } from '../../app/api.ts'
import { CopyCommand } from '../../parts/copy-command.tsx'

interface Props {
  opened: boolean
  onClose(): void
  onConnected(did: string): void
}

export function Connect({ opened, onClose, onConnected }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Connect to another node" size="md">
      <Form onClose={onClose} onConnected={onConnected} />
    </Modal>
  )
}

function Form({ onClose, onConnected }: Omit<Props, 'opened'>) {
  const [address, setAddress] = useState('')
  const connect = useAct('node.connect', {
    tellError: false,
    done: ({ name }) => `Connected to ${displayLine(name)}.`,
    onDone: ({ did }) => {
      onClose()
      onConnected(did)
    },
  })
  const failure = connect.error ? failureText(connect.error) : undefined
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        connect.mutate({ address: address.trim() })
      }}
    >
      <Stack>
        <TextInput
          data-autofocus
          label="Address"
          description="host:port, a name of your Tailscale network, or DID@host:port to insist on who answers"
          placeholder="192.168.1.20:7312"
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          error={failure && `${failure.title} ${failure.detail}`}
          autoComplete="off"
          spellCheck={false}
          required
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={connect.isPending} disabled={address.trim() === ''}>
            Connect
          </Button>
        </Group>
        <Ours />
      </Stack>
    </form>
  )
}

/** Or the other way round. */
function Ours() {
  const { data } = useRead('node.status', {})
  const addresses = (data?.addresses ?? []).map(hostPort).filter((address) => address !== undefined)
  const best = addresses.find((address) => !isLoopback(address)) ?? addresses[0]
  if (best === undefined) return null
  return (
    <div>
      <Text size="sm" c="dimmed" mb={4}>
        Or type this on the other machine:
      </Text>
      <CopyCommand command={`agora connect ${best}`} />
    </div>
  )
}
