import { Button, Group, Modal, NumberInput, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import { defaultPolicy } from '../../../../src/base/wake-policy.ts'
import type { Policy, WakeHook } from '../../../../src/capabilities/wake/schema.ts'
import { failureText, useAct } from '../../app/api.ts'

interface Props {
  /** Whose: an agent's name, empty for the node; undefined: the form is closed. */
  agent: string | undefined
  hook: WakeHook | undefined
  onClose(): void
}

type Seconds = 'after_seconds' | 'debounce_seconds' | 'pause_seconds' | 'timeout_seconds' | 'per_day'
const numbers: { field: Seconds; label: string; description: string; min: number; max: number }[] = [
  {
    field: 'after_seconds',
    label: 'Seconds without a reader',
    description: 'Then nobody is there',
    min: 0,
    max: 86_400,
  },
  {
    field: 'debounce_seconds',
    label: 'Seconds to gather',
    description: 'For more messages to come',
    min: 0,
    max: 3600,
  },
  {
    field: 'pause_seconds',
    label: 'Seconds between wakes',
    description: 'From the end of one to the next',
    min: 0,
    max: 86_400,
  },
  { field: 'timeout_seconds', label: 'Seconds to run', description: 'Then it is ended', min: 1, max: 86_400 },
  { field: 'per_day', label: 'Wakes a day', description: 'For each friend, and each agent here', min: 1, max: 10_000 },
]

/** The program and when it may run. */
export function HookForm({ agent, hook, onClose }: Props) {
  const [command, setCommand] = useState(hook?.command ?? '')
  const [cwd, setCwd] = useState(hook?.cwd ?? '')
  const [policy, setPolicy] = useState<Policy>(hook?.policy ?? defaultPolicy)
  const set = useAct('wake.set', { tellError: false, done: 'Saved. It is in effect.' })
  const fault = set.error ? failureText(set.error) : undefined
  const text = fault && [fault.title, fault.detail].filter((one) => one !== '').join(' ')
  const at = (field: string) => (text?.startsWith(field) ? text.replace(/^\w+: /, 'It ') : undefined)
  const known = at('command') ?? at('cwd') ?? at('policy')
  const change = (part: Partial<Policy>) => setPolicy((before) => ({ ...before, ...part }))
  const who = agent === '' ? 'this node' : displayLine(agent ?? '')
  const isChanged = (before: string | undefined, now: string) => now.trim() !== '' && now.trim() !== before
  return (
    <Modal opened={agent !== undefined} onClose={onClose} title={`What wakes ${who}`} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          set.mutate(
            {
              ...(agent === '' || agent === undefined ? {} : { agent }),
              ...(isChanged(hook?.command, command) || isChanged(hook?.cwd, cwd) ? { command: command.trim() } : {}),
              ...(isChanged(hook?.cwd, cwd) ? { cwd: cwd.trim() } : {}),
              policy,
            },
            { onSuccess: onClose },
          )
        }}
      >
        <Stack>
          <TextInput
            data-autofocus
            label="Program and its arguments"
            description="As it would be typed, with nothing that needs a shell."
            placeholder="/home/me/wake-agent.sh --quiet"
            value={command}
            onChange={(event) => {
              set.reset()
              setCommand(event.currentTarget.value)
            }}
            error={at('command') ?? (known === undefined ? text : undefined)}
            spellCheck={false}
            required
          />
          <TextInput
            label="Folder it runs in"
            description="An absolute path; the node’s home when it is left empty."
            value={cwd}
            onChange={(event) => {
              set.reset()
              setCwd(event.currentTarget.value)
            }}
            error={at('cwd')}
            spellCheck={false}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            {numbers.map(({ field, label, description, min, max }) => (
              <NumberInput
                key={field}
                {...{ label, description, min, max }}
                value={policy[field]}
                onChange={(value) => typeof value === 'number' && change({ [field]: value })}
                allowDecimal={false}
              />
            ))}
            <TextInput
              label="Hours"
              description="Of this machine’s day, such as 08:00-22:00"
              value={policy.hours}
              onChange={(event) => change({ hours: event.currentTarget.value })}
              error={at('policy')}
            />
            <Select
              label="Who may wake it"
              description="Agents of this node always may"
              data={[
                { value: '3', label: 'Peers of trust 3 and 4' },
                { value: '4', label: 'Peers of trust 4 alone' },
              ]}
              value={String(policy.min_trust)}
              allowDeselect={false}
              onChange={(value) => change({ min_trust: value === '4' ? 4 : 3 })}
            />
          </SimpleGrid>
          <Switch
            label="Tell me of each wake"
            checked={policy.notify}
            onChange={(event) => change({ notify: event.currentTarget.checked })}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={set.isPending} disabled={command.trim() === ''}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
