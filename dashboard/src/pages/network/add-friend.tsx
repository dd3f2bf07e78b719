import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { TrustLevel } from '../../../../src/authority/trust.ts'
import { isDid } from '../../../../src/base/did.ts'
import { displayLine } from '../../../../src/base/text.ts'
import { failureText, useAct } from '../../app/api.ts'
import { TrustSelect } from '../../parts/trust.tsx'

interface Props {
  opened: boolean
  onClose(): void
  onAdded(did: string): void
}

export function AddFriend({ opened, onClose, onAdded }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a friend" size="md">
      <Form onClose={onClose} onAdded={onAdded} />
    </Modal>
  )
}

function Form({ onClose, onAdded }: Omit<Props, 'opened'>) {
  const [who, setWho] = useState('')
  const [trust, setTrust] = useState<TrustLevel>(2)
  const [message, setMessage] = useState('')
  const add = useAct('friends.add', {
    tellError: false,
    done: ({ name }) => `${displayLine(name)} has your trust, and is asked for the same.`,
    onDone: ({ did }) => {
      onClose()
      onAdded(did)
    },
  })
  const failure = add.error ? failureText(add.error) : undefined
  const name = who.trim()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate({
          ...(isDid(name) ? { did: name } : { name }),
          trust_level: trust,
          ...(message.trim() !== '' && { message: message.trim() }),
        })
      }}
    >
      <Stack>
        <TextInput
          data-autofocus
          label="Who"
          description="The name of a node that is connected, or the DID of any"
          placeholder="bob, or did:agora:z6Mk…"
          value={who}
          onChange={(event) => setWho(event.currentTarget.value)}
          error={failure && `${failure.title} ${failure.detail}`}
          autoComplete="off"
          spellCheck={false}
          required
        />
        <TrustSelect label="Trust you give" value={trust} onChange={setTrust} />
        <Textarea
          label="Message"
          description="Its operator reads it with your request"
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
          maxLength={500}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending} disabled={name === ''}>
            Add friend
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
