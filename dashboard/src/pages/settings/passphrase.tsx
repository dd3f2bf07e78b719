import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { failureText } from '../../app/api.ts'

const LEAST = 8

interface Props {
  opened: boolean
  onClose(): void
  title: string
  /** What is about to happen. */
  children?: ReactNode
  /** A new one, typed twice. */
  isNew?: boolean
  action: string
  danger?: boolean
  /** Does it; what it throws is told beside the field. */
  onSubmit(passphrase: string): Promise<unknown>
  disabled?: boolean
}

/** Asks for a passphrase and does something with it. It stays in this form, and is forgotten when that closes. */
export function PassphraseDialog(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size="md">
      {props.opened && <Form {...props} />}
    </Modal>
  )
}

function Form({ onClose, children, isNew = false, action, danger, onSubmit, disabled }: Props) {
  const [first, setFirst] = useState('')
  const [second, setSecond] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const isShort = isNew && [...first].length < LEAST
  const differs = isNew && second !== '' && second !== first
  const isReady = first !== '' && !isShort && (!isNew || second === first) && !disabled

  async function submit() {
    setBusy(true)
    setError(undefined)
    try {
      await onSubmit(first)
      onClose()
    } catch (failure) {
      const { title, detail } = failureText(failure)
      setError(detail === '' ? title : `${title} ${detail}`)
      setBusy(false)
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady && !busy) void submit()
      }}
    >
      <Stack>
        {children !== undefined && (
          <Text component="div" size="sm">
            {children}
          </Text>
        )}
        <PasswordInput
          data-autofocus
          label="Passphrase"
          description={
            isNew ? `At least ${LEAST} characters; several words are best. Nobody can recover it.` : undefined
          }
          autoComplete={isNew ? 'new-password' : 'off'}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the passphrase' }}
          value={first}
          onChange={(event) => setFirst(event.currentTarget.value)}
          error={error}
          required
        />
        {isNew && (
          <PasswordInput
            label="The same again"
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': 'Show the second passphrase' }}
            value={second}
            onChange={(event) => setSecond(event.currentTarget.value)}
            error={differs ? 'The two differ.' : undefined}
            required
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color={danger ? 'red' : 'agora'} loading={busy} disabled={!isReady}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
