import { randomUUID } from 'node:crypto'
import { didOf } from '../../authority/may.ts'
import { saying } from '../../contract/entry.ts'
import type { Handlers } from '../../core/dispatch.ts'
import { listPage } from '../../core/list-page.ts'
import { entryCursors, entryPage } from '../../core/place-cursors.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { ProjectJudgement } from '../../spaces/project.ts'
import { deliverMentions, namedIn } from './mentions.ts'
import type { RoomParts } from './parts.ts'
import type { RoomTables } from './rules.ts'
import { roomViews } from './views.ts'

type Names = Extract<keyof Handlers, `rooms.${string}`>

export interface Rooms {
  handlers: Pick<Handlers, Names>
}

/** Rooms of projects: what is said there, and that it comes to whom it names. */
export function createRooms(parts: RoomParts): Rooms {
  const { spaces, projects, mail } = parts
  const view = roomViews(parts)
  mail.readsSaid('room.message', view.said)
  deliverMentions(parts)

  const replica = (project: string) => spaces.replica<ProjectJudgement, RoomTables>(project)

  return {
    handlers: {
      'rooms.list': ({ project_id, ...page }) => listPage(view.rooms(replica(project_id)), page),

      'rooms.create': async ({ project_id, name, topic }, context) => {
        const id = randomUUID()
        await spaces.write(project_id, (log) =>
          log.append({
            author: didOf(context.actor),
            type: 'room.create',
            facts: { id, name: view.newName(replica(project_id), name) },
            ...saying({ topic }),
          }),
        )
        return view.room(replica(project_id), view.find(replica(project_id), id))
      },

      'rooms.read': ({ project_id, room, limit, cursor }) => {
        const log = replica(project_id)
        const found = view.find(log, room)
        const after = entryCursors.read(cursor)
        const entries = log.query({ types: ['room.message'], subject: found.id, states: ['counts'], after, limit })
        return { ...entryPage(entries, limit, (entry) => view.message(log, entry)), room: view.room(log, found) }
      },

      'rooms.say': async ({ project_id, room, body, reply_to }, context) => {
        const log = replica(project_id)
        const { id: topic } = view.find(log, room)
        const author = didOf(context.actor)
        const { mentions, nobody } = namedIn(parts, project_id, body)
        const answers = reply_to === undefined ? undefined : projects.entry(project_id, reply_to, 'reply_to')
        const said = await spaces.write(project_id, (writing) => {
          const refusal = mentions.length === 0 ? undefined : mail.refusal(author, { space: project_id, topic })
          if (refusal) return refusal
          const facts = { room: topic, mentions, ...(answers === undefined ? {} : { reply_to: answers }) }
          return writing.append({ author, type: 'room.message', facts, texts: { text: body } })
        })
        if (said instanceof Error) throw said
        const shown = view.message(log, replica(project_id).logged(said.id) as LoggedEntry)
        if (!shown) throw new Error(`${said.id} was written and is not there`)
        return { ...shown, named_nobody: nobody }
      },

      'rooms.search': ({ project_id, query, room, limit, cursor }) => {
        const log = replica(project_id)
        const subject = room === undefined ? undefined : view.find(log, room).id
        const after = entryCursors.read(cursor)
        const entries = log.search(query, { types: ['room.message'], subject, after, limit })
        return entryPage(entries, limit, (entry) => view.message(log, entry))
      },
    },
  }
}
