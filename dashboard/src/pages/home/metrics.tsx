import { Anchor, Box, Group, SegmentedControl, Select, Stack, Table, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import type { Output } from '../../../../src/operations.ts'
import { useRead } from '../../app/api.ts'
import { stateColors } from '../../app/theme.ts'
import { Name, Quoted } from '../../parts/foreign.tsx'
import { durationText, Moment } from '../../parts/moment.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { DoneOverTime } from './done-over-time.tsx'
import classes from './home.module.css'

type Found = Output<'projects.metrics'>

const spans = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
]
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** How the work of one project goes: what is done each day, how long things take, and what waits. */
export function Metrics() {
  const projects = useRead('projects.list', { limit: 100 })
  const active = projects.data?.items.filter(({ archived, status }) => !archived && status === 'member') ?? []
  const [chosen, setChosen] = useState<string>()
  const [days, setDays] = useState('30')
  // The one that changed last comes first; that must not change what is shown while work goes on in several.
  if (chosen === undefined && active[0]) setChosen(active[0].id)
  const project = active.find(({ id }) => id === chosen) ?? active[0]
  return (
    <Answer of={projects}>
      {() => {
        if (!project)
          return <Empty title="Nothing to measure yet.">Once a project is under way its figures are shown here.</Empty>
        return (
          <Stack gap="sm">
            <Group gap="sm" justify="space-between">
              <Select
                aria-label="Project"
                value={project.id}
                onChange={(id) => setChosen(id ?? undefined)}
                data={active.map(({ id, name }) => ({ value: id, label: displayLine(name) }))}
                allowDeselect={false}
                searchable={active.length > 8}
                maw="20rem"
              />
              <SegmentedControl aria-label="Span of time" value={days} onChange={setDays} data={spans} size="xs" />
            </Group>
            <ProjectMetrics key={project.id} project={project.id} days={Number(days)} />
          </Stack>
        )
      }}
    </Answer>
  )
}

function ProjectMetrics({ project, days }: { project: string; days: number }) {
  const read = useRead('projects.metrics', { project_id: project, days, time_zone: zone }, { keep: true })
  return (
    <Answer of={read}>
      {(found) => (
        <Stack gap="md">
          <Figures found={found} days={days} />
          <DoneOverTime days={found.per_day} />
          <div className={classes.pair}>
            <Part title="Waiting longest" note="Ready, and begun by nobody.">
              <Waiting found={found} />
            </Part>
            <Part title="Claimed longest">
              <Claimed found={found} />
            </Part>
            <Part title="Time in each stage">
              <StageTimes stages={found.stages} />
            </Part>
            <Part title={`Done by, in ${days} days`}>
              <People people={found.people} />
            </Part>
          </div>
        </Stack>
      )}
    </Answer>
  )
}

const Part = ({ title, note, children }: { title: string; note?: string; children: ReactNode }) => (
  <Box className="agora-panel" p="sm" miw={0}>
    <Title order={3}>{title}</Title>
    {note !== undefined && (
      <Text size="sm" c="dimmed">
        {note}
      </Text>
    )}
    <Box mt="xs">{children}</Box>
  </Box>
)

function Figures({ found, days }: { found: Found; days: number }) {
  const done = found.per_day.reduce((sum, day) => sum + day.done, 0)
  const { median_seconds: median, p90_seconds: most, tasks } = found.cycle
  const { todo, in_progress, blocked } = found.by_status
  const figures: [label: string, value: string, note?: string][] = [
    [`Done in ${days} days`, String(done)],
    ['Open', String(todo + in_progress + blocked), `${in_progress} in progress, ${blocked} blocked`],
    [
      'From claim to done',
      median === undefined ? '–' : durationText(median),
      most === undefined ? 'nothing was claimed and done' : cycleNote(tasks, most),
    ],
  ]
  return (
    <Box component="dl" m={0} p="sm" className={`agora-panel ${classes.figures}`}>
      {figures.map(([label, value, note]) => (
        <div key={label}>
          <Text component="dt" size="sm" c="dimmed">
            {label}
          </Text>
          <Text component="dd" m={0} fz="xl" fw={600}>
            {value}
          </Text>
          {note !== undefined && (
            <Text component="dd" m={0} size="xs" c="dimmed">
              {note}
            </Text>
          )}
        </div>
      ))}
    </Box>
  )
}

const cycleNote = (tasks: number, most: number): string =>
  tasks === 1 ? 'of one task' : `the middle of ${tasks} tasks; nine in ten within ${durationText(most)}`

const Task = ({ project, task }: { project: string; task: { task_id: string; title: string } }) => (
  <Anchor component={Link} to={`/projects/${project}/board`} search={{ task: task.task_id } as never}>
    <Quoted text={task.title} />
  </Anchor>
)

const None = ({ children }: { children: ReactNode }) => (
  <Text size="sm" c="dimmed">
    {children}
  </Text>
)

function Waiting({ found }: { found: Found }) {
  if (found.waiting.length === 0) return <None>Nothing ready waits.</None>
  return (
    <ul className={classes.rows}>
      {found.waiting.slice(0, 5).map((task) => (
        <li key={task.task_id} className={classes.line}>
          <Text size="sm" component="div" lineClamp={2} miw={0}>
            <Task project={found.project_id} task={task} />
          </Text>
          <Text size="sm" c="dimmed" component="div" className={classes.end ?? ''}>
            <Box
              component="span"
              className={classes.presence ?? ''}
              bg={stateColors[task.priority]}
              mr={6}
              aria-hidden
            />
            {task.priority} · <Moment at={task.since} />
          </Text>
        </li>
      ))}
    </ul>
  )
}

function Claimed({ found }: { found: Found }) {
  if (found.claimed.length === 0) return <None>Nobody has claimed anything.</None>
  return (
    <ul className={classes.rows}>
      {found.claimed.slice(0, 5).map((task) => (
        <li key={task.task_id} className={classes.line}>
          <Text size="sm" component="div" lineClamp={2} miw={0}>
            <Task project={found.project_id} task={task} />
          </Text>
          <Text size="sm" c="dimmed" component="div" className={classes.end ?? ''}>
            <Name who={task.holder} icon={false} fw={400} /> · <Moment at={task.since} />
          </Text>
        </li>
      ))}
    </ul>
  )
}

/** A bar beside a number that says the same. */
const Bar = ({ part }: { part: number }) => (
  <div className={classes.bar} style={{ width: `${Math.max(0, Math.min(1, part)) * 100}%` }} aria-hidden />
)

function StageTimes({ stages }: { stages: Found['stages'] }) {
  const most = Math.max(1, ...stages.map(({ seconds }) => seconds))
  return (
    <Table aria-label="Time in each stage" verticalSpacing={4} horizontalSpacing={6}>
      <Table.Tbody>
        {stages.map(({ stage, seconds, entered, current }) => (
          <Table.Tr key={stage} {...(entered === 0 && { c: 'dimmed' })}>
            <Table.Th scope="row" fw={current ? 600 : 400} w="1%" style={{ whiteSpace: 'nowrap' }}>
              {stage}
              {current && ' (now)'}
            </Table.Th>
            <Table.Td>{entered > 0 && <Bar part={seconds / most} />}</Table.Td>
            <Table.Td ta="end" w="1%" style={{ whiteSpace: 'nowrap' }}>
              {entered === 0 ? '–' : durationText(seconds)}
              {entered > 1 && `, ${entered} times`}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function People({ people }: { people: Found['people'] }) {
  if (people.length === 0) return <None>Nobody has done or claimed anything yet.</None>
  const most = Math.max(1, ...people.map(({ done }) => done))
  return (
    <Table aria-label="What each has done" verticalSpacing={4} horizontalSpacing={6}>
      <Table.Tbody>
        {people.slice(0, 8).map((one) => (
          <Table.Tr key={one.did}>
            <Table.Th scope="row" fw={400} w="1%" style={{ whiteSpace: 'nowrap' }}>
              <Name who={one} fw={400} />
            </Table.Th>
            <Table.Td>{one.done > 0 && <Bar part={one.done / most} />}</Table.Td>
            <Table.Td ta="end" w="1%" style={{ whiteSpace: 'nowrap' }}>
              {one.done} done{one.claimed > 0 && `, ${one.claimed} claimed`}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
