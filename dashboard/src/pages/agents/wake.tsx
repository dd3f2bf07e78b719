import { Badge, Box, Button, Code, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import type { KnownAgent } from '../../../../src/capabilities/agents/schema.ts'
import type { Output } from '../../../../src/operations.ts'
import { useAct, useRead, useReadPages } from '../../app/api.ts'
import { Foreign } from '../../parts/foreign.tsx'
import { durationText, Moment } from '../../parts/moment.tsx'
import { Section } from '../../parts/page.tsx'
import { Answer } from '../../parts/states.tsx'

type Asked = Output<'wake.requests'>['items'][number]
type Run = Output<'wake.runs'>['items'][number]

/** Asks an agent to wake, and shows what came of that and of earlier times. */
export function Wake({ agent }: { agent: KnownAgent }) {
  return (
    <Stack gap="lg">
      <Ask agent={agent} />
      <Requests did={agent.did} />
      {agent.local && <Runs agent={agent.name} />}
    </Stack>
  )
}

function Ask({ agent }: { agent: KnownAgent }) {
  const [reason, setReason] = useState('')
  const wake = useAct('wake.request', { onDone: () => setReason('') })
  const { data } = useRead('wake.show', {}, { enabled: agent.local })
  const hook = data && (data.agents.find((one) => one.agent === agent.name) ?? data.hook)
  return (
    <Section
      title="Wake it"
      note={
        agent.local
          ? 'Runs the hook that is set for it, if nobody is there.'
          : 'Asks its node, which decides by its own hook and rules. It needs trust 3 there.'
      }
    >
      {agent.local && data && (
        <Text size="sm" mb="xs" component="div">
          {hook === undefined ? (
            'No hook is set, so nothing would run. Set one among the settings, or by `agora wake set`.'
          ) : (
            <>
              {hook.agent === undefined ? 'The node’s hook' : 'Its own hook'}: <Code>{hook.command}</Code>
              {hook.fault !== undefined && `. It could not run now: ${hook.fault}`}
            </>
          )}
        </Text>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          // Not waited for: how it goes on is told by events.
          if (reason.trim() !== '') wake.mutate({ to: agent.did, reason: reason.trim(), timeout: 0 })
        }}
      >
        <Box style={{ display: 'flex', gap: 'var(--mantine-spacing-xs)', flexWrap: 'wrap', alignItems: 'flex-end' }}>
          <TextInput
            label="What for"
            placeholder="The tests of main are red"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={500}
            required
            flex="1 1 12rem"
          />
          <Button type="submit" loading={wake.isPending}>
            Wake it
          </Button>
        </Box>
      </form>
    </Section>
  )
}

/** What a request has come to, in words. */
function outcome({ stage, note, failure }: Asked): { text: string; color: string } {
  if (stage === 'failed') return { text: `refused: ${(failure ?? 'no reason').replaceAll('_', ' ')}`, color: 'red' }
  if (stage === 'expired') return { text: 'never reached its node', color: 'red' }
  switch (note) {
    case 'waking':
      return { text: 'its hook runs', color: 'blue' }
    case 'woken':
      return { text: 'its hook has run', color: 'green' }
    case 'awake':
      return { text: 'it is awake', color: 'green' }
    case 'wake_failed':
      return { text: 'its hook failed', color: 'red' }
    case 'wake_denied':
      return { text: 'not woken: its rules say no, or there is no hook', color: 'orange' }
    default:
      return { text: stage === 'queued' || stage === 'sent' ? 'on its way' : 'its node has it', color: 'gray' }
  }
}

function Requests({ did }: { did: string }) {
  const requests = useRead('wake.requests', { limit: 500 })
  return (
    <Answer of={requests}>
      {({ items }) => {
        const own = items.filter(({ to }) => to === did).slice(0, 10)
        if (own.length === 0) return null
        return (
          <Section title="Asked from here">
            <List>
              {own.map((asked) => {
                const { text, color } = outcome(asked)
                return (
                  <li key={asked.id}>
                    <Badge color={color}>{text}</Badge>{' '}
                    <Text span size="xs" c="dimmed">
                      {asked.times['queued'] !== undefined && <Moment at={asked.times['queued']} />}
                    </Text>
                    <Foreign text={asked.reason} />
                  </li>
                )
              })}
            </List>
          </Section>
        )
      }}
    </Answer>
  )
}

const runColors = { done: 'green', failed: 'red', timed_out: 'orange', stopped: 'gray', interrupted: 'gray' } as const

function Runs({ agent }: { agent: string }) {
  const { read, items, more } = useReadPages('wake.runs', { agent, limit: 20 })
  return (
    <Section title="Runs">
      <Answer of={read}>
        {() =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              It has not been woken yet.
            </Text>
          ) : (
            <>
              <List>
                {items.map((run) => (
                  <RunRow key={run.id} run={run} />
                ))}
              </List>
              {more && (
                <Button variant="default" mt="sm" onClick={more}>
                  More
                </Button>
              )}
            </>
          )
        }
      </Answer>
    </Section>
  )
}

function RunRow({ run: { started_at, ended_at, outcome: end, calls, from, error, code, output } }: { run: Run }) {
  const seconds = ended_at === undefined ? undefined : (Date.parse(ended_at) - Date.parse(started_at)) / 1000
  return (
    <li>
      <Text size="sm" component="div">
        <Badge color={end === undefined ? 'blue' : runColors[end]}>{end?.replace('_', ' ') ?? 'runs'}</Badge>{' '}
        <Moment at={started_at} />
        {seconds !== undefined && `, ${durationText(seconds)}`}
      </Text>
      <Text size="xs" c="dimmed">
        for {calls} {calls === 1 ? 'message or request' : 'messages and requests'} of {from.map(displayLine).join(', ')}
        {code !== undefined && code !== 0 && `, exit code ${code}`}
      </Text>
      {error !== undefined && <Text size="sm">{error}</Text>}
      {output !== undefined && output !== '' && <Foreign text={output.trimEnd()} />}
    </li>
  )
}

const List = ({ children }: { children: ReactNode }) => (
  <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
    {children}
  </Stack>
)
