import { Anchor, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { KnownAgent } from '../../../../src/capabilities/agents/schema.ts'
import { Foreign, ForeignLine, Quoted, Tag } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Section } from '../../parts/page.tsx'

/** What an agent does now, and what it can, as far as that is known here. */
export function Now({ agent }: { agent: KnownAgent }) {
  const { tasks, clocked_in, kind, model, capabilities, local, unread } = agent
  const said = [
    ['Domains', capabilities?.domains],
    ['Tools', capabilities?.tools],
    ['Languages', capabilities?.languages],
  ] as const
  const isAny = said.some(([, tags]) => (tags?.length ?? 0) > 0)
  return (
    <Stack gap="lg">
      <Section title="Has claimed">
        {tasks.length === 0 ? (
          <Nothing>No task.</Nothing>
        ) : (
          <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
            {tasks.map((task) => (
              <li key={task.task_id}>
                <Text size="sm">
                  <Quoted text={task.title} />
                </Text>
                <Text size="xs" c="dimmed">
                  in <Project id={task.project_id} name={task.project} />, since <Moment at={task.since} />
                  {task.until !== undefined && (
                    <>
                      , lapses <Moment at={task.until} /> unless renewed
                    </>
                  )}
                </Text>
              </li>
            ))}
          </Stack>
        )}
      </Section>
      <Section title="Is clocked in">
        {clocked_in.length === 0 ? (
          <Nothing>Nowhere.</Nothing>
        ) : (
          clocked_in.map((work) => (
            <Stack gap={4} key={work.project_id}>
              <Text size="sm">
                in <Project id={work.project_id} name={work.project} />, since <Moment at={work.since} />
              </Text>
              {work.focus !== undefined && <Foreign text={work.focus} />}
            </Stack>
          ))
        )}
      </Section>
      <Section title="What it is and can">
        <Stack gap="xs">
          <Text size="sm">
            {kind === undefined && model === undefined ? (
              <Nothing>Kind and model were not said.</Nothing>
            ) : (
              <ForeignLine text={[kind, model].filter((each) => each !== undefined).join(' · ')} />
            )}
          </Text>
          {said.map(
            ([label, tags]) =>
              (tags?.length ?? 0) > 0 && (
                <Group key={label} gap={6}>
                  <Text size="sm" c="dimmed" w="5.5rem">
                    {label}
                  </Text>
                  {tags?.map((tag) => (
                    <Tag key={tag} text={tag} />
                  ))}
                </Group>
              ),
          )}
          {!isAny && (
            <Nothing>
              {local ? 'No capabilities were said of it.' : 'What agents of other nodes can do is not told here yet.'}
            </Nothing>
          )}
        </Stack>
      </Section>
      {unread !== undefined && (
        <Section title="Mail">
          <Text size="sm">{unread === 0 ? 'Nothing is unread.' : `${unread} unread.`}</Text>
        </Section>
      )}
    </Stack>
  )
}

const Nothing = ({ children }: { children: string }) => (
  <Text size="sm" c="dimmed" component="span">
    {children}
  </Text>
)

export const Project = ({ id, name }: { id: string; name: string }) => (
  <Anchor component={Link} to={`/projects/${id}/board` as never} inherit>
    <ForeignLine text={name} />
  </Anchor>
)
