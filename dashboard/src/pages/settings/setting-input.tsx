import { Button, Group, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Setting } from '../../../../src/capabilities/settings/schema.ts'

type Value = Setting['value']

export const shownValue = (value: Value): string => {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ')
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return value === '' ? 'none' : String(value)
}

interface Props {
  id: string
  setting: Setting
  error: string | undefined
  busy: boolean
  onSave(value: Value): void
}

/** What fits the kind of a setting. Switches and choices are saved at once, what is typed when it is said to be ready. */
export function SettingInput({ id, setting, error, busy, onSave }: Props) {
  const { kind, choices, minimum, maximum, expects } = setting
  const held = setting.in_file ?? setting.pending ?? setting.value
  const [text, setText] = useState(Array.isArray(held) ? held.join('\n') : String(held))
  const shared = { id, error, 'aria-describedby': `${id}-meaning` }
  if (kind === 'switch') {
    return (
      <Switch
        {...shared}
        checked={held === true}
        onChange={(event) => onSave(event.currentTarget.checked)}
        label={held === true ? 'on' : 'off'}
        aria-labelledby={`${id}-label`}
      />
    )
  }
  if (choices) {
    return (
      <Select
        {...shared}
        data={choices.map(String)}
        value={String(held)}
        allowDeselect={false}
        onChange={(chosen) => onSave(choices.find((one) => String(one) === chosen) ?? held)}
      />
    )
  }
  const parsed: Value = kind === 'number' ? Number(text) : kind === 'list' ? linesOf(text) : text.trim()
  const isChanged = JSON.stringify(parsed) !== JSON.stringify(held)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isChanged) onSave(parsed)
      }}
    >
      <Group gap="xs" wrap="nowrap" align="flex-start">
        {kind === 'number' && (
          <NumberInput
            {...shared}
            flex={1}
            value={text === '' ? '' : Number(text)}
            onChange={(value) => setText(String(value))}
            {...(minimum !== undefined && { min: minimum })}
            {...(maximum !== undefined && { max: maximum })}
            clampBehavior="none"
            allowDecimal={false}
            hideControls
          />
        )}
        {kind === 'list' && (
          <Textarea
            {...shared}
            flex={1}
            minRows={1}
            placeholder="one on each line"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            spellCheck={false}
          />
        )}
        {kind === 'text' && (
          <TextInput
            {...shared}
            flex={1}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            spellCheck={false}
          />
        )}
        {isChanged && (
          <Button type="submit" loading={busy} aria-label={`Save ${setting.key}`} title={`It must be ${expects}.`}>
            Save
          </Button>
        )}
      </Group>
    </form>
  )
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
