import { didOf } from '../../authority/may.ts'
import { rfc3339 } from '../../base/clock.ts'
import { saying } from '../../contract/entry.ts'
import type { Handlers } from '../../core/dispatch.ts'
import type { ProjectReplica } from '../../core/projects.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { ProjectParts } from './parts.ts'
import { timeSpent, timeTypes } from './time.ts'
import type { ProjectViews } from './views.ts'

const PAGE = 1000

/** Entries that tell of time, in the order in which content is folded. */
function* tellingOfTime(log: ProjectReplica): Generator<LoggedEntry> {
  for (let last: LoggedEntry | undefined; ; ) {
    const page = log.query({ types: timeTypes, states: ['counts'], order: 'oldest', after: last, limit: PAGE })
    yield* page
    last = page.at(-1)
    if (page.length < PAGE) return
  }
}

/** Clocking in and out, and the time that makes. */
export function timeHandlers(
  { clock, projects }: ProjectParts,
  view: ProjectViews,
): Pick<Handlers, 'projects.clock_in' | 'projects.clock_out' | 'projects.time'> {
  return {
    'projects.clock_in': async ({ project_id, focus }, { actor }) => {
      const author = didOf(actor)
      await projects.append(project_id, { author, type: 'project.clock_in', facts: {}, ...saying({ focus }) })
      return view.member(project_id, author)
    },

    'projects.clock_out': async ({ project_id }, { actor }) => {
      const author = didOf(actor)
      await projects.append(project_id, { author, type: 'project.clock_out', facts: {} })
      return view.member(project_id, author)
    },

    'projects.time': ({ project_id, since }) => {
      const log = projects.replica(project_id)
      const spent = timeSpent(tellingOfTime(log), since === undefined ? 0 : Date.parse(since), clock.now())
      const seconds = (ms: number) => Math.round(ms / 1000)
      const items = [...spent].map(([did, { total, sessions, clockedInSince, tasks, spans }]) => ({
        ...view.who(did),
        seconds: seconds(total),
        sessions,
        ...(clockedInSince === undefined ? {} : { clocked_in_since: rfc3339(clockedInSince) }),
        spans: spans.map(({ from, to }) => ({
          from: rfc3339(from),
          ...(to === undefined ? {} : { to: rfc3339(to) }),
        })),
        tasks: [...tasks]
          .map(([task_id, ms]) => ({
            task_id,
            title: log.state().get('tasks', task_id)?.title ?? '',
            seconds: seconds(ms),
          }))
          .sort((a, b) => b.seconds - a.seconds),
      }))
      return { items: items.sort((a, b) => b.seconds - a.seconds || (a.did < b.did ? -1 : 1)) }
    },
  }
}
