import { Badge, Button, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Output } from '../../../../../src/operations.ts'
import { Foreign, ForeignLine, Name } from '../../../parts/foreign.tsx'
import { Moment } from '../../../parts/moment.tsx'
import { stageText } from '../stage-text.ts'
import css from './list.module.css'

type Project = Output<'projects.list'>['items'][number]

/** A row for each; on narrow screens a block for each. */
export function ProjectTable({ projects, more }: { projects: Project[]; more: (() => void) | undefined }) {
  return (
    <>
      <div className={`agora-panel ${css.panel}`}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">Project</th>
              <th scope="col">Progress</th>
              <th scope="col">Open</th>
              <th scope="col">Claimed</th>
              <th scope="col">Stage</th>
              <th scope="col">Role</th>
              <th scope="col">Members</th>
              <th scope="col">Changed</th>
              <th scope="col">Begun</th>
            </tr>
          </thead>
          <tbody>
            {projects.map((project) => (
              <Row key={project.id} project={project} />
            ))}
          </tbody>
        </table>
      </div>
      {more && (
        <Group mt="sm">
          <Button variant="default" size="xs" onClick={more}>
            Show more
          </Button>
        </Group>
      )}
    </>
  )
}

function Row({ project }: { project: Project }) {
  const { id, name, description, stage, role, members, tasks, created_at, updated_at, owner, archived } = project
  const open = tasks.todo + tasks.in_progress + tasks.blocked
  return (
    <tr>
      <td className={css.name}>
        <Link to="/projects/$projectId/board" params={{ projectId: id }}>
          <ForeignLine text={name} fw={600} />
        </Link>
        <States project={project} />
        {description !== undefined && <Foreign text={description} lines={1} />}
      </td>
      <td data-label="Progress" className={css.progress}>
        <Progress tasks={tasks} />
      </td>
      <td data-label="Open" className={css.number}>
        {open.toLocaleString()}
      </td>
      <td data-label="Claimed" className={css.number}>
        {tasks.claimed.toLocaleString()}
      </td>
      <td data-label="Stage">{archived ? '–' : stageText[stage]}</td>
      <td data-label="Role">
        {role ?? '–'}
        {role !== 'owner' && (
          <Text size="xs" c="dimmed" component="div">
            of <Name who={owner} icon={false} />
          </Text>
        )}
      </td>
      <td data-label="Members" className={css.number}>
        {members}
      </td>
      <td data-label="Changed">
        <Moment at={updated_at} />
      </td>
      <td data-label="Begun">
        <Moment at={created_at} />
      </td>
    </tr>
  )
}

/** What is out of the ordinary. */
function States({ project: { status, archived, suspended, upgrade_needed } }: { project: Project }) {
  const states = [
    ...(status === 'member' ? [] : [status]),
    ...(archived ? ['archived'] : []),
    ...(suspended ? ['suspended'] : []),
    ...(upgrade_needed === undefined ? [] : ['needs a newer Agora']),
  ]
  return states.map((state) => (
    <Badge key={state} size="sm" ml="xs" color={state === 'suspended' || state.startsWith('needs') ? 'orange' : 'gray'}>
      {state}
    </Badge>
  ))
}

function Progress({ tasks: { todo, in_progress, blocked, done } }: { tasks: Project['tasks'] }) {
  const all = todo + in_progress + blocked + done
  if (all === 0)
    return (
      <Text size="sm" c="dimmed">
        no tasks
      </Text>
    )
  const part = (count: number) => `${(count / all) * 100}%`
  const text = `${done.toLocaleString()} of ${all.toLocaleString()} done`
  return (
    <>
      <div
        className={css.bar}
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={all}
        aria-valuenow={done}
        aria-valuetext={`${text}, ${in_progress} in progress, ${blocked} blocked`}
        aria-label="Tasks done"
      >
        <span data-status="done" style={{ width: part(done) }} />
        <span data-status="in_progress" style={{ width: part(in_progress) }} />
        <span data-status="blocked" style={{ width: part(blocked) }} />
      </div>
      <Text size="xs" c="dimmed">
        {text}
      </Text>
    </>
  )
}
