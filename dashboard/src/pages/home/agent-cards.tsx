import { Anchor, Box, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { KnownAgent } from '../../../../src/capabilities/agents/schema.ts'
import { useRead } from '../../app/api.ts'
import { stateColors } from '../../app/theme.ts'
import { Foreign, Name, Quoted } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import classes from './home.module.css'

const SHOWN = 8

/** Who is at work comes first, then who is there. */
function rank({ tasks, clocked_in, presence }: KnownAgent): number {
  if (tasks.length > 0) return 0
  if (clocked_in.length > 0) return 1
  if (presence === 'busy') return 2
  return presence === 'online' || presence === 'idle' ? 3 : 4
}

/** What each agent does now, since when, and when it was heard of last. */
export function AgentCards() {
  const read = useRead('agents.known', { limit: 200 })
  return (
    <Answer of={read}>
      {({ items }) => {
        if (items.length === 0)
          return (
            <Empty
              title="No agents yet."
              action={
                <Anchor component={Link} to="/agents">
                  Register one
                </Anchor>
              }
            >
              Here is shown what each does.
            </Empty>
          )
        const sorted = items.toSorted((a, b) => rank(a) - rank(b))
        return (
          <Box className="agora-panel">
            <ul className={classes.rows} aria-label="Agents, those at work first">
              {sorted.slice(0, SHOWN).map((agent) => (
                <li key={agent.did} className={classes.row}>
                  <AgentCard agent={agent} />
                </li>
              ))}
            </ul>
            <Text size="sm" p="sm" pt={items.length > SHOWN ? 'sm' : 0} hidden={items.length <= SHOWN}>
              <Anchor component={Link} to="/agents">
                {items.length - SHOWN} more
              </Anchor>
            </Text>
          </Box>
        )
      }}
    </Answer>
  )
}

function AgentCard({ agent }: { agent: KnownAgent }) {
  const { presence = 'offline', tasks, clocked_in: clocked, last_seen_at: seen } = agent
  return (
    <>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Box miw={0}>
          <Name who={agent} />
        </Box>
        <Group gap={6} wrap="nowrap" fz="sm" c="dimmed" flex="none">
          <Box className={classes.presence ?? ''} bg={stateColors[presence]} aria-hidden />
          {agent.presence ?? 'not connected'}
        </Group>
      </Group>
      {tasks.map((task) => (
        <Text key={task.task_id} size="sm" mt={2} component="div">
          works on <Quoted text={task.title} /> in <Quoted text={task.project} />, since <Moment at={task.since} />
        </Text>
      ))}
      {tasks.length === 0 &&
        clocked.map((one) => (
          <Text key={one.project_id} size="sm" mt={2} component="div">
            clocked in to <Quoted text={one.project} /> since <Moment at={one.since} />
            {one.focus !== undefined && <Foreign text={one.focus} lines={1} />}
          </Text>
        ))}
      <Text size="sm" c="dimmed" mt={2} component="div">
        {tasks.length === 0 && clocked.length === 0 && 'has claimed nothing · '}
        {seen === undefined ? (
          'never heard of'
        ) : (
          <>
            last sign of life <Moment at={seen} />
          </>
        )}
      </Text>
    </>
  )
}
