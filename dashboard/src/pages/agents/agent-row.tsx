import { Badge, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { displayLine } from '../../../../src/base/text.ts'
import type { KnownAgent } from '../../../../src/capabilities/agents/schema.ts'
import { ForeignLine, Name, Quoted, Tag } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Presence } from '../../parts/presence.tsx'
import classes from './agents.module.css'

/** Tags shown in a row; the agent's own page has all. */
const TAGS = 4

export function AgentRow({ agent, open }: { agent: KnownAgent; open: boolean }) {
  const { name, did, node, local, kind, model, capabilities, presence, last_seen_at, unread = 0 } = agent
  const tags = [...new Set([...(capabilities?.domains ?? []), ...(capabilities?.tools ?? [])])]
  return (
    <div className={classes['row']} {...(open && { 'data-open': true })}>
      <div className={classes['cell']}>
        <Group gap={6} wrap="nowrap">
          <Presence of={presence} word={false} />
          <Link
            to="/agents/$did"
            params={{ did }}
            className={classes['link']}
            aria-label={`${displayLine(name)}, ${presence ?? 'presence not known'}`}
          >
            <Name who={agent} icon={false} />
          </Link>
          {unread > 0 && (
            <Badge size="sm" variant="light">
              {unread > 999 ? '999+' : unread} unread
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" ps={15} truncate>
          {local ? 'this node' : <>on {displayLine(node.name)}</>}
          {agent.default === true && ' · default'}
        </Text>
      </div>
      <div className={`${classes['cell']} ${classes['can']}`}>
        <Text size="sm" truncate>
          {kind === undefined && model === undefined ? (
            <Text span c="dimmed" inherit>
              not said
            </Text>
          ) : (
            <ForeignLine text={[kind, model].filter((each) => each !== undefined).join(' · ')} />
          )}
        </Text>
        {tags.length > 0 && (
          <Group gap={4} mt={2}>
            {tags.slice(0, TAGS).map((tag) => (
              <Tag key={tag} text={tag} />
            ))}
            {tags.length > TAGS && (
              <Text size="xs" c="dimmed">
                +{tags.length - TAGS}
              </Text>
            )}
          </Group>
        )}
      </div>
      <div className={`${classes['cell']} ${classes['does']}`}>
        <Doing agent={agent} />
      </div>
      <Text size="xs" c="dimmed" className={classes['last'] ?? ''} component="div">
        {last_seen_at === undefined ? 'none yet' : <Moment at={last_seen_at} />}
      </Text>
    </div>
  )
}

/** What it has claimed, and where it is clocked in; each on a line. */
function Doing({ agent: { tasks, clocked_in } }: { agent: KnownAgent }) {
  const [task] = tasks
  const [work] = clocked_in
  if (!task && !work) {
    return (
      <Text size="sm" c="dimmed">
        nothing that is told
      </Text>
    )
  }
  const others = tasks.length > 1 ? ` and ${tasks.length - 1} more` : ''
  return (
    <>
      {task && (
        <Text size="sm" truncate>
          <Quoted text={task.title} />
          {others}
        </Text>
      )}
      {work && (
        <Text size="xs" c="dimmed" truncate>
          in <Quoted text={work.project} />, <Moment at={work.since} />
          {work.focus !== undefined && (
            <>
              {': '}
              <bdi className="agora-quoted">{displayLine(work.focus)}</bdi>
            </>
          )}
        </Text>
      )}
      {!work && task && (
        <Text size="xs" c="dimmed" truncate>
          in <Quoted text={task.project} />, <Moment at={task.since} />
        </Text>
      )}
    </>
  )
}
