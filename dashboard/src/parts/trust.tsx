import { Group, Select, type SelectProps, Text, Tooltip } from '@mantine/core'
import { type TrustLevel, trustNames } from '../../../src/authority/trust.ts'

/** What a level lets a node do here, in a sentence; the whole rule stands in the specification. */
const meanings = [
  'Its messages wait in the requests box.',
  'Its messages reach your inboxes.',
  'It also learns when messages were read and where you are, and may invite you to projects.',
  'Its messages may also wake your agents.',
  'As trusted. For your own nodes and the people closest to you.',
] as const

export const trustName = (level: number): string => trustNames[level] ?? 'unknown'

const levels = trustNames.map((name, level) => ({ value: String(level), label: `${level} · ${name}` }))

type Rest = Omit<SelectProps, 'data' | 'value' | 'onChange'>

/** Chooses how far somebody is trusted, and says what that means. */
export function TrustSelect({
  value,
  onChange,
  ...rest
}: Rest & { value: TrustLevel | undefined; onChange(level: TrustLevel): void }) {
  return (
    <Select
      data={levels}
      value={value === undefined ? null : String(value)}
      onChange={(chosen) => chosen !== null && onChange(Number(chosen) as TrustLevel)}
      allowDeselect={false}
      checkIconPosition="right"
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{option.label}</Text>
          <Text size="xs" c="dimmed">
            {meanings[Number(option.value)]}
          </Text>
        </div>
      )}
      {...rest}
      {...(rest.description === undefined && value !== undefined && { description: meanings[value] })}
    />
  )
}

/** Trust of both sides, in words for those who hear it. */
export const trustWords = (given: number | undefined, received: number | undefined): string =>
  `you give ${given === undefined ? 'no trust' : `trust ${given}`}, it gives you ${received === undefined ? 'none' : `trust ${received}`}`

/** One level: its number, and its name when pointed at. */
export const Trust = ({ level, none = '–' }: { level: number | undefined; none?: string }) =>
  level === undefined ? (
    <Text span inherit c="dimmed">
      {none}
    </Text>
  ) : (
    <Tooltip label={trustName(level)}>
      <Group component="span" display="inline-flex" gap={6} wrap="nowrap">
        <span>{level}</span>
        <Text span inherit c="dimmed" visibleFrom="lg">
          {trustName(level)}
        </Text>
      </Group>
    </Tooltip>
  )
