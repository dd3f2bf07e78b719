import { Badge, Group, Select, Text } from '@mantine/core'
import { IconChecks } from '@tabler/icons-react'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import type { ConversationMessage } from '../../../../src/capabilities/messaging/schema.ts'
import type { ApiEvent } from '../../../../src/client/index.ts'
import { useAct, useClient, useRead } from '../../app/api.ts'
import { useEach } from '../../app/live-context.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { Paused } from '../../parts/talk/paused.tsx'
import { Tool } from '../../parts/talk/said.tsx'
import { useSeen } from '../../parts/talk/seen.ts'
import { type Details, Talk } from '../../parts/talk/talk.tsx'
import { type Heard, useTalkLog } from '../../parts/talk/talk-log.ts'
import { pendingId } from '../../parts/talk/use-pending.ts'
import { Delivery } from './delivery.tsx'
import classes from './messages.module.css'
import { Names } from './talk-row.tsx'

type Message = ConversationMessage

const heardIn =
  (conversation: string) =>
  (event: ApiEvent): Heard<Message> => {
    if (/^(request\.accepted|friend\.(un)?blocked)$/.test(event.type)) return 'all'
    const isNew = event.type === 'message.received' || event.type === 'message.sent'
    return isNew && event['conversation_id'] === conversation ? { fresh: [String(event['id'])] } : undefined
  }

/** Mail with somebody: what was said, how far it came, and an answer. */
export function Conversation({ id, back }: { id: string; back: ReactNode }) {
  const shown = useRead('conversations.show', { id, limit: 1 })
  const { data: node } = useRead('node.status', {})
  return (
    <Answer of={shown}>
      {({ conversation }) => {
        const { parties, agent_messages: alone, paused } = conversation
        return (
          <>
            <div className={classes['bar']}>
              <Group gap="xs" wrap="nowrap" miw={0}>
                {back}
                <Text component="div" size="sm" className={classes['grow'] as string}>
                  <Names people={parties} />
                </Text>
              </Group>
              <Text size="xs" c="dimmed">
                {conversation.messages} messages
              </Text>
            </div>
            {paused && <Paused conversation={id} messages={alone} />}
            {node && <Mail key={id} id={id} parties={parties} me={{ did: node.did, name: node.name }} />}
          </>
        )
      }}
    </Answer>
  )
}

interface MailProps {
  id: string
  parties: { did: string; name: string }[]
  me: { did: string; name: string }
}

function Mail({ id, parties, me }: MailProps) {
  const client = useClient()
  const log = useTalkLog(
    'conversations.show',
    { id },
    useMemo(() => heardIn(id), [id]),
  )
  const { change } = log
  const update = useCallback(
    (messages: readonly string[], fields: Partial<Message>) => {
      const ids = new Set(messages)
      change((items) => items.map((one) => (ids.has(one.id) ? { ...one, ...fields } : one)))
    },
    [change],
  )
  const { see, fresh } = useSeen(
    useCallback((ids) => update(ids, { unread: false, shown_at: new Date().toISOString() }), [update]),
  )

  // How far one has come is asked for by itself: it may be of long ago.
  useEach(
    useCallback(
      (event: ApiEvent) => {
        if (event.type !== 'message.stage') return
        const { id: told } = event
        // Of which is not told to a page that does not hold the stream itself: then of any that may be on its way.
        const moved = log.items?.filter(({ id, delivery }) =>
          told === undefined ? delivery?.stage === 'queued' : id === told,
        )
        for (const { id: message } of moved ?? [])
          client.call('messages.show', { id: message }).then(
            ({ delivery }) => delivery && update([message], { delivery }),
            () => log.retry(),
          )
      },
      [client, log.items, log.retry, update],
    ),
  )

  const { mutate: acknowledge } = useAct('messages.acknowledge', {
    onDone: ({ acknowledged_at }, { id: message }) => update([message], { acknowledged_at, unread: false }),
  })
  const details = useCallback(
    (message: Message): Details => {
      const { from, delivery, unread, shown_at, acknowledged_at } = message
      const isIn = unread || shown_at !== undefined
      return {
        about: (
          <>
            {from.trust_level !== undefined && (
              <Text span size="xs" c="dimmed">
                trust {from.trust_level}
              </Text>
            )}
            {parties.length > 1 && (
              <Text span size="xs" c="dimmed">
                to {displayLine(message.to_name)}
              </Text>
            )}
            {fresh.has(message.id) && <Badge size="sm">new</Badge>}
          </>
        ),
        ...(unread && { onSeen: () => see(message.id) }),
        ...(delivery
          ? { state: <Delivery delivery={delivery} me={me.did} /> }
          : acknowledged_at !== undefined && { state: 'You acknowledged it.' }),
        ...(isIn &&
          acknowledged_at === undefined && {
            tools: (
              <Tool
                label={`Acknowledge the message of ${displayLine(from.name)}: tell its sender that you took it in`}
                onUse={() => acknowledge({ id: message.id })}
              >
                <IconChecks size={16} aria-hidden />
              </Tool>
            ),
          }),
        mute: message.said_in !== undefined,
      }
    },
    [parties.length, me.did, fresh, see, acknowledge],
  )

  const last = log.items?.findLast(({ from }) => from.did !== me.did)?.from.did
  const [chosen, setChosen] = useState<string>()
  const to = chosen ?? parties.find(({ did }) => did === last)?.did ?? parties[0]?.did
  const toName = parties.find(({ did }) => did === to)?.name ?? ''
  const send = async (body: string, reply_to: string | undefined): Promise<Message> => {
    const answered = log.items?.find((one) => one.id === reply_to)
    // An answer goes to who wrote what it answers.
    const receiver = answered && answered.from.did !== me.did && chosen === undefined ? answered.from.did : (to ?? '')
    const answers = reply_to === undefined ? {} : { reply_to }
    const sent = await client.call('messages.send', { body, to: receiver, conversation_id: id, ...answers })
    const { envelope: _, direction: __, ...kept } = await client.call('messages.show', { id: sent.id ?? '' })
    return { ...kept, unread: false }
  }
  return (
    <Talk
      log={log}
      me={me}
      place={id}
      label="Messages of the conversation"
      prompt="Write a message"
      details={details}
      closed={to === undefined ? 'There is nobody to write to.' : undefined}
      empty={<Empty title="Nothing is left of this conversation." />}
      options={
        parties.length > 1 && (
          <Select
            aria-label="To"
            w={150}
            allowDeselect={false}
            value={to ?? null}
            onChange={(value) => setChosen(value ?? undefined)}
            data={parties.map(({ did, name }) => ({ value: did, label: displayLine(name) }))}
          />
        )
      }
      draft={(body, reply_to): Message => ({
        id: pendingId(),
        conversation_id: id,
        from: { ...me, local: true, human: true },
        to: to ?? me.did,
        to_name: toName,
        body,
        sent_at: new Date().toISOString(),
        unread: false,
        ...(reply_to === undefined ? {} : { reply_to }),
      })}
      send={send}
    />
  )
}
