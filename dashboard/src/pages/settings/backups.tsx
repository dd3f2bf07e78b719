import { Alert, Button, Group, List, Stack, Table, Text } from '@mantine/core'
import { IconDownload, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { Backup } from '../../../../src/capabilities/backups/schema.ts'
import { tellFailure, useAct, useClient, useRead } from '../../app/api.ts'
import { useConfirm } from '../../parts/confirm.tsx'
import { CopyCommand } from '../../parts/copy-command.tsx'
import { Name, Quoted } from '../../parts/foreign.tsx'
import { absoluteText, Moment } from '../../parts/moment.tsx'
import { Section } from '../../parts/page.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { ActTable } from './act-table.tsx'
import { bytesText } from './bytes.ts'
import { PassphraseDialog } from './passphrase.tsx'
import { saveFile } from './save-file.ts'

export function Backups() {
  const [making, setMaking] = useState(false)
  const backups = useRead('backups.list', {})
  const create = useAct('backups.create', { tellError: false, done: 'The backup is written.' })
  return (
    <Stack gap="xl">
      <Waiting />
      <Section
        title="Backups"
        note="Keys, settings, messages and projects in one encrypted file. Keep a copy elsewhere than on this machine: a download is one."
        actions={<Button onClick={() => setMaking(true)}>Back up now</Button>}
      >
        <Answer of={backups}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="There is no backup on this node">
                If its disk is lost, so are its key and with it what others know it by. A backup takes a few seconds,
                and the node goes on working meanwhile.
              </Empty>
            ) : (
              <Files items={items} />
            )
          }
        </Answer>
      </Section>
      <Section title="To restore">
        <Stack gap="sm">
          <Text size="sm">On the machine where the node is to live, with the node stopped:</Text>
          <CopyCommand command="agora restore agora-….backup" />
          <List size="sm" spacing={4}>
            <List.Item>The whole file is checked before anything changes.</List.Item>
            <List.Item>
              A node that is there already is replaced only with --replace, and kept in a folder of its own.
            </List.Item>
            <List.Item>Agents and you get new tokens. Friends, blocks and settings are those of then.</List.Item>
            <List.Item>In a project it writes nothing until another member has told it what it wrote since.</List.Item>
            <List.Item>
              The old machine must not run this node any more: two with one key contradict each other.
            </List.Item>
          </List>
        </Stack>
      </Section>
      <PassphraseDialog
        opened={making}
        onClose={() => setMaking(false)}
        title="Back up this node"
        action="Write the backup"
        isNew
        onSubmit={(passphrase) => create.mutateAsync({ passphrase })}
      >
        The file is encrypted by a passphrase. Whoever has both is this node, so keep them apart; without the passphrase
        the file is worth nothing.
      </PassphraseDialog>
    </Stack>
  )
}

function Files({ items }: { items: Backup[] }) {
  const client = useClient()
  const ask = useConfirm()
  const [loading, setLoading] = useState<string>()
  const remove = useAct('backups.remove', {
    optimistic: ({ id }, patch) =>
      patch('backups.list', (answer) => ({ ...answer, items: answer.items.filter((one) => one.id !== id) })),
  })
  async function download({ id }: Backup) {
    setLoading(id)
    try {
      const response = await client.get(`/backups/${encodeURIComponent(id)}/file`)
      saveFile(await response.blob(), `${id}.backup`)
    } catch (error) {
      tellFailure(error)
    }
    setLoading(undefined)
  }
  return (
    <ActTable label="Backups" heads={['Made', 'Size', { text: 'File', visibleFrom: 'sm' }]}>
      {items.map((one) => (
        <Table.Tr key={one.id}>
          <Table.Td>
            <Moment at={one.created_at} />
          </Table.Td>
          <Table.Td>{bytesText(one.bytes)}</Table.Td>
          <Table.Td visibleFrom="sm" style={{ overflowWrap: 'anywhere' }}>
            <Text size="sm" c="dimmed">
              {one.file}
            </Text>
          </Table.Td>
          <Table.Td>
            <Group gap="xs" justify="flex-end">
              <Button
                size="xs"
                variant="default"
                leftSection={<IconDownload size={16} aria-hidden />}
                loading={loading === one.id}
                onClick={() => void download(one)}
                aria-label={`Download the backup of ${absoluteText(one.created_at)}`}
              >
                Download
              </Button>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconTrash size={16} aria-hidden />}
                aria-label={`Delete the backup of ${absoluteText(one.created_at)}`}
                onClick={async () => {
                  const { yes } = await ask({
                    title: 'Delete this backup?',
                    text: `The file of ${absoluteText(one.created_at)} is deleted from this machine. Copies elsewhere stay.`,
                    action: 'Delete it',
                    danger: true,
                  })
                  if (yes) remove.mutate({ id: one.id })
                }}
              >
                Delete
              </Button>
            </Group>
          </Table.Td>
        </Table.Tr>
      ))}
    </ActTable>
  )
}

/** Of a node that was restored: where it writes nothing yet. */
function Waiting() {
  const waiting = useRead('backups.waiting', {})
  const ask = useConfirm()
  const resume = useAct('backups.resume', {
    optimistic: ({ space }, patch) =>
      patch('backups.waiting', (answer) => ({ ...answer, items: answer.items.filter(({ id }) => id !== space) })),
  })
  const items = waiting.data?.items ?? []
  if (items.length === 0) return null
  return (
    <Alert
      variant="outline"
      color="yellow"
      className="agora-panel"
      title="This node was restored, and writes nothing yet in some projects and threads"
    >
      <Stack gap="sm">
        <Text size="sm">
          Others may know more of what it wrote there than its backup does. It goes on by itself a few seconds after one
          of the members is connected.
        </Text>
        {items.map(({ id, kind, title, as_of, members }) => (
          <Group key={id} justify="space-between" gap="xs">
            <Text size="sm" component="div" miw={0}>
              {kind === 'project' ? 'Project ' : 'Thread '}
              <Quoted text={title === '' ? id.slice(0, 8) : title} />, as of {absoluteText(as_of)}; waits for{' '}
              {members.length === 0
                ? 'anybody who knows more'
                : members.map((member, index) => (
                    <span key={member.did}>
                      {index > 0 && ' or '}
                      <Name who={member} />
                      {member.online && ' (connected)'}
                    </span>
                  ))}
            </Text>
            <Button
              size="xs"
              variant="default"
              onClick={async () => {
                const { yes } = await ask({
                  title: 'Write on without having heard them?',
                  text: 'If one of them knows more after all, what this node wrote then and writes now stand beside each other: nothing is lost, every member is told of a fork, and as keeper it may give out a task that somebody else holds.',
                  action: 'Write on',
                  danger: true,
                })
                if (yes) resume.mutate({ space: id })
              }}
            >
              Write on all the same
            </Button>
          </Group>
        ))}
      </Stack>
    </Alert>
  )
}
