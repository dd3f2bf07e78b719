import { Alert, Autocomplete, Badge, Button, Group, Modal, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import type { Thread } from '../../../../src/capabilities/threads/schema.ts'
import { failureText, useAct } from '../../app/api.ts'
import { useConfirm } from '../../parts/confirm.tsx'
import { Name, Quoted } from '../../parts/foreign.tsx'
import { useAddressees } from './addressees.ts'

interface Props {
  thread: Thread
  me: string
  opened: boolean
  onClose(): void
}

const told = { invited: 'not reached yet', joined: 'has it', refused: 'refused', expired: 'was not reached in time' }

/** Who is in a thread, how far their nodes have come, and who else shall be. */
export function ThreadPeople({ thread, me, opened, onClose }: Props) {
  const { id, participants, creator, status, closed, min_trust } = thread
  const names = useAddressees()
  const ask = useConfirm()
  const [name, setName] = useState('')
  const add = useAct('threads.add', { tellError: false, onDone: () => setName('') })
  const remove = useAct('threads.remove')
  const isMine = creator.did === me
  const mayAdd = status === 'open' && (isMine || (!closed && participants.some(({ did }) => did === me)))
  const refusal = add.error && failureText(add.error)
  return (
    <Modal opened={opened} onClose={onClose} title="In this thread">
      <Stack>
        <Table fz="sm">
          <Table.Tbody>
            {participants.map((who) => (
              <Table.Tr key={who.did}>
                <Table.Td>
                  <Name who={who} /> {who.did === creator.did && <Badge size="sm">began it</Badge>}
                </Table.Td>
                <Table.Td>
                  {who.told && (
                    <Text size="xs" c="dimmed">
                      {told[who.told]}
                      {who.reason !== undefined && (
                        <>
                          : <Quoted text={who.reason} />
                        </>
                      )}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td ta="end">
                  {status === 'open' && who.did !== creator.did && (isMine || who.did === me) && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={`Remove ${displayLine(who.name)}`}
                      onClick={async () => {
                        const { yes } = await ask({
                          title: who.did === me ? 'Leave this thread?' : `Remove ${displayLine(who.name)}?`,
                          text: 'From then on they are sent nothing that is said in it. What they have, they keep.',
                          action: who.did === me ? 'Leave' : 'Remove',
                          danger: true,
                        })
                        if (yes) remove.mutate({ thread_id: id, name: who.did })
                      }}
                    >
                      {who.did === me ? 'Leave' : 'Remove'}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {mayAdd && (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              add.mutate({ thread_id: id, name: name.trim() })
            }}
          >
            <Group align="flex-end" gap="xs">
              <Autocomplete
                flex={1}
                label="Add somebody"
                description={`They are sent all that was said before. This node must give them trust ${min_trust}.`}
                data={names}
                value={name}
                onChange={setName}
              />
              <Button type="submit" disabled={name.trim() === ''} loading={add.isPending}>
                Add
              </Button>
            </Group>
          </form>
        )}
        {refusal && (
          <Alert color="red" title={refusal.title} role="alert">
            {refusal.detail}
          </Alert>
        )}
      </Stack>
    </Modal>
  )
}
