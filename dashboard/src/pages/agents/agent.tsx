import { Badge, Box, Button, Drawer, Group, Stack, Tabs, Text } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import type { KnownAgent } from '../../../../src/capabilities/agents/schema.ts'
import { useRead } from '../../app/api.ts'
import { Name } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Presence } from '../../parts/presence.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { AgentActions } from './agent-actions.tsx'
import { Connect } from './connect.tsx'
import { Handovers } from './handovers.tsx'
import { History } from './history.tsx'
import { Now } from './now.tsx'
import { Wake } from './wake.tsx'

/** One agent beside the list; its address is its DID, for names are local and may change. */
export function AgentDrawer() {
  const { did } = useParams({ strict: false }) as { did: string }
  const navigate = useNavigate()
  const found = useRead('agents.known', { query: did, limit: 1 })
  return (
    <Drawer
      opened
      onClose={() => void navigate({ to: '/agents' })}
      position="right"
      size="xl"
      title={
        <Text fw={600} span>
          Agent
        </Text>
      }
    >
      <Answer of={found}>
        {({ items }) => {
          const agent = items.find((one) => one.did === did)
          if (agent) return <Agent agent={agent} />
          return (
            <Empty title="This agent is not known here now.">
              It was removed, or its node is not connected and no common project speaks of it.
            </Empty>
          )
        }}
      </Answer>
    </Drawer>
  )
}

function Agent({ agent }: { agent: KnownAgent }) {
  const { local, node, presence, last_seen_at, trust_level, did } = agent
  return (
    <Stack>
      <Box>
        <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
          <Text fz="lg" component="h2" m={0} fw={600} miw={0}>
            <Name who={agent} fw={600} />
          </Text>
          <Group gap={4} wrap="nowrap">
            <Button
              component={Link}
              to={'/messages' as never}
              search={{ view: 'new', to: agent.name } as never}
              size="compact-md"
              variant="default"
            >
              Write
            </Button>
            <AgentActions agent={agent} />
          </Group>
        </Group>
        <Group gap="xs" mt={4}>
          <Presence of={presence} />
          <Text size="sm" c="dimmed" span>
            {last_seen_at === undefined ? (
              'no sign of life yet'
            ) : (
              <>
                last sign <Moment at={last_seen_at} />
              </>
            )}
          </Text>
          {local ? (
            <Badge>this node</Badge>
          ) : (
            <Text size="sm" span>
              on <Name who={node} />
              {trust_level !== undefined && `, trust ${trust_level}`}
            </Text>
          )}
          {agent.default === true && <Badge color="gray">default</Badge>}
        </Group>
        <Text size="xs" c="dimmed" mt={4} ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {did}
        </Text>
      </Box>
      <Tabs defaultValue="now">
        <Tabs.List style={{ overflowX: 'auto', flexWrap: 'nowrap' }} aria-label="About this agent">
          <Tabs.Tab value="now">Now</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="left">Handovers</Tabs.Tab>
          <Tabs.Tab value="wake">Wake</Tabs.Tab>
          {local && <Tabs.Tab value="connect">Connect</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="now" pt="md">
          <Now agent={agent} />
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="md">
          <History did={did} />
        </Tabs.Panel>
        <Tabs.Panel value="left" pt="md">
          <Handovers did={did} />
        </Tabs.Panel>
        <Tabs.Panel value="wake" pt="md">
          <Wake agent={agent} />
        </Tabs.Panel>
        {local && (
          <Tabs.Panel value="connect" pt="md">
            <Connect agent={agent.name} kind={agent.kind} />
          </Tabs.Panel>
        )}
      </Tabs>
    </Stack>
  )
}
