import { NativeSelect, Tabs } from '@mantine/core'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Page } from '../../parts/page.tsx'
import { Agents } from './agents.tsx'
import { Backups } from './backups.tsx'
import { General } from './general.tsx'
import { Identity } from './identity.tsx'
import { Owner } from './owner.tsx'
import { Sessions } from './sessions.tsx'
import { Waking } from './waking.tsx'

const parts: { value: string; label: string; content: () => ReactNode }[] = [
  { value: 'general', label: 'General', content: () => <General /> },
  { value: 'waking', label: 'Waking', content: () => <Waking /> },
  { value: 'agents', label: 'Agents and tokens', content: () => <Agents /> },
  { value: 'owner', label: 'Owner key', content: () => <Owner /> },
  { value: 'backup', label: 'Backup', content: () => <Backups /> },
  { value: 'sessions', label: 'Signed-in pages', content: () => <Sessions /> },
  { value: 'node', label: 'This node', content: () => <Identity /> },
]

export function Settings() {
  const { part } = useParams({ strict: false }) as { part?: string }
  const navigate = useNavigate()
  const current = parts.find(({ value }) => value === part) ?? parts[0]
  const choose = (value: string | null) => {
    if (value !== null) void navigate({ to: '/settings/$part', params: { part: value } })
  }
  return (
    <Page title="Settings">
      <NativeSelect
        hiddenFrom="sm"
        aria-label="Part of the settings"
        data={parts.map(({ value, label }) => ({ value, label }))}
        value={current?.value ?? ''}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      <Tabs value={current?.value ?? null} onChange={choose}>
        <Tabs.List visibleFrom="sm" mb="lg" aria-label="Parts of the settings">
          {parts.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {parts.map(({ value, content }) => (
          <Tabs.Panel key={value} value={value}>
            {content()}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}
