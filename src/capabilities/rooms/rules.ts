import { z } from 'zod'
import { roles } from '../../authority/roles.ts'
import { skeleton } from '../../base/skeleton.ts'
import { wellFormed } from '../../contract/common.ts'
import { EntryId, Hash } from '../../contract/entry.ts'
import { Did } from '../../contract/envelope.ts'
import { malformed, ThingId } from '../../contract/facts.ts'
import type { SpacePermission } from '../../contract/permissions.ts'
import type { Applied, Apply, Draft, Lookup, Refusal } from '../../contract/state.ts'
import { MAIN, ROOM_NAME_MAX } from './schema.ts'

/** What is kept of a room while the log is folded. What was said is in the log. */
export interface RoomState {
  id: string
  name: string
  /** The entry that opened it, whose texts hold the topic; `main` has none. */
  entry: string | null
  created_by: string | null
  /** By its author's clock, in ms. */
  created_at: number | null
  messages: number
  /** Of the last message: its place in the log, and its author's clock in ms. */
  last_lamport: number
  last_at: number | null
}

export type RoomTables = {
  rooms: RoomState
  /** By what a room's name looks like: its id. */
  room_looks: string
}

export const MENTIONS_MAX = 64
/** Rooms beside `main`; part of the protocol, for all nodes must refuse the same. */
export const ROOMS_MAX = 1_000

const Name = wellFormed(z.string().min(1).max(ROOM_NAME_MAX)).refine(
  (name) => name === name.normalize('NFC') && name === name.trim() && !/[@#/:\\\p{Cc}]/u.test(name),
  'is not the name of a room',
)
/** Somebody by DID, or everybody of a role. */
const Mention = z.union([Did, z.string().regex(/^role:[a-z_]{1,32}$/)])
const facts = {
  'room.create': z.looseObject({ id: ThingId, name: Name, texts_hash: Hash.optional() }),
  'room.message': z.looseObject({
    room: z.union([z.literal(MAIN), ThingId]),
    reply_to: EntryId.optional(),
    mentions: z.array(Mention).max(MENTIONS_MAX),
    texts_hash: Hash,
  }),
}
export type RoomMessageFacts = z.output<(typeof facts)['room.message']>

const roomTypes = ['room.create', 'room.message'] as const

const mainRoom: RoomState = {
  id: MAIN,
  name: MAIN,
  entry: null,
  created_by: null,
  created_at: null,
  messages: 0,
  last_lamport: 0,
  last_at: null,
}

/** A room by its id; `main` is there always. */
export const roomOf = (state: Pick<Draft<RoomTables>, 'get'>, id: string): RoomState | undefined =>
  state.get('rooms', id) ?? (id === MAIN ? mainRoom : undefined)

/** The room whose name is this or looks like it. */
export function roomNamed(state: Pick<Draft<RoomTables>, 'get'>, name: string): RoomState | undefined {
  const look = skeleton(name)
  return roomOf(state, look === skeleton(MAIN) ? MAIN : (state.get('room_looks', look) ?? ''))
}

/** All of them, `main` first, then those spoken in last, then those opened last. */
export function roomsOf(state: Pick<Draft<RoomTables>, 'get' | 'entries'>): RoomState[] {
  const others = [...state.entries('rooms')].map(([, room]) => room).filter(({ id }) => id !== MAIN)
  others.sort(
    (a, b) => b.last_lamport - a.last_lamport || (b.created_at ?? 0) - (a.created_at ?? 0) || (a.id < b.id ? -1 : 1),
  )
  return [roomOf(state, MAIN) ?? mainRoom, ...others]
}

/** The facts of a message; undefined when they are none. */
export const readRoomMessage = (body: unknown): RoomMessageFacts | undefined =>
  facts['room.message'].safeParse(body).data

/** Is given entries of other types too, which change nothing here. */
export const applyRoom: Apply<RoomTables> = (state, entry, log) => {
  if (entry.type === 'room.create') return create(state, entry)
  return entry.type === 'room.message' ? message(state, entry, log) : undefined
}

function create(state: Draft<RoomTables>, { id: entry, author, at, body }: Applied): Refusal | undefined {
  const parsed = facts['room.create'].safeParse(body)
  if (!parsed.success) return malformed(parsed.error)
  const { id, name } = parsed.data
  if (state.has('rooms', id)) return { code: 'already_exists', reason: 'There is a room of this id.', field: 'id' }
  if (state.size('rooms') >= ROOMS_MAX)
    return { code: 'limit_reached', reason: `This project has ${ROOMS_MAX} rooms, and can have no more.` }
  const rival = roomNamed(state, name)
  if (rival) {
    return {
      code: 'already_exists',
      reason: `There is the room #${rival.name}, or one that looks like it.`,
      field: 'name',
    }
  }
  state.set('rooms', id, { ...mainRoom, id, name, entry, created_by: author, created_at: at })
  state.set('room_looks', skeleton(name), id)
  return undefined
}

function message(state: Draft<RoomTables>, { lamport, at, body }: Applied, log: Lookup): Refusal | undefined {
  const parsed = facts['room.message'].safeParse(body)
  if (!parsed.success) return malformed(parsed.error)
  const { room: id, reply_to } = parsed.data
  const room = roomOf(state, id)
  if (!room) return { code: 'not_found', reason: 'There is no such room.', subject: id, field: 'room' }
  if (reply_to !== undefined) {
    const answered = log.past(reply_to)
    if (answered?.type !== 'room.message' || answered.body['room'] !== id)
      return { code: 'not_found', reason: 'What it answers is no message of this room.', field: 'reply_to' }
  }
  state.set('rooms', id, { ...room, messages: room.messages + 1, last_lamport: lamport, last_at: at })
  return undefined
}

/** The room an entry is about. */
function roomSubject({ type, body }: Pick<Applied, 'type' | 'body'>): string | undefined {
  const id = body[type === 'room.create' ? 'id' : 'room']
  return typeof id === 'string' ? id : undefined
}

/** What rooms bring into the fold of a project. */
export const roomRules = {
  types: roomTypes,
  tables: ['rooms', 'room_looks'] as const,
  permissions: ({ type }: Pick<Applied, 'type'>): SpacePermission[] =>
    type === 'room.create' ? ['room.create'] : ['room.message'],
  subject: roomSubject,
  apply: applyRoom,
}

/** `@bob`, `@claude-1@bob`, `@role:reviewer`, `@did:agora:…`; names with spaces in quotes: `@"Bob …x7Kp2q"`. Not in the middle of a word, as in an address of mail. */
const MENTION = /(?<![\p{L}\p{N}._@-])@(?:"([^"\n]{1,200})"|([\p{L}\p{N}][^\s,;!?()[\]{}<>"'`]{0,1100}))/gu

/** Whom a text seems to name, as written, without the `@`; each once. */
export function mentionsIn(text: string): string[] {
  const found = [...text.matchAll(MENTION)].map(
    ([, quoted, plain]) => quoted ?? (plain ?? '').replace(/[^\p{L}\p{N}]+$/u, ''),
  )
  return [...new Set(found)].filter((name) => name !== '')
}

/** The role that a mention names. */
export const mentionedRole = (mention: string): string | undefined => {
  const role = mention.startsWith('role:') ? mention.slice('role:'.length) : undefined
  return (roles as readonly string[]).includes(role ?? '') ? role : undefined
}
