import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { AgoraError } from '../../../../src/base/errors.ts'
import { failureText, type Patch, tellFailure, useAct } from '../../app/api.ts'

interface Props {
  item: { id: string }
  opened: boolean
  onClose(): void
  optimistic(input: unknown, patch: Patch): void
  children: ReactNode
}

/** Says what is granted and asks once; where the owner must sign it asks for the passphrase. */
export function Grant({ item, opened, onClose, optimistic, children }: Props) {
  const [wanted, setWanted] = useState(false)
  const [passphrase, setPassphrase] = useState('')
  const [wrong, setWrong] = useState<string>()
  const close = () => {
    setPassphrase('')
    setWrong(undefined)
    onClose()
  }
  const grant = useAct('approvals.grant', { optimistic, tellError: false, done: 'Granted and done.', onDone: close })

  function submit() {
    setWrong(undefined)
    grant.mutate(
      { id: item.id, ...(wanted && { passphrase }) },
      {
        onError(error) {
          const code = error instanceof AgoraError ? error.code : ''
          if (code === 'passphrase_needed') setWanted(true)
          else if (code === 'wrong_passphrase') setWrong(failureText(error).title)
          else tellFailure(error)
        },
      },
    )
  }
  return (
    <Modal opened={opened} onClose={close} title="Grant what the agent asks for?" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <Stack>
          {children}
          {wanted && (
            <>
              <Text size="sm">Your owner key signs what is granted.</Text>
              <PasswordInput
                data-autofocus
                label="Passphrase of the owner key"
                value={passphrase}
                onChange={(event) => setPassphrase(event.currentTarget.value)}
                error={wrong}
                autoComplete="off"
                required
              />
            </>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={grant.isPending}>
              Grant
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
