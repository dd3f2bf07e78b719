import { stages } from '../../authority/roles.ts'
import { type Clock, rfc3339 } from '../../base/clock.ts'
import { lastDays } from '../../base/days.ts'
import type { Directory } from '../../core/directory.ts'
import type { Handlers } from '../../core/dispatch.ts'
import type { Keeper } from '../../core/keeper/index.ts'
import type { SpaceNews, Spaces } from '../../core/spaces.ts'
import type { Replica } from '../../log/replica.ts'
import type { EntryTables } from '../../log/tables.ts'
import type { Placed } from '../../log/types.ts'
import type { Output } from '../../operations.ts'
import { TASK_KIND, tasksOf } from './exclusive.ts'
import { countTasks, quantile, stageTimes, type Turn, type Waiting } from './metrics.ts'
import { taskPriorities } from './schema.ts'
import type { TaskState } from './state.ts'

export interface MetricParts {
  clock: Clock
  spaces: Pick<Spaces, 'replica' | 'onCommitted'>
  directory: Pick<Directory, 'nameOf'>
  keeper: Pick<Keeper, 'until'>
  firstOf: EntryTables['firstOf']
}

/** What the log alone tells, kept until it changes: reading it costs more than all else. */
interface Past {
  /** When each task was claimed for the first time; ms since the epoch. */
  firstClaims: Map<string, number>
  turns: Turn[]
}

type Metrics = Output<'projects.metrics'>

const PROJECTS_KEPT = 16
const SHOWN_MAX = 10
const PEOPLE_MAX = 50
const TURNS = new Set(['project.create', 'project.stage', 'project.archive'])
/** Entries about one task in which is looked for when it came to wait. */
const LOOK_BACK = 20

/** How the work of a project goes, counted anew for each call from its state and from what is kept of its log. */
export function metricHandlers(parts: MetricParts): Pick<Handlers, 'projects.metrics'> {
  const { clock, spaces, directory, keeper, firstOf } = parts
  const pasts = new Map<string, Past>()
  const who = (did: string) => ({ did, name: directory.nameOf(did) })

  spaces.onCommitted((news: SpaceNews) => {
    const past = pasts.get(news.space)
    if (!past) return
    // Verdicts are others now, or the stages: rare enough to read all again.
    if (news.changed.length > 0 || news.added.some(({ type }) => TURNS.has(type))) pasts.delete(news.space)
    else for (const entry of news.added) if (entry.type === 'task.claim') noteClaim(past, news.replica, entry)
  })

  function noteClaim({ firstClaims }: Past, replica: Replica, { id, at, body }: Placed) {
    const task = String(body['task'])
    if (replica.verdict(id)?.state !== 'counts') return
    firstClaims.set(task, Math.min(at, firstClaims.get(task) ?? at))
  }

  function pastOf(replica: Replica): Past {
    const known = pasts.get(replica.space)
    if (known) return known
    const past = { firstClaims: firstOf(replica.space, 'task.claim'), turns: turnsOf(replica) }
    const [oldest] = pasts.keys()
    if (pasts.size >= PROJECTS_KEPT && oldest !== undefined) pasts.delete(oldest)
    pasts.set(replica.space, past)
    return past
  }

  const named = (id: string, { title, priority, assignee }: TaskState) => ({
    ...{ task_id: id, title, priority },
    ...(assignee === null ? {} : { assignee: who(assignee) }),
  })

  function claimed(replica: Replica): Metrics['claimed'] {
    const state = tasksOf(replica)
    const claims = [...state.entries('task_claims')].sort(([, a], [, b]) => a.since - b.since).slice(0, SHOWN_MAX)
    return claims.flatMap(([id, { holder, since, until }]) => {
      const task = state.get('tasks', id)
      if (!task) return []
      const last = Math.max(Date.parse(until), keeper.until(replica.space, TASK_KIND, id) ?? 0)
      const lapses = last > clock.now() ? { until: rfc3339(last) } : {}
      return [{ ...named(id, task), holder: who(holder), since: rfc3339(since), ...lapses }]
    })
  }

  return {
    'projects.metrics': ({ project_id, days: count, time_zone }) => {
      const now = clock.now()
      const replica = spaces.replica(project_id)
      const past = pastOf(replica)
      const days = lastDays(now, count, time_zone)
      const { byStatus, byPriority, cycles, ...counted } = countTasks(tasksOf(replica), past.firstClaims, days)
      const [median, most] = [quantile(cycles, 0.5), quantile(cycles, 0.9)]
      const spent = stageTimes(past.turns, now)
      const current = past.turns.findLast(({ stage }) => stage !== undefined)?.stage
      return {
        project_id,
        at: rfc3339(now),
        time_zone,
        tasks: counted.tasks,
        by_status: byStatus,
        by_priority: Object.fromEntries(taskPriorities.map((one) => [one, byPriority[one]])) as Metrics['by_priority'],
        per_day: perDay(days, counted, counted.tasks - byStatus.done),
        stages: stages.map((stage) => ({
          stage,
          seconds: Math.round((spent.get(stage)?.ms ?? 0) / 1000),
          entered: spent.get(stage)?.entered ?? 0,
          current: stage === current,
        })),
        cycle: {
          tasks: cycles.length,
          ...(median === undefined ? {} : { median_seconds: Math.round(median / 1000) }),
          ...(most === undefined ? {} : { p90_seconds: Math.round(most / 1000) }),
        },
        waiting: counted.ready
          .map((one) => ({ ...one, since: waitsSince(replica, one) }))
          .sort((a, b) => a.since - b.since)
          .slice(0, SHOWN_MAX)
          .map(({ id, task, since }) => ({ ...named(id, task), since: rfc3339(since) })),
        claimed: claimed(replica),
        people: [...counted.people]
          .sort(([, a], [, b]) => b.done - a.done || b.claimed - a.claimed)
          .slice(0, PEOPLE_MAX)
          .map(([did, one]) => ({ ...who(did), ...one })),
      }
    },
  }
}

/** What was made and done each day, and how much was open at its end: counted back from what is open now. */
function perDay(
  days: readonly { date: string }[],
  { created, done }: { created: number[]; done: number[] },
  openNow: number,
): Metrics['per_day'] {
  let open = openNow
  const list: Metrics['per_day'] = []
  for (let index = days.length - 1; index >= 0; index--) {
    const [made, ended] = [created[index] ?? 0, done[index] ?? 0]
    list.push({ date: days[index]?.date ?? '', created: made, done: ended, open })
    open = Math.max(0, open - made + ended)
  }
  return list.reverse()
}

/** When it came to wait: given back, sent back, or set back after it was free for the first time. */
function waitsSince(replica: Replica, { id, since }: Waiting): number {
  const types = ['task.release', 'task.update']
  const entries = replica.query({ subject: id, types, states: ['counts'], limit: LOOK_BACK })
  const back = entries.find(
    ({ type, body: { accepted, status } }) => type === 'task.release' || accepted === false || status === 'todo',
  )
  return Math.max(since, back?.at ?? 0)
}

/** Authority's entries are all in memory. */
const turnsOf = (replica: Replica): Turn[] =>
  replica
    .log()
    .authority()
    .filter(({ id, type }) => TURNS.has(type) && replica.verdict(id)?.state === 'counts')
    .map(turnOf)

const turnOf = ({ type, at, body: { stage, archived } }: Placed): Turn => {
  if (type === 'project.create') return { at, stage: stages[0] }
  return type === 'project.archive' ? { at, archived: archived !== false } : { at, stage: String(stage) }
}
