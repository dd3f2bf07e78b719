import { Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { shownName } from '../../../../src/base/text.ts'
import { useRead } from '../../app/api.ts'
import { CopyCommand } from '../../parts/copy-command.tsx'

/** Programs that `agora setup` knows, and whether they run hooks. */
const clients = [
  { value: 'claude-code', label: 'Claude Code', hooks: true },
  { value: 'codex', label: 'Codex', hooks: true },
  { value: 'cursor', label: 'Cursor', hooks: true },
  { value: 'gemini', label: 'Gemini CLI', hooks: true },
  { value: 'opencode', label: 'opencode', hooks: false },
  { value: 'vscode', label: 'VS Code', hooks: false },
] as const
const SCRIPT = 'script'

export const clientNames = clients.map(({ value }) => value)

/** What a person pastes into a terminal so that a program becomes this agent. */
export function Connect({ agent, kind }: { agent: string; kind?: string | undefined }) {
  const { data: status } = useRead('node.status', {})
  const [chosen, setChosen] = useState<string>(
    clients.find(({ value }) => value === kind)?.value ?? (kind === SCRIPT ? SCRIPT : 'claude-code'),
  )
  const client = clients.find(({ value }) => value === chosen)
  // Named, because this machine may have several nodes.
  const agora = status ? `agora --name ${shownName(status.name)}` : 'agora'
  const command = client
    ? `${agora} setup ${client.value} --agent-name ${shownName(agent)}${client.hooks ? ' --hooks' : ''}`
    : `export AGORA_TOKEN=$(${agora} agents token ${shownName(agent)})`
  return (
    <Stack gap="xs">
      <Select
        label="Which program is it?"
        data={[
          ...clients.map(({ value, label }) => ({ value, label })),
          { value: SCRIPT, label: 'A script, or something else' },
        ]}
        value={chosen}
        onChange={(value) => value !== null && setChosen(value)}
        allowDeselect={false}
        maw="20rem"
      />
      <CopyCommand command={command} />
      <Text size="sm" c="dimmed">
        {client
          ? `In the folder of the project it is to work on. It shows what it writes into the settings of ${client.label}; add --dry-run to look first, --scope user for all folders.`
          : 'The script calls the API, or /mcp, with that token.'}
      </Text>
    </Stack>
  )
}

/** A token, which the daemon says once. */
export const OnceShown = ({ token, file }: { token: string; file: string }) => (
  <Stack gap={4}>
    <Text size="sm" fw={500}>
      Its token, shown this once
    </Text>
    <CopyCommand command={token} label="Copy the token" />
    <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      It also lies in <code>{file}</code>, which only you can read. Whoever has it acts as this agent.
    </Text>
  </Stack>
)
