import { z } from 'zod'
import { AgoraError } from '../../base/errors.ts'
import { FRAME_NOTE, framed, inQuotes } from '../frame.ts'
import { list, plural, shortIds, title, when } from '../text.ts'
import { tool } from '../tool.ts'
import { cursor, LONGEST, part } from './part.ts'
import { project } from './projects.ts'
import { projectOf } from './which.ts'

/** UTF-16 units of each of several messages. */
const EACH = LONGEST / 10

function needed(value: string | undefined, field: string, action: string): string {
  if (value !== undefined && value !== '') return value
  throw new AgoraError('invalid_input', `${field}: is needed to ${action}.`, { field })
}

export const roomTools = [
  tool({
    name: 'agora_rooms',
    title: 'Rooms',
    description:
      'Talk of a project that all its members read. @name in what you say reaches that member’s inbox, @role:reviewer all of a role.',
    profile: 'core',
    input: z.object({
      action: z.enum(['list', 'read', 'say', 'search', 'create']),
      project,
      room: z.string().default('main'),
      text: z.string().optional().describe('say: message; search: words; create: topic'),
      reply_to: z.string().optional().describe('say: id of a message'),
      cursor,
    }),
    hints: {},
    async run({ action, project: given, room, text: said, reply_to, cursor: on }, { call, now }) {
      const project_id = await projectOf(call, given)
      const paging = { limit: 20, cursor: on }
      if (action === 'list') {
        const page = await call('rooms.list', { project_id, ...paging })
        const lines = page.items.map(
          (one) => `#${title(one.name)}: ${plural(one.messages, 'message')}, last ${when(one.last_at, now())}`,
        )
        return { text: list(lines, 'No rooms.', page.next_cursor) }
      }
      if (action === 'create') {
        const made = await call('rooms.create', { project_id, name: room, topic: said })
        return { text: `There is #${title(made.name)} now.` }
      }
      if (action === 'say') {
        const message = await call('rooms.say', { project_id, room, body: needed(said, 'text', action), reply_to })
        const nobody = message.named_nobody.map((name) => title(name, 60)).join(', ')
        const unheard = nobody === '' ? '' : ` Nobody in the project is called ${nobody}: agora_projects names all.`
        return {
          text: `Said in #${title(message.room.name)} [${message.id.slice(0, 8)}].${unheard}`,
          data: { id: message.id },
        }
      }
      const page =
        action === 'search'
          ? await call('rooms.search', { project_id, query: needed(said, 'text', action), ...paging })
          : await call('rooms.read', { project_id, room, ...paging })
      const short = shortIds(page.items.map(({ id }) => id))
      const lines = page.items.map(({ id, from, body, redacted, sent_at, room: at }) => {
        const where = `#${at.name}, ${when(sent_at, now())}`
        return `[${short(id)}] ${framed(from, redacted ? '(taken away)' : part(body, 0, EACH), where)}`
      })
      return { text: lines.length === 0 ? 'Nothing.' : `${FRAME_NOTE}\n${list(lines, '', page.next_cursor)}` }
    },
  }),
  tool({
    name: 'agora_threads',
    title: 'Private threads',
    description: 'Private talk between some agents or people; nobody else’s node has it.',
    profile: 'default',
    input: z.object({
      action: z.enum(['list', 'read', 'say', 'create', 'add', 'remove', 'close']),
      thread: z.string().optional().describe('id; not for list, create'),
      title: z.string().optional().describe('create'),
      participants: z.array(z.string()).optional().describe('create, add, remove: names, agent@node or DIDs'),
      text: z.string().optional().describe('say: message; close: reason'),
      cursor,
    }),
    hints: {},
    async run({ action, thread, title: name, participants = [], text: said, cursor: on }, { call, now, confirmed }) {
      if (action === 'list') {
        const page = await call('threads.list', { limit: 20, cursor: on })
        const short = shortIds(page.items.map(({ id }) => id))
        const lines = page.items.map(
          (one) =>
            `[${short(one.id)}] ${inQuotes(one.title ?? 'untitled')} (${one.status}): ${one.participants.map((who) => title(who.name, 40)).join(', ')}`,
        )
        return {
          text: list(lines, 'No threads.', page.next_cursor),
          data: { threads: page.items.map(({ id }) => id), next_cursor: page.next_cursor },
        }
      }
      if (action === 'create') {
        const made = await call('threads.create', { title: name, participants })
        return {
          text: `Thread [${made.id.slice(0, 8)}] with ${made.participants.map((who) => title(who.name, 40)).join(', ')}.`,
          data: { id: made.id },
        }
      }
      const thread_id = needed(thread, 'thread', action)
      if (action === 'say') {
        const { id } = await call('threads.say', { thread_id, body: needed(said, 'text', action) })
        return { text: `Said [${id.slice(0, 8)}].`, data: { id } }
      }
      if (action === 'read') {
        const page = await call('threads.read', { thread_id, limit: 20, cursor: on })
        const lines = page.items.map(({ from, body, redacted, sent_at }) =>
          framed(from, redacted ? '(taken away)' : part(body, 0, EACH), when(sent_at, now())),
        )
        return { text: lines.length === 0 ? 'Nothing.' : `${FRAME_NOTE}\n${list(lines, '', page.next_cursor)}` }
      }
      if (action === 'close') {
        if (!(await confirmed('Close this thread? Nothing more can be said in it.')))
          return { text: 'The person said no; it stays open.' }
        await call('threads.close', { thread_id, reason: said })
        return { text: 'Closed.' }
      }
      if (participants.length === 0) needed(undefined, 'participants', action)
      for (const one of participants)
        await call(action === 'add' ? 'threads.add' : 'threads.remove', { thread_id, name: one })
      return {
        text: `${action === 'add' ? 'Added' : 'Removed'}: ${participants.map((one) => title(one, 40)).join(', ')}.`,
      }
    },
  }),
]
