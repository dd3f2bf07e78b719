import { Anchor, Badge, Code, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Setting } from '../../../../src/capabilities/settings/schema.ts'
import { failureText, useAct } from '../../app/api.ts'
import classes from './rows.module.css'
import { SettingInput, shownValue } from './setting-input.tsx'

/** One setting: what it is, what holds and why, and a way to set it. */
export function SettingRow({ setting, file }: { setting: Setting; file: string }) {
  const { key, meaning, default: preset, in_file, applies, pending, overridden_by, source } = setting
  const isChosen = setting.kind === 'switch' || setting.choices !== undefined
  const [error, setError] = useState<string>()
  const [said, setSaid] = useState('')
  const set = useAct('settings.set', {
    tellError: false,
    // What is typed stays in its field until the daemon has taken it.
    optimistic: (input, patch) =>
      isChosen &&
      patch('settings.list', (answer) => ({
        ...answer,
        items: answer.items.map((one) => (one.key === input.key ? expected(one, input.value) : one)),
      })),
    onDone: (answer) => setSaid(outcome(answer)),
  })
  const save = (value: Setting['value'] | null) => {
    setError(undefined)
    setSaid('')
    set.mutate(
      { key, value },
      {
        onError: (failure) => {
          const { title, detail } = failureText(failure)
          // The hint says what it must be; what was typed is there to be seen.
          setError(detail === '' ? title : detail)
        },
      },
    )
  }
  const id = `setting-${key}`
  return (
    <div className={classes['row']}>
      <Stack gap={4} miw={0}>
        <Text component="label" id={`${id}-label`} htmlFor={id} size="sm">
          {withCode(sentence(meaning))}
        </Text>
        <Group gap="xs" id={`${id}-meaning`}>
          <Text size="xs" c="dimmed" ff="monospace">
            {key}
          </Text>
          {applies === 'next_start' && (
            <Text size="xs" c="dimmed">
              · read when the node starts
            </Text>
          )}
          {overridden_by !== undefined && <Badge color="gray">set by {overridden_by}</Badge>}
          {pending !== undefined && <Badge color="blue">after the next start: {shownValue(pending)}</Badge>}
        </Group>
        {overridden_by !== undefined && in_file !== undefined && (
          <Text size="xs" c="dimmed">
            config.json says {shownValue(in_file)}; it has no effect while {overridden_by} is given.
          </Text>
        )}
        {source === 'file' && (
          <Text size="xs" c="dimmed">
            From <Code fz="xs">{file.split(/[\\/]/).at(-1)}</Code>, the default is {shownValue(preset)}.
          </Text>
        )}
      </Stack>
      <Stack gap={4}>
        <SettingInput
          key={JSON.stringify(in_file ?? pending ?? setting.value)}
          id={id}
          setting={setting}
          error={error}
          busy={set.isPending && !isChosen}
          onSave={save}
        />
        <Group gap="xs">
          {in_file !== undefined && (
            <Anchor component="button" type="button" size="xs" onClick={() => save(null)}>
              Use the default ({shownValue(preset)})
            </Anchor>
          )}
          <Text size="xs" c="dimmed" role="status">
            {said}
          </Text>
        </Group>
      </Stack>
    </div>
  )
}

/** What the daemon will most likely answer. */
function expected(setting: Setting, value: Setting['value'] | null): Setting {
  const { pending: _, in_file: __, ...rest } = setting
  const next = value ?? setting.default
  const file = value === null ? {} : { in_file: value }
  if (setting.overridden_by !== undefined) return { ...rest, ...file }
  if (setting.applies === 'at_once')
    return { ...rest, ...file, value: next, source: value === null ? 'default' : 'file' }
  const isSame = JSON.stringify(next) === JSON.stringify(setting.value)
  return { ...rest, ...file, ...(isSame ? {} : { pending: next }) }
}

function outcome({ applies, overridden_by, pending }: Setting): string {
  if (overridden_by !== undefined) return 'Saved, without effect for now.'
  if (pending !== undefined) return 'Saved for the next start.'
  return applies === 'at_once' ? 'Saved, and in effect.' : 'Saved.'
}

/** What stands between backticks as what is typed. */
const withCode = (text: string) =>
  text.split('`').map((part, place) => (place % 2 === 0 ? part : <Code key={part}>{part}</Code>))

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
