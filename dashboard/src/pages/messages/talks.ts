import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Conversation } from '../../../../src/capabilities/messaging/schema.ts'
import type { Project } from '../../../../src/capabilities/projects/schema.ts'
import type { Room } from '../../../../src/capabilities/rooms/schema.ts'
import type { Thread } from '../../../../src/capabilities/threads/schema.ts'
import { keyOf, useClient, useRead, useReadPages } from '../../app/api.ts'
import type { Person } from '../../parts/foreign.tsx'

export type Kind = 'all' | 'people' | 'threads' | 'rooms'

/** What a conversation of an inbox adds to the room or thread in which it stands. */
export interface Inboxed {
  unread: number
  paused: boolean
}

export type TalkRow =
  | { kind: 'head'; label: string }
  | { kind: 'person'; people: Person[]; key: string }
  | { kind: 'conversation'; talk: Conversation; alone: boolean }
  | { kind: 'thread'; thread: Thread; inboxed: Inboxed | undefined }
  | { kind: 'project'; project: Project }
  | { kind: 'room'; project: Project; room: Room; inboxed: Inboxed | undefined }
  | { kind: 'more'; of: Exclude<Kind, 'all'>; count: string }
  | { kind: 'none'; of: Kind }

export function keyOfRow(row: TalkRow): string {
  switch (row.kind) {
    case 'head':
      return `head ${row.label}`
    case 'person':
      return `person ${row.key}`
    case 'conversation':
      return row.talk.id
    case 'thread':
      return row.thread.id
    case 'project':
      return `project ${row.project.id}`
    case 'room':
      return `${row.project.id} ${row.room.id}`
    default:
      return `${row.kind} ${row.of}`
  }
}

/** Of each kind, where all are shown. */
const FEW = 8
const ROOMS = 100

export interface Talks {
  rows: TalkRow[]
  more: (() => void) | undefined
  isLoading: boolean
  error: Error | null
}

/** The rows of the list, from what the daemon keeps apart: conversations of mail, threads, and rooms of projects. */
export function useTalks(kind: Kind): Talks {
  const client = useClient()
  const mail = useReadPages('conversations.list', { limit: 100 })
  const threads = useReadPages('threads.list', { ended: kind === 'threads', limit: 100 })
  const { data: projects } = useRead('projects.list', { limit: 100 })
  const members = useMemo(() => (projects?.items ?? []).filter(({ status }) => status === 'member'), [projects])
  const rooms = useQueries({
    queries: members.map(({ id }) => {
      const input = { project_id: id, limit: ROOMS }
      return { queryKey: keyOf('rooms.list', input), queryFn: () => client.call('rooms.list', input) }
    }),
    combine: (answers) => answers.map(({ data }) => data?.items ?? []),
  })
  const rows = useMemo(() => {
    const inboxed = inboxedBy(mail.items)
    return [
      ...(kind === 'all' || kind === 'people' ? peopleRows(mail.items, kind === 'people') : []),
      ...(kind === 'all' || kind === 'threads' ? threadRows(threads.items, inboxed, kind === 'threads') : []),
      ...(kind === 'all' || kind === 'rooms' ? roomRows(members, rooms, inboxed, kind === 'rooms') : []),
    ]
  }, [kind, mail.items, threads.items, members, rooms])
  return {
    rows: rows.length === 0 ? [{ kind: 'none', of: kind }] : rows,
    more: kind === 'people' ? mail.more : kind === 'threads' ? threads.more : undefined,
    isLoading: mail.read.isPending || threads.read.isPending || projects === undefined,
    error: mail.read.error ?? threads.read.error,
  }
}

/** Conversations that stand in a log, by its room or thread. */
function inboxedBy(conversations: readonly Conversation[]): Map<string, Inboxed> {
  return new Map(
    conversations.flatMap(({ last, unread, paused }) => {
      const { thread_id, project_id, room_id } = last?.said_in ?? {}
      const place = thread_id ?? (project_id === undefined ? undefined : `${project_id} ${room_id}`)
      return place === undefined ? [] : [[place, { unread, paused }] as const]
    }),
  )
}

/** By whom they are with, those first with whom it was spoken last. */
function peopleRows(conversations: readonly Conversation[], all: boolean): TalkRow[] {
  const mail = conversations.filter(({ last }) => last?.said_in === undefined)
  const groups = Map.groupBy(mail, ({ parties }) =>
    parties
      .map(({ did }) => did)
      .sort()
      .join(' '),
  )
  if (groups.size === 0) return []
  const shown = [...groups].slice(0, all ? undefined : FEW)
  return [
    { kind: 'head', label: 'People and agents' },
    ...shown.flatMap(([key, talks]): TalkRow[] => {
      const [first] = talks
      if (!first || talks.length === 1) return talks.map((talk) => ({ kind: 'conversation', talk, alone: true }))
      const few = all ? talks : talks.slice(0, 4)
      return [
        { kind: 'person', people: first.parties, key },
        ...few.map((talk): TalkRow => ({ kind: 'conversation', talk, alone: false })),
      ]
    }),
    ...(all || (groups.size <= FEW && mail.length < 30)
      ? []
      : [{ kind: 'more', of: 'people', count: 'All people' } as const]),
  ]
}

function threadRows(threads: readonly Thread[], inboxed: Map<string, Inboxed>, all: boolean): TalkRow[] {
  if (threads.length === 0) return []
  return [
    { kind: 'head', label: 'Private threads' },
    ...threads
      .slice(0, all ? undefined : FEW)
      .map((thread): TalkRow => ({ kind: 'thread', thread, inboxed: inboxed.get(thread.id) })),
    ...(all ? [] : [{ kind: 'more', of: 'threads', count: 'All threads, ended ones too' } as const]),
  ]
}

function roomRows(projects: Project[], rooms: Room[][], inboxed: Map<string, Inboxed>, all: boolean): TalkRow[] {
  if (projects.length === 0) return []
  const isCut = !all && (projects.length > FEW || rooms.some((list) => list.length > FEW))
  return [
    { kind: 'head', label: 'Rooms of projects' },
    ...projects
      .slice(0, all ? undefined : FEW)
      .flatMap((project, index): TalkRow[] => [
        { kind: 'project', project },
        ...(rooms[index] ?? [])
          .slice(0, all ? undefined : FEW)
          .map((room): TalkRow => ({ kind: 'room', project, room, inboxed: inboxed.get(`${project.id} ${room.id}`) })),
      ]),
    ...(isCut ? [{ kind: 'more', of: 'rooms', count: 'All rooms' } as const] : []),
  ]
}
