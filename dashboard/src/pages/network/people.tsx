import { Badge, Box, Group, Table, Text, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react'
import { displayLine } from '../../../../src/base/text.ts'
import { ForeignLine, Name } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Trust } from '../../parts/trust.tsx'
import { type Known, latencyText } from './known.ts'
import styles from './people.module.css'

/** The same as the map says, for those who read, sort by eye, or go by keyboard. */
export function People({ list, onOpen }: { list: readonly Known[]; onOpen(did: string): void }) {
  return (
    <Box className="agora-panel">
      <Table highlightOnHover layout="auto" aria-label="Nodes" className={styles['list'] ?? ''}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Link</Table.Th>
            <Table.Th ta="right" visibleFrom="xs">
              Latency
            </Table.Th>
            <Table.Th>
              You give
              <Text span className="agora-visually-hidden">
                {' trust'}
              </Text>
            </Table.Th>
            <Table.Th>
              You get
              <Text span className="agora-visually-hidden">
                {' trust'}
              </Text>
            </Table.Th>
            <Table.Th visibleFrom="sm">Agents</Table.Th>
            <Table.Th visibleFrom="md">Projects in common</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.map((known) => (
            <Row key={known.did} known={known} onOpen={() => onOpen(known.did)} />
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  )
}

function Row({ known, onOpen }: { known: Known; onOpen(): void }) {
  const { did, name, given, received, peer, friend, asks, projects } = known
  return (
    <Table.Tr onClick={onOpen} style={{ cursor: 'pointer' }}>
      <Table.Th scope="row" fw={400}>
        <Group gap={6} wrap="wrap">
          <UnstyledButton
            onClick={(event) => {
              event.stopPropagation()
              onOpen()
            }}
            aria-label={`Details of ${displayLine(name)}`}
          >
            <Name who={{ did, name }} />
          </UnstyledButton>
          {friend?.verified && <IconShieldCheck size={15} role="img" aria-label="its code was compared" />}
          {peer?.looks_like !== undefined && <Lookalike of={peer.looks_like} />}
          {asks && <Badge color="blue">asks to be a friend</Badge>}
        </Group>
      </Table.Th>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <Link known={known} />
      </Table.Td>
      <Table.Td ta="right" visibleFrom="xs" style={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
        {peer?.latency_ms === undefined ? '' : latencyText(peer.latency_ms)}
      </Table.Td>
      <Table.Td>
        <Trust level={given} />
      </Table.Td>
      <Table.Td>
        <Trust level={received} none={friend?.requested ? 'asked' : '–'} />
      </Table.Td>
      <Table.Td visibleFrom="sm">{peer ? peer.agents.length : ''}</Table.Td>
      <Table.Td visibleFrom="md">
        {projects.map((project, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two projects may have one name, and they do not move
          <Text key={index} size="sm" truncate maw="16rem">
            <ForeignLine text={project} />
          </Text>
        ))}
      </Table.Td>
    </Table.Tr>
  )
}

/** Somebody who calls itself like a friend, and is somebody else. */
export const Lookalike = ({ of }: { of: string }) => (
  <Badge color="red" leftSection={<IconAlertTriangle size={13} aria-hidden />}>
    not your friend {displayLine(of)}
  </Badge>
)

export function Link({ known: { link, friend } }: { known: Known }) {
  if (link === 'away')
    return (
      <Text span size="sm" c="dimmed">
        {friend?.pending ? (
          'never met'
        ) : friend?.last_seen === undefined ? (
          'not linked'
        ) : (
          <>
            seen <Moment at={friend.last_seen} />
          </>
        )}
      </Text>
    )
  return (
    <Group component="span" display="inline-flex" gap={6} wrap="nowrap">
      <span className={styles['dot']} data-link={link} />
      {link === 'live' ? 'connected' : 'silent'}
    </Group>
  )
}
