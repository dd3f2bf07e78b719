import { rfc3339 } from '../../base/clock.ts'
import { AgoraError } from '../../base/errors.ts'
import { nameFault } from '../../base/names.ts'
import { authorView } from '../../core/author-view.ts'
import type { Said } from '../../core/space-mail.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { Replica } from '../../log/replica.ts'
import { type ProjectJudgement, standingOf } from '../../spaces/project.ts'
import type { RoomParts } from './parts.ts'
import { type RoomState, type RoomTables, readRoomMessage, roomNamed, roomOf, roomsOf } from './rules.ts'
import type { Room, RoomMessage } from './schema.ts'

export type RoomReplica = Replica<ProjectJudgement, RoomTables>

/** A room's name as it is typed: with or without `#`. */
const roomName = (text: string): string => text.replace(/^#/, '').trim().normalize('NFC')

/** Rooms and what is said in them, as the API shows them. */
export function roomViews(parts: RoomParts) {
  const { spaces, directory, book } = parts
  const who = (did: string) => ({ did, name: directory.nameOf(did) })

  function room(log: RoomReplica, { id, name, entry, created_by, created_at, messages, last_at }: RoomState): Room {
    const topic = entry === null ? undefined : log.texts(entry)?.['topic']
    return {
      id,
      name,
      ...(topic === undefined ? {} : { topic }),
      messages,
      ...(last_at === null ? {} : { last_at: rfc3339(last_at) }),
      ...(created_by === null ? {} : { created_by: who(created_by) }),
      ...(created_at === null ? {} : { created_at: rfc3339(created_at) }),
    }
  }

  /** A message that counts; undefined when its author is blocked here. */
  function message(log: RoomReplica, entry: LoggedEntry): RoomMessage | undefined {
    const facts = readRoomMessage(entry.body)
    if (!facts || book.isBlocked(entry.node)) return undefined
    const { room: id, reply_to, mentions } = facts
    return {
      id: entry.id,
      room: { id, name: roomOf(log.state(), id)?.name ?? id },
      from: authorView(parts, entry.author, standingOf(log.judgement()).roleOf(entry.author)?.role),
      body: entry.texts?.['text'] ?? '',
      redacted: entry.texts === undefined,
      ...(reply_to === undefined ? {} : { reply_to }),
      mentions: mentions.map((mention) => (mention.startsWith('did:') ? who(mention) : { role: mention.slice(5) })),
      sent_at: rfc3339(entry.at),
    }
  }

  return {
    room,
    message,
    rooms: (log: RoomReplica): Room[] => roomsOf(log.state()).map((state) => room(log, state)),

    /** By its name, with or without `#`, or its id or the beginning of that. @throws AgoraError `not_found`, `ambiguous_name` */
    find(log: RoomReplica, text: string): RoomState {
      const name = roomName(text)
      const all = roomsOf(log.state())
      // What only looks like a room's name is refused: another may be meant.
      const named = all.find((one) => one.name.toLowerCase() === name.toLowerCase())
      if (named) return named
      const begun = name.length < 4 ? [] : all.filter(({ id }) => id === name || id.startsWith(name.toLowerCase()))
      const [first] = begun
      if (first && begun.length === 1) return first
      const candidates = (begun.length > 0 ? begun : all).map((one) => `#${one.name}`).slice(0, 10)
      if (first)
        throw new AgoraError('ambiguous_name', `room: ${text} fits several rooms.`, { field: 'room', candidates })
      throw new AgoraError('not_found', `room: there is no room #${name} in this project.`, {
        field: 'room',
        hint: '`agora project rooms` lists them, and opens one.',
        candidates,
      })
    },

    /** @throws AgoraError `invalid_name`, `already_exists` */
    newName(log: RoomReplica, text: string): string {
      const name = roomName(text)
      const fault = nameFault(name)
      if (fault) throw new AgoraError('invalid_name', `name: the name of a room ${fault}.`, { field: 'name' })
      const rival = roomNamed(log.state(), name)
      if (!rival) return name
      const alike = rival.name === name ? '' : ', which looks like it'
      throw new AgoraError('already_exists', `name: there is the room #${rival.name}${alike}.`, { field: 'name' })
    },

    /** What the inbox of somebody it names shows of a message. */
    said(project: string, entry: string): Said | undefined {
      const log = spaces.replica<ProjectJudgement, RoomTables>(project)
      const logged = log.logged(entry)
      const facts = logged && readRoomMessage(logged.body)
      if (!facts) return undefined
      const standing = standingOf(log.judgement())
      return {
        text: logged.texts?.['text'] ?? '',
        role: standing.roleOf(logged.author)?.role,
        place: {
          entry,
          project_id: project,
          project: standing.name,
          room: roomOf(log.state(), facts.room)?.name ?? facts.room,
          room_id: facts.room,
        },
        evidence: JSON.stringify(log.signed(entry) ?? {}),
      }
    },
  }
}
