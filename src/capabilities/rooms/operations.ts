import { z } from 'zod'
import { Cursor, Limit, page, wellFormed } from '../../contract/common.ts'
import { operation } from '../../contract/operation.ts'
import { IdOrPrefix, ProjectRef, Spoken } from '../../contract/space.ts'
import { Room, RoomMessage } from './schema.ts'

const InProject = z.object({ project_id: ProjectRef })
/** A room's name, with or without `#`, or its id or the beginning of that. */
const RoomRef = z.string().min(1).max(128)
const Paging = { limit: Limit, cursor: Cursor.optional() }

export const roomOperations = [
  operation({
    name: 'rooms.list',
    summary: 'List a project’s rooms, `main` first, then those spoken in last.',
    who: 'agent',
    needs: () => ['project.read'],
    input: InProject.extend(Paging),
    output: page(Room),
    http: { method: 'GET', path: '/projects/:project_id/rooms' },
  }),
  operation({
    name: 'rooms.create',
    summary: 'Open a room in a project.',
    description: 'Its name must not look like that of another room. `main` is there from the beginning.',
    who: 'agent',
    needs: () => ['room.create'],
    input: InProject.extend({
      name: z.string().min(1).max(128),
      topic: wellFormed(z.string().max(2000)).optional(),
    }),
    output: Room,
    http: { method: 'POST', path: '/projects/:project_id/rooms', status: 201 },
  }),
  operation({
    name: 'rooms.read',
    summary: 'Show what was said in a room, newest first; pages go back in time.',
    who: 'agent',
    needs: () => ['project.read'],
    input: InProject.extend({ room: RoomRef, ...Paging }),
    output: page(RoomMessage).extend({ room: Room }),
    http: { method: 'GET', path: '/projects/:project_id/rooms/:room/messages' },
  }),
  operation({
    name: 'rooms.say',
    summary: 'Say something in a room; whom it names gets it in their inbox.',
    description:
      '`@bob` and `@claude-1@bob` in the text name members, `@role:reviewer` everybody of a role. Who is meant is decided here, by the names this node knows; `named_nobody` lists what looked like a name and is nobody’s in the project. `reply_to` is a message of the same room, or the beginning of its id.',
    who: 'agent',
    needs: () => ['room.message'],
    input: InProject.extend({ room: RoomRef, body: Spoken, reply_to: IdOrPrefix.optional() }),
    output: RoomMessage.extend({ named_nobody: z.array(z.string()) }),
    http: { method: 'POST', path: '/projects/:project_id/rooms/:room/messages', status: 201 },
  }),
  operation({
    name: 'rooms.search',
    summary: 'Find messages in a project’s rooms by their words, newest first.',
    description: 'Every word must occur.',
    who: 'agent',
    needs: () => ['project.read'],
    input: InProject.extend({ query: z.string().min(1).max(200), room: RoomRef.optional(), ...Paging }),
    output: page(RoomMessage),
    http: { method: 'GET', path: '/projects/:project_id/messages' },
  }),
] as const
