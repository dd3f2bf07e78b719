import { AgoraError } from '../base/errors.ts'
import { FRAME_NOTE, framed } from './frame.ts'
import { shortIds, title, when } from './text.ts'
import type { InboxEvent, ToolContext } from './tool.ts'
import { part } from './tools/part.ts'
import { commentText, taskLine, taskText } from './tools/tasks.ts'

export interface ResourceParts {
  call: ToolContext['call']
  now(): number
}

const PAGE = 50
/** Of each of several texts. */
const EACH = 2000
const statuses = ['todo', 'in_progress', 'blocked', 'done'] as const

export const templates = [
  { uriTemplate: 'agora://project/{project}/board', name: 'board', description: 'A project’s tasks by status' },
  {
    uriTemplate: 'agora://project/{project}/room/{room}',
    name: 'room',
    description: 'What was said in a room, newest first',
  },
  { uriTemplate: 'agora://project/{project}/task/{task}', name: 'task', description: 'A task with its comments' },
  {
    uriTemplate: 'agora://project/{project}/audit',
    name: 'audit',
    description: 'What was done in a project, newest first',
  },
].map((one) => ({ ...one, mimeType: 'text/plain' }))

/** What there is to read now: the inbox, and the board and record of every project. */
export async function listResources({ call }: ResourceParts) {
  const { items } = await call('projects.list', { limit: 100 })
  const inbox = { uri: 'agora://inbox', name: 'inbox', description: 'Your latest messages' }
  const ofProjects = items.flatMap(({ id, name }) => [
    { uri: `agora://project/${id}/board`, name: `${title(name, 60)}: board` },
    { uri: `agora://project/${id}/audit`, name: `${title(name, 60)}: audit` },
  ])
  return [inbox, ...ofProjects].map((one) => ({ ...one, mimeType: 'text/plain' }))
}

interface Place {
  what: 'inbox' | 'board' | 'audit' | 'room' | 'task'
  project: string
  /** Of the room or task. */
  id: string
}

/** @throws AgoraError `not_found` */
export function placeOf(uri: string): Place {
  if (uri === 'agora://inbox') return { what: 'inbox', project: '', id: '' }
  const [, project = '', what = '', id = ''] =
    /^agora:\/\/project\/([^/]+)\/(board|audit|room|task)(?:\/([^/]+))?$/.exec(uri) ?? []
  const names = [project, id].map((part) => decoded(part, uri))
  if ((what === 'board' || what === 'audit') && id === '') return { what, project: names[0] ?? '', id: '' }
  if ((what === 'room' || what === 'task') && id !== '') return { what, project: names[0] ?? '', id: names[1] ?? '' }
  throw noSuch(uri)
}

function decoded(part: string, uri: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // A percent sign that encodes nothing: no such place.
    throw noSuch(uri)
  }
}

const noSuch = (uri: string): AgoraError =>
  new AgoraError('not_found', `There is no resource ${JSON.stringify(uri.slice(0, 200))}.`, { field: 'uri' })

export async function readResource(uri: string, { call, now }: ResourceParts): Promise<string> {
  const place = placeOf(uri)
  if (place.what === 'inbox') {
    const { items, unread } = await call('messages.read', { view: 'all', limit: PAGE })
    const lines = items.map(({ from, body, sent_at, shown_at }) =>
      framed(from, part(body, 0, EACH), `${when(sent_at, now())}${shown_at === undefined ? ', unread' : ''}`),
    )
    return [`${unread} unread.`, FRAME_NOTE, ...lines].join('\n')
  }
  const { project: project_id } = place
  if (place.what === 'board') {
    const { items } = await call('tasks.list', { project_id, limit: 200 })
    const short = shortIds(items.flatMap(({ id, waits_for }) => [id, ...waits_for]))
    const columns = statuses.map((status) => {
      const lines = items.filter((task) => task.status === status).map((task) => taskLine(task, short))
      return [`${status} (${lines.length})`, ...lines].join('\n')
    })
    return columns.join('\n\n')
  }
  if (place.what === 'audit') {
    const { items } = await call('audit.list', { project_id, limit: PAGE })
    return items
      .map(
        ({ id, at, author, type, verdict }) =>
          `[${id.slice(0, 8)}] ${when(at, now())} ${title(author.name, 40)} ${type} (${verdict.state})`,
      )
      .join('\n')
  }
  if (place.what === 'task') {
    const at = { project_id, task_id: place.id }
    const [task, comments] = [await call('tasks.show', at), await call('tasks.comments', { ...at, limit: PAGE })]
    const said = comments.items.map((comment) => commentText(comment, now()))
    return [taskText(task, now()), ...said].join('\n')
  }
  const { items } = await call('rooms.read', { project_id, room: place.id, limit: PAGE })
  return [
    FRAME_NOTE,
    ...items.map(({ from, body, sent_at }) => framed(from, part(body, 0, EACH), when(sent_at, now()))),
  ].join('\n')
}

/** Whether what happened may have changed what is read at a place. */
export function touches(uri: string, { type, data }: InboxEvent): boolean {
  const place = placeOf(uri)
  if (place.what === 'inbox') return type === 'message.received'
  if (type === 'project.entries') return String(data['project_id']).startsWith(place.project)
  if (type !== 'project.entry' || !String(data['project_id']).startsWith(place.project)) return false
  const [kind] = String(data['entry_type']).split('.')
  if (place.what === 'audit') return true
  if (place.what === 'room') return kind === 'room'
  return kind === 'task' && (place.what === 'board' || String(data['subject'] ?? '').startsWith(place.id))
}

/** What may stand for a part of a template, or an argument of a prompt, by its beginning. */
export async function complete(
  name: string,
  typed: string,
  given: Record<string, string>,
  { call }: ResourceParts,
): Promise<string[]> {
  if (name === 'project') {
    const { items } = await call('projects.list', { limit: 100 })
    const fitting = items.filter((one) => one.id.startsWith(typed) || one.name.startsWith(typed))
    return fitting.map(({ id }) => id)
  }
  if (name === 'to') {
    const { items } = await call('agents.known', { limit: 100, ...(typed === '' ? {} : { query: typed }) })
    return items.map((one) => one.name).filter((one) => one.startsWith(typed))
  }
  const project_id = given['project']
  if (project_id === undefined) return []
  if (name === 'room') {
    const { items } = await call('rooms.list', { project_id, limit: 100 })
    return items.map((one) => one.name).filter((one) => one.startsWith(typed))
  }
  if (name !== 'task') return []
  const { items } = await call('tasks.list', { project_id, limit: 100 })
  return items.map(({ id }) => id).filter((id) => id.startsWith(typed))
}
