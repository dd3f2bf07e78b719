import { Alert, Badge, Group, Tabs, Text, Tooltip } from '@mantine/core'
import { Outlet, useNavigate, useParams, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { aRole } from '../../../../src/base/deed.ts'
import { displayLine } from '../../../../src/base/text.ts'
import type { Output } from '../../../../src/operations.ts'
import { useRead } from '../../app/api.ts'
import { ForeignLine, Name } from '../../parts/foreign.tsx'
import { Page } from '../../parts/page.tsx'
import { Answer } from '../../parts/states.tsx'
import css from './project.module.css'
import { stageText } from './stage-text.ts'

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
  const tabs = useRef<HTMLDivElement>(null)
  // Where they do not fit they scroll: the one that is shown should be seen.
  const isHere = project.data !== undefined
  useEffect(() => {
    if (!isHere) return
    const tab = tabs.current?.querySelector<HTMLElement>(`[data-part="${CSS.escape(part)}"]`)
    const { current: list } = tabs
    if (tab && list) list.scrollLeft = tab.offsetLeft - (list.clientWidth - tab.offsetWidth) / 2
  }, [part, isHere])
  return (
    <Answer of={project}>
      {(shown) => (
        <Page
          title={displayLine(shown.name)}
          heading={<ForeignLine text={shown.name} />}
          note={<Note project={shown} />}
        >
          <Standing project={shown} />
          <Tabs
            value={part}
            onChange={(value) => void navigate({ to: `/projects/${projectId}/${value}` as never })}
            keepMounted={false}
          >
            <Tabs.List ref={tabs} className={css.tabs} aria-label="Parts of the project">
              {parts.map(([value, label]) => (
                <Tabs.Tab key={value} value={value} data-part={value} className={css.tab}>
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

function Note({ project }: { project: Output<'projects.show'> }) {
  const { stage, role, members, owner, repo, archived } = project
  return (
    <Group gap="2px 0.375rem">
      {archived ? <Badge color="gray">Archived</Badge> : <Badge>{stageText[stage]}</Badge>}
      {role && role !== 'owner' && (
        <span>
          you are {aRole(role)} · owned by <Name who={owner} icon={false} />
        </span>
      )}
      {role === 'owner' && <span>you are its owner</span>}
      <span>
        · {members} {members === 1 ? 'member' : 'members'}
      </span>
      {repo !== undefined && (
        <Tooltip label={displayLine(repo)}>
          <span className={css.repo}>
            · <ForeignLine text={repo} />
          </span>
        </Tooltip>
      )}
    </Group>
  )
}

/** What is out of the ordinary, and what it means. */
function Standing({ project }: { project: Output<'projects.show'> }) {
  const { status, suspended, archived, upgrade_needed } = project
  if (upgrade_needed !== undefined)
    return (
      <Alert color="orange" title="This project needs a newer Agora">
        An entry of the kind <ForeignLine text={upgrade_needed} fw={500} /> is not known here: what follows it is not
        shown, and nothing can be written.
      </Alert>
    )
  if (status === 'joining')
    return (
      <Alert color="blue" title="Joining">
        The project’s log comes as soon as one of its members is connected.
      </Alert>
    )
  if (status === 'removed' || status === 'left')
    return (
      <Alert color="gray" title={status === 'left' ? 'This node has left' : 'This node was removed'}>
        What is shown is from before. Nothing new comes, and nothing can be changed.
      </Alert>
    )
  if (suspended)
    return (
      <Alert color="orange" title="This node is suspended">
        Nothing it does counts until an overseer or the owner lifts that. Why, the team says.
      </Alert>
    )
  if (archived)
    return (
      <Text size="sm" c="dimmed">
        It is archived: nothing can be done in it until its owner takes it up again.
      </Text>
    )
  return null
}
