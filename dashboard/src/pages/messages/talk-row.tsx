import { Badge, Box, Button, Text, UnstyledButton } from '@mantine/core'
import { IconHash, IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import type { Conversation } from '../../../../src/capabilities/messaging/schema.ts'
import { ForeignLine, Name, type Person } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Empty } from '../../parts/states.tsx'
import classes from './messages.module.css'
import type { PlaceProps } from './place.ts'
import type { Inboxed, Kind, TalkRow } from './talks.ts'

export function TalkButton({ chosen, onChoose, children }: { chosen: boolean; onChoose(): void; children: ReactNode }) {
  return (
    <UnstyledButton className={classes['talk'] as string} aria-current={chosen} onClick={onChoose} fz="sm">
      {children}
    </UnstyledButton>
  )
}

/** One row of the list, whatever it is. */
export function RowOf({ row, place, go, onMore }: PlaceProps & { row: TalkRow; onMore(kind: Kind): void }) {
  switch (row.kind) {
    case 'head':
      return <div className={classes['head']}>{row.label}</div>
    case 'person':
      return (
        <Box px="sm" pt={6} fz="sm" className={classes['grow'] as string}>
          <Names people={row.people} />
        </Box>
      )
    case 'conversation':
      return (
        <TalkButton
          chosen={place.at === 'conversation' && place.id === row.talk.id}
          onChoose={() => go({ at: 'conversation', id: row.talk.id })}
        >
          <ConversationLine talk={row.talk} alone={row.alone} />
        </TalkButton>
      )
    case 'thread': {
      const { thread } = row
      return (
        <TalkButton
          chosen={place.at === 'thread' && place.id === thread.id}
          onChoose={() => go({ at: 'thread', id: thread.id })}
        >
          <span className={classes['line']}>
            <IconLock size={14} aria-hidden />
            <span className={classes['grow']}>
              {thread.title === undefined ? (
                <Names people={thread.participants} />
              ) : (
                <ForeignLine text={thread.title} />
              )}
            </span>
            {thread.status !== 'open' && <Badge color="gray">{thread.status}</Badge>}
            <Marks {...row.inboxed} />
            <When at={thread.last_at ?? thread.created_at} />
          </span>
        </TalkButton>
      )
    }
    case 'project':
      return (
        <Text px="sm" pt={6} size="xs" c="dimmed" className={classes['grow'] as string}>
          <ForeignLine text={row.project.name} />
        </Text>
      )
    case 'room': {
      const { project, room } = row
      const isHere = place.at === 'room' && place.project === project.id && place.room === room.id
      return (
        <TalkButton chosen={isHere} onChoose={() => go({ at: 'room', project: project.id, room: room.id })}>
          <span className={classes['line']}>
            <IconHash size={14} aria-hidden />
            <span className={classes['grow']}>
              <ForeignLine text={room.name} />
            </span>
            <Marks {...row.inboxed} />
            {room.last_at !== undefined && <When at={room.last_at} />}
          </span>
        </TalkButton>
      )
    }
    case 'more':
      return (
        <Box px="sm" py={2}>
          <Button variant="subtle" size="compact-xs" onClick={() => onMore(row.of)}>
            {row.count}
          </Button>
        </Box>
      )
    case 'none':
      return (
        <Box p="sm">
          <Empty title="Nothing yet.">What is said to this node and by it is found here.</Empty>
        </Box>
      )
  }
}

function ConversationLine({ talk, alone }: { talk: Conversation; alone: boolean }) {
  const { last } = talk
  const marks = <Marks unread={talk.unread} paused={talk.paused} />
  const when = <When at={talk.last_at} />
  const snippet = last && (
    <span className="agora-quoted">
      <bdi>{displayLine(last.body.slice(0, 120))}</bdi>
    </span>
  )
  if (!alone) {
    return (
      <Box component="span" ps="md" className={classes['line'] as string}>
        <span className={`${classes['grow']} ${classes['snippet']}`}>{snippet}</span>
        {marks}
        {when}
      </Box>
    )
  }
  return (
    <>
      <span className={classes['line']}>
        <span className={classes['grow']}>
          <Names people={talk.parties} />
        </span>
        {marks}
        {when}
      </span>
      <span className={classes['snippet']}>
        {last && talk.parties.length > 1 && <>{displayLine(last.from.name)}: </>}
        {snippet}
      </span>
    </>
  )
}

const SHOWN = 3

export function Names({ people }: { people: readonly Person[] }) {
  if (people.length === 0) return <span>nobody else</span>
  return (
    <>
      {people.slice(0, SHOWN).map((who, index) => (
        <span key={who.did}>
          {index > 0 && ', '}
          <Name who={who} />
        </span>
      ))}
      {people.length > SHOWN && ` and ${people.length - SHOWN} more`}
    </>
  )
}

const When = ({ at }: { at: string }) => (
  <Text span size="xs" c="dimmed" style={{ flex: 'none' }}>
    <Moment at={at} />
  </Text>
)

const Marks = ({ unread = 0, paused = false }: Partial<Inboxed>) => (
  <>
    {paused && <Badge color="orange">paused</Badge>}
    {unread > 0 && (
      <Badge variant="filled" autoContrast aria-label={`${unread} unread`}>
        {unread}
      </Badge>
    )}
  </>
)
