import { Box, Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { displayLine } from '../../../src/base/text.ts'
import { Guard } from './states.tsx'

/** A page: its heading, what can be done on it, and its content. Also names the tab. */
export function Page({
  title,
  heading = title,
  note,
  actions,
  children,
}: {
  /** Plain, for the tab. */
  title: string
  heading?: ReactNode
  note?: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
  useEffect(() => {
    document.title = `${displayLine(title)} · Agora`
  }, [title])
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Box miw={0}>
          <Title order={1} tabIndex={-1} id="page-title">
            {heading}
          </Title>
          {note !== undefined && (
            <Text component="div" size="sm" c="dimmed" mt={2}>
              {note}
            </Text>
          )}
        </Box>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      <Guard>{children}</Guard>
    </Stack>
  )
}

/** A part of a page with a heading of its own. */
export function Section({
  title,
  note,
  actions,
  children,
}: {
  title: string
  note?: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
  const id = `section-${title.toLowerCase().replace(/\W+/g, '-')}`
  return (
    <Box component="section" aria-labelledby={id}>
      <Group justify="space-between" mb="xs" gap="xs">
        <Box>
          <Title order={2} id={id}>
            {title}
          </Title>
          {note !== undefined && (
            <Text component="div" size="sm" c="dimmed">
              {note}
            </Text>
          )}
        </Box>
        {actions}
      </Group>
      <Guard>{children}</Guard>
    </Box>
  )
}
