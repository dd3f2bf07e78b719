import { Alert, Box, Button, Group, List, Progress, Stack, Text } from '@mantine/core'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { displayLine } from '../../../../../src/base/text.ts'
import type { Check } from './use-check.ts'

const number = new Intl.NumberFormat()
const plural = (count: number, one: string, many = `${one}s`) => `${number.format(count)} ${count === 1 ? one : many}`

/** Starts the check, and says what it found. */
export function CheckPanel({ check, onStart, onStop }: { check: Check; onStart(): void; onStop(): void }) {
  return (
    <Box role="status" aria-live="polite" {...(check.state !== 'done' && { className: 'agora-panel', p: 'sm' })}>
      {check.state === 'none' && (
        <Group justify="space-between" gap="sm">
          <Text size="sm" flex="1 1 16rem">
            This browser can check the record by itself: every signature, every hash, and that nothing is left out.
          </Text>
          <Button variant="default" leftSection={<IconShieldCheck size={16} aria-hidden />} onClick={onStart}>
            Check the record
          </Button>
        </Group>
      )}
      {check.state === 'checking' && (
        <Stack gap="xs">
          <Group justify="space-between" gap="sm">
            <Text size="sm">Checking signatures: {plural(check.entries, 'entry', 'entries')} so far</Text>
            <Button size="xs" variant="default" onClick={onStop}>
              Stop
            </Button>
          </Group>
          <Progress value={100} animated aria-label="Checking the record" />
        </Stack>
      )}
      {check.state === 'failed' && (
        <Alert color="red" title="The check could not be finished" role="alert">
          <Text size="sm">{check.reason}</Text>
          <Button mt="xs" size="xs" variant="default" onClick={onStart}>
            Check again
          </Button>
        </Alert>
      )}
      {check.state === 'done' && <Finding check={check} onStart={onStart} />}
    </Box>
  )
}

function Finding({ check, onStart }: { check: Extract<Check, { state: 'done' }>; onStart(): void }) {
  const { finding, rights, seconds } = check
  const sound = finding.fault === undefined && finding.missing.length === 0
  const again = (
    <Button size="xs" variant="default" onClick={onStart}>
      Check again
    </Button>
  )
  if (!sound) {
    return (
      <Alert color="red" icon={<IconShieldX aria-hidden />} title="This record is not sound" role="alert">
        <Stack gap="xs" align="flex-start">
          {finding.fault ? (
            <Text size="sm">
              {plural(finding.entries, 'entry', 'entries')} are right. Then entry{' '}
              <code>{displayLine(finding.fault.id ?? 'without an id')}</code>: {displayLine(finding.fault.reason)}.
            </Text>
          ) : (
            <Text size="sm">
              Entry <code>{finding.missing[0]}</code> is said to be the last of its chain, and was not sent.
            </Text>
          )}
          {again}
        </Stack>
      </Alert>
    )
  }
  return (
    <Alert
      variant="outline"
      color="green"
      className="agora-panel"
      icon={<IconShieldCheck aria-hidden />}
      title="This record is sound"
    >
      <Stack gap="xs" align="flex-start">
        <List size="sm" spacing={2}>
          <List.Item>
            This browser checked {plural(finding.entries, 'signature')} of {plural(finding.nodes, 'node')} in{' '}
            {seconds.toFixed(1)} s: each is right, and each entry follows what it says it follows.
          </List.Item>
          <List.Item>Nothing is missing up to the last entries that the daemon names.</List.Item>
          {finding.forked.length > 0 && (
            <List.Item>
              {plural(finding.forked.length, 'node')} wrote two entries after the same one of its own:{' '}
              {finding.forked.map((did) => `…${did.slice(-6)}`).join(', ')}.
            </List.Item>
          )}
          <List.Item>
            The daemon judged again who had the right to write what:{' '}
            {rights.ok
              ? `${number.format(rights.counts)} count, ${rights.held} held, ${rights.denied} denied, ${rights.refused} refused.`
              : `it found a fault: ${displayLine(rights.fault?.reason ?? 'the state is another than the record gives')}.`}
          </List.Item>
        </List>
        {again}
      </Stack>
    </Alert>
  )
}
