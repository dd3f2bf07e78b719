import { Stack } from '@mantine/core'
import type { Setting } from '../../../../src/capabilities/settings/schema.ts'
import { useRead } from '../../app/api.ts'
import { Section } from '../../parts/page.tsx'
import { Answer } from '../../parts/states.tsx'
import { SettingRow } from './setting-row.tsx'

const groups: { title: string; note?: string; keys: string[] }[] = [
  {
    title: 'Trust',
    note: 'What peers and agents may do without asking you.',
    keys: ['min_trust', 'auto_accept_invitations', 'shown_trust', 'approval_hours', 'grants_need_owner'],
  },
  { title: 'Messages and tasks', keys: ['conversation_budget', 'message_ttl_hours', 'lease_minutes'] },
  { title: 'Network', keys: ['auto_connect', 'mdns', 'connect', 'port', 'address', 'announce'] },
  { title: 'This machine', keys: ['api_port', 'allowed_origins', 'wake_command', 'log_level', 'event_retention'] },
]
const named = new Set(groups.flatMap(({ keys }) => keys))

export function General() {
  const settings = useRead('settings.list', {})
  return (
    <Answer of={settings}>
      {({ items, file }) => {
        const of = (keys: string[]): Setting[] => keys.flatMap((key) => items.find((one) => one.key === key) ?? [])
        const rest = items.filter(({ key }) => !named.has(key))
        return (
          <Stack gap="xl">
            {[...groups.map((group) => ({ ...group, items: of(group.keys) })), { title: 'Limits', items: rest }].map(
              (group) => (
                <Section key={group.title} title={group.title} note={'note' in group ? group.note : undefined}>
                  <div className="agora-panel">
                    {group.items.map((setting) => (
                      <SettingRow key={setting.key} setting={setting} file={file} />
                    ))}
                  </div>
                </Section>
              ),
            )}
          </Stack>
        )
      }}
    </Answer>
  )
}
