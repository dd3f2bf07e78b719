import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { nameFault } from '../../../../src/base/names.ts'
import type { Output } from '../../../../src/operations.ts'
import { failureText, useAct } from '../../app/api.ts'
import { Name } from '../../parts/foreign.tsx'
import { Connect, OnceShown } from './connect.tsx'
import { noProfile, ProfileFields, profileInput } from './profile-fields.tsx'

/** Makes an agent, and says how its program becomes it. */
export function RegisterForm({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const [made, setMade] = useState<Output<'agents.register'>>()
  const close = () => {
    onClose()
    // The token is not kept by this page.
    setMade(undefined)
  }
  return (
    <Modal opened={opened} onClose={close} title={made ? 'Registered' : 'Register an agent'} size="lg">
      {made ? (
        <Stack>
          <Text size="sm" role="status">
            <Name who={made} /> has a mailbox and a token now. To connect its program, paste this into a terminal:
          </Text>
          <Connect agent={made.name} kind={made.kind} />
          <OnceShown token={made.token} file={made.token_file} />
          <Group justify="flex-end">
            <Button onClick={close}>Done</Button>
          </Group>
        </Stack>
      ) : (
        opened && <Fields onMade={setMade} onCancel={close} />
      )}
    </Modal>
  )
}

function Fields({ onMade, onCancel }: { onMade(made: Output<'agents.register'>): void; onCancel(): void }) {
  const [name, setName] = useState('')
  const [touched, setTouched] = useState(false)
  const [profile, setProfile] = useState(noProfile)
  const register = useAct('agents.register', { tellError: false, onDone: onMade })
  const fault = touched ? nameFault(name.normalize('NFC')) : undefined
  const refused = register.error ? failureText(register.error) : undefined
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setTouched(true)
        if (nameFault(name.normalize('NFC')) === undefined) register.mutate({ name, ...profileInput(profile) })
      }}
    >
      <Stack>
        <TextInput
          data-autofocus
          label="Name"
          description="What others write to, such as claude-1"
          required
          value={name}
          error={fault === undefined ? refused && `${refused.title} ${refused.detail}` : `A name ${fault}.`}
          onChange={(event) => {
            setName(event.currentTarget.value)
            register.reset()
          }}
          onBlur={() => name !== '' && setTouched(true)}
        />
        <ProfileFields profile={profile} onChange={setProfile} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={register.isPending}>
            Register it
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
