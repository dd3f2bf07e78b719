import { Box, Group, Text } from '@mantine/core'
import type { Presence as State } from '../../../src/capabilities/node/schema.ts'
import { stateColors } from '../app/theme.ts'

/** How somebody is, as a dot and a word; undefined when nobody here knows. */
export function Presence({ of, word = true }: { of: State | undefined; word?: boolean }) {
  const text = of ?? 'not known'
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex">
      <Box
        component="span"
        w={9}
        h={9}
        bdrs="xl"
        flex="none"
        {...(of === undefined || of === 'offline'
          ? { bd: '2px solid var(--mantine-color-gray-5)' }
          : { bg: `${stateColors[of]}.6` })}
        {...(word ? { 'aria-hidden': true } : { role: 'img', 'aria-label': text })}
      />
      {word && (
        <Text span size="sm" c="dimmed">
          {text}
        </Text>
      )}
    </Group>
  )
}
