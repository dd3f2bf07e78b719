import { rfc3339 } from '../../base/clock.ts'
import { doerOf, told } from '../../base/deed.ts'
import type { Sentence } from '../../base/sentence.ts'
import type { Directory } from '../../core/directory.ts'
import type { Handlers } from '../../core/dispatch.ts'
import { placeCursors } from '../../core/place-cursors.ts'
import type { Projects } from '../../core/projects.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import { type EntryTables, momentOf } from '../../log/tables.ts'
import type { Activity } from './schema.ts'
import { taskOf, titleIn } from './views.ts'

export interface ActivityParts {
  projects: Pick<Projects, 'readable' | 'replica' | 'standing'>
  directory: Pick<Directory, 'nameOf'>
  latest: EntryTables['latest']
}

/** So much of a text is shown where all that was done is listed. */
const TEXT_MAX = 300
/** A moment stands where logs have their lamport, and the number of arrival where they have an id. */
const cursors = placeCursors('v', /\d{1,16}/)

/** What was done in all projects, in the words of their records. */
export function activityHandlers({ projects, directory, latest }: ActivityParts): Pick<Handlers, 'activity.list'> {
  function view(space: string, entry: LoggedEntry): Activity {
    const { id, type, author, body, texts } = entry
    const state = projects.replica(space).state()
    const words = { type, by: author, facts: body, texts }
    const doer = doerOf(words)
    const names = {
      who: directory.nameOf,
      title: (task: string) => titleIn(state, task),
      room: (room: string) => (room === '' ? undefined : state.get('rooms', room)?.name),
    }
    const task = taskOf(entry)
    return {
      id,
      project_id: space,
      project: projects.standing(space).name,
      at: rfc3339(momentOf(entry)),
      type,
      who: { did: doer, name: directory.nameOf(doer) },
      deed: cut(told(words, names, doer)),
      ...(task !== undefined && { task_id: task }),
    }
  }

  return {
    'activity.list': ({ project_id, limit, cursor }, { actor }) => {
      const spaces = projects
        .readable(actor)
        .flatMap(({ id }) => (project_id === undefined || id === project_id ? [id] : []))
      const place = cursors.read(cursor)
      const before = place && { moment: place.lamport, arrival: Number(place.id) }
      const found = latest({ spaces, before, limit })
      const last = found.at(-1)?.entry
      const next = last && found.length === limit
      return {
        items: found.map(({ space, entry }) => view(space, entry)),
        ...(next ? { next_cursor: cursors.write({ lamport: momentOf(last), id: String(last.arrival) }) } : {}),
      }
    },
  }
}

const cut = (deed: Sentence): Sentence =>
  deed.map((part) =>
    part.text.length <= TEXT_MAX ? part : { ...part, text: `${part.text.slice(0, TEXT_MAX - 1).toWellFormed()}…` },
  )
