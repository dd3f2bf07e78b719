import { Anchor, Badge, Box, Group, Progress, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Output } from '../../../../src/operations.ts'
import { useRead } from '../../app/api.ts'
import { stateColors } from '../../app/theme.ts'
import { ForeignLine } from '../../parts/foreign.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import classes from './home.module.css'

type Project = Output<'projects.list'>['items'][number]

const SHOWN = 6
const segments = [
  ['done', 'done'],
  ['in_progress', 'in progress'],
  ['blocked', 'blocked'],
] as const

/** How far each active project has come. */
export function Sprints() {
  const read = useRead('projects.list', { limit: 100 })
  return (
    <Answer of={read}>
      {({ items }) => {
        const active = items.filter(({ archived, status }) => !archived && status === 'member')
        if (active.length === 0)
          return (
            <Empty
              title="No project is under way."
              action={
                <Anchor component={Link} to="/projects">
                  Go to the projects
                </Anchor>
              }
            >
              Here is shown how far each has come.
            </Empty>
          )
        return (
          <Box className="agora-panel">
            <ul className={classes.rows} aria-label="Projects under way">
              {active.slice(0, SHOWN).map((project) => (
                <li key={project.id} className={classes.row}>
                  <Sprint project={project} />
                </li>
              ))}
            </ul>
            {active.length > SHOWN && (
              <Text size="sm" p="sm">
                <Anchor component={Link} to="/projects">
                  {active.length - SHOWN} more
                </Anchor>
              </Text>
            )}
          </Box>
        )
      }}
    </Answer>
  )
}

function Sprint({ project }: { project: Project }) {
  const { tasks } = project
  const all = tasks.todo + tasks.in_progress + tasks.blocked + tasks.done
  const part = all === 0 ? 0 : Math.floor((tasks.done / all) * 100)
  return (
    <>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Group gap="xs" wrap="nowrap" miw={0}>
          <Anchor component={Link} to={`/projects/${project.id}/board`} fw={500} truncate>
            <ForeignLine text={project.name} />
          </Anchor>
          <Badge size="sm" flex="none">
            {project.stage}
          </Badge>
        </Group>
        <Text size="sm" flex="none">
          {all === 0 ? 'no tasks yet' : `${tasks.done} of ${all} done`}
        </Text>
      </Group>
      <Progress.Root size="md" mt={6} aria-hidden>
        {segments.map(([status]) => (
          <Progress.Section
            key={status}
            value={all === 0 ? 0 : (tasks[status] / all) * 100}
            color={stateColors[status]}
          />
        ))}
      </Progress.Root>
      <Text size="sm" c="dimmed" mt={4}>
        {all === 0 ? 'Make the first task on its board.' : `${part} %`}
        {tasks.in_progress > 0 && ` · ${tasks.in_progress} in progress`}
        {tasks.blocked > 0 && ` · ${tasks.blocked} blocked`}
        {tasks.todo > 0 && ` · ${tasks.todo} to do`}
      </Text>
    </>
  )
}
