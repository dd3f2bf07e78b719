import { Stack, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useRead } from '../../app/api.ts'
import { CopyCommand } from '../../parts/copy-command.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Section } from '../../parts/page.tsx'
import { Answer } from '../../parts/states.tsx'
import { bytesText } from './bytes.ts'

export function Identity() {
  const identity = useRead('node.identity', {})
  const status = useRead('node.status', {})
  return (
    <Stack gap="xl">
      <Section
        title="Identity"
        note="Who this node is to others. Names are only how it is called; the key alone proves it. All of this may be told to anybody."
      >
        <Answer of={identity}>
          {({ did, did_key, peer_id }) => (
            <Stack gap="sm">
              <Labelled label="DID">
                <CopyCommand command={did} label="Copy the DID" />
              </Labelled>
              <Labelled label="Peer ID">
                <CopyCommand command={peer_id} label="Copy the peer ID" />
              </Labelled>
              <Labelled label="As did:key">
                <CopyCommand command={did_key} label="Copy the did:key" />
              </Labelled>
            </Stack>
          )}
        </Answer>
      </Section>
      <Section title="Daemon">
        <Answer of={status}>
          {(node) => (
            <div className="agora-panel">
              <Table variant="vertical" layout="auto">
                <Table.Tbody>
                  <Row label="Name">{node.name}</Row>
                  <Row label="Version">{node.version}</Row>
                  <Row label="Started">
                    <Moment at={node.started_at} />, process {node.pid}
                  </Row>
                  <Row label="Home">{node.home}</Row>
                  <Row label="API">{node.api}</Row>
                  <Row label="Addresses">
                    {node.addresses.length === 0
                      ? 'none that others could dial'
                      : node.addresses.map((address) => <div key={address}>{address}</div>)}
                  </Row>
                  <Row label="Database">
                    {bytesText(node.storage.database_bytes)},{' '}
                    {node.storage.state === 'ok' ? 'sound' : `cannot be written (${node.storage.state})`}
                  </Row>
                </Table.Tbody>
              </Table>
            </div>
          )}
        </Answer>
      </Section>
    </Stack>
  )
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" c="dimmed" mb={2}>
        {label}
      </Text>
      {children}
    </div>
  )
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={110} fw={500}>
        {label}
      </Table.Th>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{children}</Table.Td>
    </Table.Tr>
  )
}
