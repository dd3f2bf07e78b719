import { Badge, Group, Tabs } from '@mantine/core'
import { Outlet, useNavigate, useParams, useRouterState } from '@tanstack/react-router'
import { displayLine } from '../../../../src/base/text.ts'
import { useRead } from '../../app/api.ts'
import { ForeignLine } from '../../parts/foreign.tsx'
import { Page } from '../../parts/page.tsx'
import { Answer } from '../../parts/states.tsx'

const parts = [
  ['board', 'Board'],
  ['rooms', 'Rooms'],
  ['team', 'Team'],
  ['stages', 'Stages'],
  ['timeline', 'Timeline'],
  ['records', 'Decisions and reports'],
  ['audit', 'Audit'],
  ['settings', 'Settings'],
] as const

/** One project: what it is, and its parts as tabs. */
export function Project() {
  const { projectId } = useParams({ strict: false }) as { projectId: string }
  const navigate = useNavigate()
  const part = useRouterState({ select: ({ location }) => location.pathname.split('/')[3] ?? 'board' })
  const project = useRead('projects.show', { project_id: projectId })
  return (
    <Answer of={project}>
      {(shown) => (
        <Page
          title={displayLine(shown.name)}
          heading={<ForeignLine text={shown.name} />}
          note={
            <Group gap="xs">
              <Badge>{shown.stage}</Badge>
              {shown.role && <span>you are {shown.role}</span>}
              {shown.archived && <Badge color="gray">archived</Badge>}
            </Group>
          }
        >
          <Tabs
            value={part}
            onChange={(value) => void navigate({ to: `/projects/${projectId}/${value}` as never })}
            keepMounted={false}
          >
            <Tabs.List style={{ overflowX: 'auto', flexWrap: 'nowrap' }} aria-label="Parts of the project">
              {parts.map(([value, label]) => (
                <Tabs.Tab key={value} value={value} style={{ flex: 'none' }}>
                  {label}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value={part} pt="md">
              <Outlet />
            </Tabs.Panel>
          </Tabs>
        </Page>
      )}
    </Answer>
  )
}
