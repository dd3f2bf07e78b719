import { Badge, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useCallback, useMemo, useState } from 'react'
import { displayLine } from '../../../../../src/base/text.ts'
import type { Room, RoomMessage } from '../../../../../src/capabilities/rooms/schema.ts'
import type { ApiEvent } from '../../../../../src/client/index.ts'
import { useAct, useClient, useRead } from '../../../app/api.ts'
import { useConfirm } from '../../../parts/confirm.tsx'
import { useSeenIn } from '../../../parts/talk/inboxed.tsx'
import type { Details } from '../../../parts/talk/talk.tsx'
import { type Heard, useTalkLog } from '../../../parts/talk/talk-log.ts'
import { pendingId } from '../../../parts/talk/use-pending.ts'
import { Mentions } from './mentions.tsx'
import { candidates, closedBecause, membersReached } from './team.ts'

/** Entries after which others may count, or count no more. */
const JUDGING = /^project\.(suspend|unsuspend|remove|reinstate|role|transfer|settings|leave|invite|accept)/

function heardIn(projectId: string, room: string) {
  return (event: ApiEvent): Heard<RoomMessage> => {
    if (event.type === 'friend.blocked' || event.type === 'friend.unblocked') return 'all'
    if (event['project_id'] !== projectId) return undefined
    if (event.type !== 'project.entry')
      return /^project\.(entries|reinstated|held)$/.test(event.type) ? 'all' : undefined
    return heardEntry(event as unknown as ProjectEntry, room)
  }
}

interface ProjectEntry {
  id: string
  entry_type: string
  subject?: string
  verdict?: string
}

function heardEntry({ id, entry_type: type, subject, verdict }: ProjectEntry, room: string): Heard<RoomMessage> {
  if (verdict !== 'counts') return undefined
  if (type === 'room.message') return subject === room ? { fresh: [id] } : undefined
  if (type === 'project.redact') {
    const isIt = (one: RoomMessage) => one.id === subject
    return { change: (items) => (items.some(isIt) ? items.map((one) => (isIt(one) ? redacted(one) : one)) : items) }
  }
  return JUDGING.test(type) ? 'all' : undefined
}
const redacted = (one: RoomMessage): RoomMessage => ({ ...one, body: '', redacted: true })

/** What `Talk` needs of a room; undefined until it is known who one is. */
export function useRoom(projectId: string, room: Room) {
  const client = useClient()
  const ask = useConfirm()
  const { data: node } = useRead('node.status', {})
  const { data: project } = useRead('projects.show', { project_id: projectId })
  const log = useTalkLog(
    'rooms.read',
    { project_id: projectId, room: room.id },
    useMemo(() => heardIn(projectId, room.id), [projectId, room.id]),
  )
  const seenIn = useSeenIn(useMemo(() => ({ project_id: projectId, room_id: room.id }), [projectId, room.id]))
  const [latest, setLatest] = useState<string>()
  const { change } = log
  const { mutate: redact } = useAct('audit.redact')
  const takeAway = useCallback(
    async (message: RoomMessage) => {
      const answer = await ask({
        title: 'Take the text away?',
        text: 'The text is removed on every node of the project, as each is reached; whoever has read it has read it. That something was said here, by whom and when, stays in the record. It cannot be undone.',
        action: 'Take the text away',
        danger: true,
        reason: { label: 'Why, for all to read (may be left out)' },
      })
      if (!answer.yes) return
      const { reason } = answer
      change((items) => items.map((one) => (one.id === message.id ? redacted(one) : one)))
      redact(
        { project_id: projectId, entry: message.id, ...(reason === '' ? {} : { reason }) },
        { onError: () => change((items) => items.map((one) => (one.id === message.id ? message : one))) },
      )
    },
    [ask, change, redact, projectId],
  )
  const myDid = node?.did
  const leads = project?.role === 'owner' || project?.role === 'overseer'
  const reached = project && membersReached(project.team, myDid)
  const details = useCallback(
    (message: RoomMessage): Details => {
      const { from, mentions } = message
      const onSeen = seenIn(message.id)
      const isForMe = mentions.some((one) => ('did' in one ? one.did === myDid : one.role === project?.role))
      return {
        about: <About from={from} />,
        names: mentions.length > 0 ? <Mentions mentions={mentions} me={myDid} role={project?.role} /> : undefined,
        isForMe: isForMe && from.did !== myDid,
        ...(onSeen && { onSeen }),
        onRedact: from.local || leads ? () => void takeAway(message) : undefined,
        ...(message.id === latest && reached !== undefined && { state: `Signed and in this node’s log. ${reached}` }),
      }
    },
    [myDid, project?.role, leads, takeAway, latest, reached, seenIn],
  )
  const names = useMemo(() => candidates(project?.team ?? [], myDid), [project?.team, myDid])
  if (!node || !project) return undefined
  const me = { did: node.did, name: node.name }
  return {
    log,
    me,
    details,
    names,
    place: `${projectId} ${room.id}`,
    prompt: 'Write a message, @ names somebody',
    closed: closedBecause(project),
    draft: (body: string, reply_to: string | undefined): RoomMessage => ({
      id: pendingId(),
      room: { id: room.id, name: room.name },
      from: { ...me, local: true, human: true, ...(project.role === undefined ? {} : { role: project.role }) },
      body,
      redacted: false,
      mentions: [],
      sent_at: new Date().toISOString(),
      ...(reply_to === undefined ? {} : { reply_to }),
    }),
    async send(body: string, reply_to: string | undefined): Promise<RoomMessage> {
      const input = { project_id: projectId, room: room.id, body, ...(reply_to === undefined ? {} : { reply_to }) }
      const { named_nobody, ...said } = await client.call('rooms.say', input)
      if (named_nobody.length > 0) {
        const list = named_nobody.map((name) => `@${displayLine(name)}`).join(', ')
        notifications.show({ message: `Said. Nobody in this project is called ${list}.`, color: 'yellow' })
      }
      setLatest(said.id)
      return said
    },
  }
}

function About({ from: { role, trust_level, local } }: { from: RoomMessage['from'] }) {
  return (
    <Group component="span" gap={4} display="inline-flex">
      {role !== undefined && <Badge size="sm">{role}</Badge>}
      {!local && trust_level !== undefined && (
        <Text span size="xs" c="dimmed">
          trust {trust_level}
        </Text>
      )}
    </Group>
  )
}
