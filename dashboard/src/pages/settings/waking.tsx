import { Alert, Badge, Button, Code, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import { defaultPolicy } from '../../../../src/base/wake-policy.ts'
import type { Policy, WakeHook } from '../../../../src/capabilities/wake/schema.ts'
import { useAct, useRead } from '../../app/api.ts'
import { useConfirm } from '../../parts/confirm.tsx'
import { ForeignLine } from '../../parts/foreign.tsx'
import { durationText, Moment } from '../../parts/moment.tsx'
import { Section } from '../../parts/page.tsx'
import { Answer } from '../../parts/states.tsx'
import { HookForm } from './hook-form.tsx'
import classes from './rows.module.css'

/** What is run when mail comes for who is not there: for the node, and for single agents. */
export function Waking() {
  const wake = useRead('wake.show', {})
  const agents = useRead('agents.list', {})
  /** An agent's name, or empty for the node's own. */
  const [editing, setEditing] = useState<string>()
  const hookOf = (agent: string): WakeHook | undefined =>
    agent === '' ? wake.data?.hook : wake.data?.agents.find((hook) => hook.agent === agent)
  return (
    <Section
      title="Waking"
      note="A program that is run when mail comes and nobody is there to read it. It never passes through a shell, and what others wrote reaches it as a file alone."
    >
      <Answer of={wake}>
        {({ hook, agents: hooks, latest }) => {
          const named = (agents.data?.items ?? []).map(({ name }) => name)
          const all = [...new Set([...named, ...hooks.flatMap(({ agent }) => agent ?? [])])]
          return (
            <Stack gap="md">
              <div className="agora-panel">
                <Hook of="" hook={hook} onEdit={setEditing} />
                {all.map((name) => (
                  <Hook
                    key={name}
                    of={name}
                    hook={hooks.find(({ agent }) => agent === name)}
                    hasCommon={hook !== undefined}
                    onEdit={setEditing}
                  />
                ))}
              </div>
              {latest && (
                <Text size="sm" c="dimmed">
                  Run last: <ForeignLine text={latest.agent ?? 'the node’s'} /> <Moment at={latest.started_at} />,{' '}
                  {latest.outcome === undefined ? 'still running' : (outcomes[latest.outcome] ?? latest.outcome)}.
                </Text>
              )}
            </Stack>
          )
        }}
      </Answer>
      <HookForm
        key={editing ?? 'none'}
        agent={editing}
        hook={editing === undefined ? undefined : hookOf(editing)}
        onClose={() => setEditing(undefined)}
      />
    </Section>
  )
}

const outcomes: Record<string, string> = {
  done: 'it ended well',
  failed: 'it failed',
  timed_out: 'it was ended at its time',
  stopped: 'it was ended with the node',
  interrupted: 'it was cut short',
}

interface HookProps {
  of: string
  hook: WakeHook | undefined
  hasCommon?: boolean
  onEdit(agent: string): void
}

function Hook({ of: agent, hook, hasCommon = false, onEdit }: HookProps) {
  const ask = useConfirm()
  const set = useAct('wake.set', { done: 'The hook is taken away.' })
  const who = agent === '' ? 'This node' : displayLine(agent)
  return (
    <div className={classes['row']}>
      <Stack gap={4} miw={0}>
        <Group gap="xs">
          {agent === '' ? <Text fw={500}>This node</Text> : <ForeignLine text={agent} fw={500} />}
          {hook?.fault !== undefined && <Badge color="red">cannot run</Badge>}
        </Group>
        {hook ? (
          <>
            <Code style={{ overflowWrap: 'anywhere' }}>{hook.command}</Code>
            <Text size="sm" c="dimmed">
              {policyText(hook.policy)}
            </Text>
            {hook.fault !== undefined && <Alert color="red" p="xs" title={hook.fault} />}
          </>
        ) : (
          <Text size="sm" c="dimmed">
            {agent === ''
              ? 'No program: agents without one of their own are not woken.'
              : hasCommon
                ? 'The node’s program wakes it.'
                : 'It is not woken.'}
          </Text>
        )}
      </Stack>
      <Group gap="xs" justify="flex-end">
        {hook && (
          <Button
            size="xs"
            variant="default"
            aria-label={`Remove the hook of ${who}`}
            onClick={async () => {
              const { yes } = await ask({
                title: `No program for ${who}?`,
                text:
                  agent === ''
                    ? 'Agents that have none of their own are not woken any more.'
                    : 'From then on the node’s program wakes it, if there is one.',
                action: 'Take it away',
                danger: true,
              })
              if (yes) set.mutate({ command: null, ...(agent === '' ? {} : { agent }) })
            }}
          >
            Remove
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          onClick={() => onEdit(agent)}
          aria-label={`${hook ? 'Change the hook of' : 'Set a program for'} ${who}`}
        >
          {hook ? 'Change' : 'Set a program'}
        </Button>
      </Group>
    </div>
  )
}

export function policyText(policy: Policy): string {
  const { after_seconds, hours, per_day, min_trust, timeout_seconds } = policy
  const when = hours === defaultPolicy.hours ? 'at any hour' : `from ${hours.replace('-', ' to ')}`
  return `After ${durationText(after_seconds)} without a reader, ${when}, for peers of trust ${min_trust === 4 ? '4' : '3 or 4'}, at most ${per_day} times a day for each; ended after ${durationText(timeout_seconds)}.`
}
