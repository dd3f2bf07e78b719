import { Badge, Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUsers } from '@tabler/icons-react'
import { type ReactNode, useCallback, useMemo } from 'react'
import type { Thread as Known, ThreadMessage } from '../../../../src/capabilities/threads/schema.ts'
import type { ApiEvent } from '../../../../src/client/index.ts'
import { useAct, useClient, useRead } from '../../app/api.ts'
import { useConfirm } from '../../parts/confirm.tsx'
import { ForeignLine, Quoted } from '../../parts/foreign.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { PausedIn, useSeenIn } from '../../parts/talk/inboxed.tsx'
import { type Details, Talk } from '../../parts/talk/talk.tsx'
import { type Heard, useTalkLog } from '../../parts/talk/talk-log.ts'
import { pendingId } from '../../parts/talk/use-pending.ts'
import classes from './messages.module.css'
import { Names } from './talk-row.tsx'
import { ThreadPeople } from './thread-people.tsx'

const heardIn =
  (thread: string) =>
  (event: ApiEvent): Heard<ThreadMessage> => {
    if (/^friend\.(un)?blocked$/.test(event.type)) return 'all'
    if (event['thread_id'] !== thread) return undefined
    if (event.type === 'thread.entries') return 'all'
    return event.type === 'thread.entry' && event['entry_type'] === 'thread.message'
      ? { fresh: [String(event['id'])] }
      : undefined
  }

/** A private thread: who is in it, what was said, and its end. */
export function Thread({ id, back }: { id: string; back: ReactNode }) {
  const shown = useRead('threads.show', { thread_id: id })
  const { data: node } = useRead('node.status', {})
  return <Answer of={shown}>{(thread) => node && <Open thread={thread} me={node} back={back} />}</Answer>
}

function Open({ thread, me, back }: { thread: Known; me: { did: string; name: string }; back: ReactNode }) {
  const { id, title, participants, creator, status, reason, closed, min_trust } = thread
  const ask = useConfirm()
  const [people, { open, close }] = useDisclosure()
  const end = useAct('threads.close', {
    optimistic: ({ thread_id }, patch) =>
      patch(
        'threads.show',
        (one) => ({ ...one, status: 'ended' }),
        (input) => input.thread_id === thread_id,
      ),
  })
  const isMine = creator.did === me.did
  return (
    <>
      <div className={classes['bar']}>
        <Group gap="xs" wrap="nowrap" miw={0}>
          {back}
          <Text component="div" size="sm" className={classes['grow'] as string}>
            {title === undefined ? <Names people={participants} /> : <ForeignLine text={title} fw={600} />}
          </Text>
          {status !== 'open' && <Badge color="gray">{status}</Badge>}
        </Group>
        <Group gap="xs">
          <Text size="xs" c="dimmed">
            private{closed ? ', closed' : ''}, trust {min_trust} and up
          </Text>
          <Button size="compact-sm" variant="default" leftSection={<IconUsers size={14} aria-hidden />} onClick={open}>
            {participants.length}
            <span className="agora-visually-hidden"> participants</span>
          </Button>
          {isMine && status === 'open' && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={async () => {
                const answer = await ask({
                  title: 'End this thread?',
                  text: 'Nothing more can be said in it, by anybody. What was said stays where it is. It cannot be begun again.',
                  action: 'End it',
                  danger: true,
                  reason: { label: 'Why, for all in it to read (may be left out)' },
                })
                if (!answer.yes) return
                end.mutate({ thread_id: id, ...(answer.reason === '' ? {} : { reason: answer.reason }) })
              }}
            >
              End
            </Button>
          )}
        </Group>
      </div>
      {status === 'ended' && (
        <Text size="sm" c="dimmed" px="sm" py={4}>
          It has ended
          {reason === undefined ? (
            '.'
          ) : (
            <>
              : <Quoted text={reason} />
            </>
          )}
        </Text>
      )}
      <PausedIn place={{ thread_id: id }} />
      <ThreadTalk thread={thread} me={me} />
      <ThreadPeople thread={thread} me={me.did} opened={people} onClose={close} />
    </>
  )
}

const detailsOf = ({ from }: ThreadMessage): Details => ({
  about: from.trust_level !== undefined && (
    <Text span size="xs" c="dimmed">
      trust {from.trust_level}
    </Text>
  ),
})

function ThreadTalk({
  thread: { id, status, participants },
  me,
}: {
  thread: Known
  me: { did: string; name: string }
}) {
  const client = useClient()
  const log = useTalkLog(
    'threads.read',
    { thread_id: id },
    useMemo(() => heardIn(id), [id]),
  )
  const seenIn = useSeenIn(useMemo(() => ({ thread_id: id }), [id]))
  const details = useCallback(
    (message: ThreadMessage): Details => {
      const onSeen = seenIn(message.id)
      return { ...detailsOf(message), ...(onSeen && { onSeen }) }
    },
    [seenIn],
  )
  const isIn = participants.some(({ did }) => did === me.did)
  const send = useCallback(
    (body: string, reply_to: string | undefined) =>
      client.call('threads.say', { thread_id: id, body, ...(reply_to === undefined ? {} : { reply_to }) }),
    [client, id],
  )
  return (
    <Talk
      log={log}
      me={{ did: me.did, name: me.name }}
      place={id}
      label="Messages of the thread"
      prompt="Write to all in this thread"
      details={details}
      closed={closedBecause(status, isIn)}
      empty={<Empty title="Nothing was said here yet.">It goes to the participants and to nobody else.</Empty>}
      draft={(body, reply_to): ThreadMessage => ({
        id: pendingId(),
        thread_id: id,
        from: { did: me.did, name: me.name, local: true, human: true },
        body,
        redacted: false,
        sent_at: new Date().toISOString(),
        ...(reply_to === undefined ? {} : { reply_to }),
      })}
      send={send}
    />
  )
}

function closedBecause(status: Known['status'], isIn: boolean): string | undefined {
  if (status === 'ended') return 'This thread has ended: nothing more is said in it.'
  if (status === 'joining') return 'What was said is still on its way to this node.'
  if (status === 'left') return 'This node is not in the thread any more.'
  return isIn ? undefined : 'Agents of yours talk here; you read along.'
}
