import { Alert, Badge, Button, Code, Drawer, Group, Stack, Table, Text, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useState } from 'react'
import { didTail } from '../../../../src/base/did.ts'
import { displayLine } from '../../../../src/base/text.ts'
import type { Friend } from '../../../../src/capabilities/friends/schema.ts'
import { useAct } from '../../app/api.ts'
import { useConfirm } from '../../parts/confirm.tsx'
import { ForeignLine, Name } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Trust, TrustSelect } from '../../parts/trust.tsx'
import { type Known, latencyText } from './known.ts'
import { Link } from './people.tsx'
import { Verify } from './verify.tsx'

interface Props {
  known: Known | undefined
  opened: boolean
  onClose(): void
}

/** One node: what is known of it, and what one can do about it. */
export function Details({ known, opened, onClose }: Props) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="md"
      title={known ? <Name who={known} fw={600} /> : 'Gone'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {known ? (
        <Content key={known.did} known={known} onClose={onClose} />
      ) : (
        <Text size="sm">It has disconnected, and is no friend of this node: nothing is kept of it.</Text>
      )}
    </Drawer>
  )
}

function Content({ known, onClose }: { known: Known; onClose(): void }) {
  const { peer, friend, name } = known
  return (
    <Stack gap="lg">
      {peer?.looks_like !== undefined && (
        <Alert color="red" title={`This is not your friend ${displayLine(peer.looks_like)}`}>
          It calls itself so that it could be taken for that friend, with another key.
        </Alert>
      )}
      <TrustOf known={known} />
      <Facts known={known} />
      {friend && <Verify did={known.did} name={name} />}
      {friend && <Memo key={friend.did} friend={friend} />}
      <Ends known={known} onClose={onClose} />
    </Stack>
  )
}

function TrustOf({ known: { did, name, given, received, friend } }: { known: Known }) {
  const update = useAct('friends.update', {
    optimistic: ({ trust_level }, patch) =>
      patch('friends.list', (answer) => ({
        ...answer,
        items: answer.items.map((item) =>
          item.did === did && trust_level !== undefined ? { ...item, trust_level: trust_level as 0 } : item,
        ),
      })),
  })
  const add = useAct('friends.add', { done: `${displayLine(name)} has your trust, and is asked for the same.` })
  return (
    <Stack gap={6}>
      <TrustSelect
        label="Trust you give"
        value={given}
        placeholder="None: it is no friend"
        disabled={add.isPending}
        onChange={(trust_level) =>
          friend ? update.mutate({ name: did, trust_level }) : add.mutate({ did, trust_level })
        }
      />
      <Text component="div" size="sm">
        Trust you get:{' '}
        {received === undefined ? friend?.requested ? 'asked for, no answer yet' : 'none' : <Trust level={received} />}
      </Text>
      {friend?.given_by === 'owner' && (
        <Text size="xs" c="dimmed">
          Given by itself, because its owner is one you trust.
        </Text>
      )}
    </Stack>
  )
}

function Facts({ known }: { known: Known }) {
  const { did, peer, friend, projects, owner } = known
  const addresses = [...new Set([...(peer ? [peer.address] : []), ...(friend?.addresses ?? []).map((a) => a.address)])]
  const rows: [string, ReactNode][] = [
    ['Link', <Link key="link" known={known} />],
    ...(peer?.latency_ms === undefined ? [] : [['Latency', latencyText(peer.latency_ms)] as [string, ReactNode]]),
    ...(peer ? ([['Connected', <Moment key="since" at={peer.connected_at} />]] as [string, ReactNode][]) : []),
    ...(peer
      ? ([['Encrypted by', peer.encryption.includes('tls') ? 'TLS 1.3' : 'Noise']] as [string, ReactNode][])
      : []),
    ...(peer ? ([['Version', <ForeignLine key="version" text={peer.version} />]] as [string, ReactNode][]) : []),
    [
      'Key',
      <Code key="did" style={{ overflowWrap: 'anywhere' }}>
        {did}
      </Code>,
    ],
    ...(owner === undefined ? [] : ([['Owner', `key ${didTail(owner)}`]] as [string, ReactNode][])),
    ...(addresses.length === 0
      ? []
      : ([
          [
            'Addresses',
            <Stack key="addresses" gap={2}>
              {addresses.map((address) => (
                <Code key={address} style={{ overflowWrap: 'anywhere' }}>
                  {displayLine(address)}
                </Code>
              ))}
            </Stack>,
          ],
        ] as [string, ReactNode][])),
    ...(peer && peer.agents.length > 0
      ? ([
          [
            'Agents',
            <Group key="agents" gap={6}>
              {peer.agents.map((agent) => (
                <Badge key={agent.name} color="gray" variant="outline">
                  <bdi>{displayLine(agent.name)}</bdi> · {agent.presence}
                </Badge>
              ))}
            </Group>,
          ],
        ] as [string, ReactNode][])
      : []),
    ...(projects.length === 0
      ? []
      : ([
          [
            'In common',
            <Stack key="projects" gap={2}>
              {projects.map((project, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two projects may have one name, and they do not move
                <Text key={index} size="sm">
                  <ForeignLine text={project} />
                </Text>
              ))}
            </Stack>,
          ],
        ] as [string, ReactNode][])),
  ]
  return (
    <Table variant="vertical" layout="fixed" verticalSpacing={6} horizontalSpacing={0} withRowBorders={false}>
      <Table.Tbody>
        {rows.map(([what, value]) => (
          <Table.Tr key={what}>
            <Table.Th w={104} fw={400} c="dimmed" bg="transparent" style={{ verticalAlign: 'top' }}>
              {what}
            </Table.Th>
            <Table.Td>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** What the operator calls it, and notes of their own. */
function Memo({ friend }: { friend: Friend }) {
  const [alias, setAlias] = useState(friend.alias ?? '')
  const [notes, setNotes] = useState(friend.notes ?? '')
  const update = useAct('friends.update', { done: 'Kept.' })
  const changed = alias.trim() !== (friend.alias ?? '') || notes.trim() !== (friend.notes ?? '')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        update.mutate({ name: friend.did, alias: alias.trim() || null, notes: notes.trim() || null })
      }}
    >
      <Stack gap="xs">
        <TextInput
          label="Your name for it"
          value={alias}
          onChange={(event) => setAlias(event.currentTarget.value)}
          autoComplete="off"
        />
        <Textarea
          label="Notes"
          description="They stay on this node"
          value={notes}
          onChange={(event) => setNotes(event.currentTarget.value)}
          maxLength={2000}
        />
        {changed && (
          <Group justify="flex-end">
            <Button type="submit" variant="default" loading={update.isPending}>
              Keep
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}

/** What ends something. Each asks once. */
function Ends({ known: { did, name, peer, friend }, onClose }: { known: Known; onClose(): void }) {
  const ask = useConfirm()
  const disconnect = useAct('node.disconnect', { done: `${displayLine(name)} is disconnected.` })
  const remove = useAct('friends.remove', {
    optimistic: (_, patch) =>
      patch('friends.list', (answer) => ({ ...answer, items: answer.items.filter((item) => item.did !== did) })),
    done: `${displayLine(name)} is no friend any more, and is told so.`,
  })
  const block = useAct('friends.block', {
    optimistic: (_, patch) =>
      patch('friends.list', (answer) => ({
        ...answer,
        items: answer.items.map((item) => (item.did === did ? { ...item, blocked: true } : item)),
      })),
    done: `${displayLine(name)} is blocked.`,
  })
  const shown = displayLine(name)
  const onRemove = async () => {
    const answer = await ask({
      title: `Remove ${shown}?`,
      text: 'Its trust is taken away and it is told. Its agents can no longer reach yours; messages stay. Projects that both are in go on.',
      action: `Remove ${shown}`,
      danger: true,
      reason: { label: 'Why (it reads this)' },
    })
    if (!answer.yes) return
    remove.mutate({ name: did, ...(answer.reason !== '' && { reason: answer.reason }) })
    onClose()
  }
  const onBlock = async () => {
    const { yes } = await ask({
      title: `Block ${shown}?`,
      text: 'No connection either way from now on. What is on its way to it fails, and what it sent is hidden. It can be unblocked on this page.',
      action: `Block ${shown}`,
      danger: true,
    })
    if (!yes) return
    block.mutate({ name: did })
    onClose()
  }
  const onDisconnect = async () => {
    const { yes } = await ask({
      title: `Disconnect ${shown}?`,
      text: 'It is not dialled again until you connect to it, or the node restarts. It can connect to this node by itself.',
      action: 'Disconnect',
    })
    if (yes) disconnect.mutate({ name: did })
  }
  return (
    <Group gap="xs">
      {peer && (
        <Button variant="default" onClick={onDisconnect}>
          Disconnect…
        </Button>
      )}
      {friend && (
        <Button variant="light" color="red" onClick={onRemove}>
          Remove friend…
        </Button>
      )}
      <Button variant="light" color="red" onClick={onBlock}>
        Block…
      </Button>
    </Group>
  )
}
