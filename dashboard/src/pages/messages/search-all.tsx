import { Text } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { displayLine } from '../../../../src/base/text.ts'
import { keyOf, useClient, useRead, useReadPages } from '../../app/api.ts'
import { ForeignLine, Name, type Person } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Empty, Failed, Loading } from '../../parts/states.tsx'
import classes from './messages.module.css'
import type { PlaceProps } from './place.ts'
import { Names, TalkButton } from './talk-row.tsx'

/** Rooms of these many projects, and these many threads, are looked through. */
const MOST = 20
const EACH = 5

/** Finds words in mail, in rooms and in threads: each is kept, and so searched, by itself. */
export function SearchAll({ query, go }: Pick<PlaceProps, 'go'> & { query: string }) {
  const client = useClient()
  const mail = useReadPages('conversations.list', { query, limit: 20 })
  const { data: projects } = useRead('projects.list', { limit: MOST })
  const { data: threads } = useRead('threads.list', { ended: true, limit: MOST })
  const rooms = useQueries({
    queries: (projects?.items ?? []).map(({ id }) => {
      const input = { project_id: id, query, limit: EACH }
      return { queryKey: keyOf('rooms.search', input), queryFn: () => client.call('rooms.search', input) }
    }),
  })
  const talks = useQueries({
    queries: (threads?.items ?? []).map(({ id }) => {
      const input = { thread_id: id, query, limit: EACH }
      return { queryKey: keyOf('threads.read', input), queryFn: () => client.call('threads.read', input) }
    }),
  })
  const inRooms = rooms.flatMap(({ data }, index) =>
    (data?.items ?? []).map((hit) => ({ hit, project: projects?.items[index] })),
  )
  const inThreads = talks.flatMap(({ data }) => (data?.items ?? []).map((hit) => ({ hit, thread: data?.thread })))
  const isLooking = mail.read.isPending || [...rooms, ...talks].some(({ isPending }) => isPending)
  const count = mail.items.length + inRooms.length + inThreads.length
  return (
    <section className={classes['scroll']} aria-label="Found">
      {mail.read.error && <Failed error={mail.read.error} />}
      <span role="status" className="agora-visually-hidden">
        {isLooking ? 'Searching' : `${count} found`}
      </span>
      {count === 0 && (isLooking ? <Loading /> : <Empty title="Nothing was found.">Every word must occur.</Empty>)}
      {mail.items.map((talk) => {
        const { last } = talk
        const place = last?.said_in
        if (place !== undefined) return null
        return (
          <TalkButton key={talk.id} chosen={false} onChoose={() => go({ at: 'conversation', id: talk.id })}>
            <span className={classes['line']}>
              <span className={classes['grow']}>
                <Names people={talk.parties} />
              </span>
              <Text span size="xs" c="dimmed">
                <Moment at={talk.last_at} />
              </Text>
            </span>
          </TalkButton>
        )
      })}
      {inThreads.map(({ hit, thread }) => (
        <TalkButton key={hit.id} chosen={false} onChoose={() => go({ at: 'thread', id: hit.thread_id })}>
          <Hit {...hit}>{thread?.title === undefined ? 'a private thread' : <ForeignLine text={thread.title} />}</Hit>
        </TalkButton>
      ))}
      {inRooms.map(({ hit, project }) => (
        <TalkButton
          key={hit.id}
          chosen={false}
          onChoose={() => project && go({ at: 'room', project: project.id, room: hit.room.id, message: hit.id })}
        >
          <Hit {...hit}>
            #<ForeignLine text={hit.room.name} />
            {project && (
              <>
                {' '}
                of <ForeignLine text={project.name} />
              </>
            )}
          </Hit>
        </TalkButton>
      ))}
    </section>
  )
}

interface HitProps {
  from: Person
  body: string
  sent_at: string
  children: React.ReactNode
}

const Hit = ({ from, body, sent_at, children }: HitProps) => (
  <>
    <span className={classes['snippet']}>
      <Name who={from} icon={false} /> in {children} · <Moment at={sent_at} />
    </span>
    <span className={classes['snippet']}>
      <bdi className="agora-quoted">{displayLine(body.slice(0, 160))}</bdi>
    </span>
  </>
)
