import type { Applied } from '../../contract/state.ts'

export interface Spent {
  /** Ms, by the clock of who clocked in. */
  total: number
  sessions: number
  clockedInSince: number | undefined
  /** Ms by task. */
  tasks: Map<string, number>
  /** The latest of them, oldest first; without `to` it goes on. */
  spans: Span[]
}

/** Ms, by the clock of who clocked in. */
export interface Span {
  from: number
  to?: number
}
/** So many are told of each; what lies before is in the sum alone. */
export const SPANS_MAX = 500

type Noted = Pick<Applied, 'type' | 'author' | 'node' | 'at' | 'body'>

/** Types of entries that tell of time. */
export const timeTypes = [
  'project.clock_in',
  'project.clock_out',
  'project.suspend',
  'project.remove',
  'project.leave',
  'task.create',
  'task.update',
  'task.assign',
  'task.claim',
  'task.release',
  'task.complete',
  'task.delete',
]

interface Work {
  assignee: string | undefined
  holder: string | undefined
  status: string
}

/**
 * How long everybody was clocked in, by DID, and on what: a task counts while one holds it, or while it is in progress and assigned to one. `entries` are
 * those that count, of the types above, in the order in which content is folded. Only what lies between `since` and `now` (ms) is counted.
 */
export function timeSpent(entries: Iterable<Noted>, since: number, now: number): Map<string, Spent> {
  const spent = new Map<string, Spent>()
  const open = new Map<string, number>()
  const work = new Map<string, Work>()
  /** Since when somebody works on a task: by task. */
  const running = new Map<string, { did: string; from: number }>()

  const of = (did: string): Spent => {
    let one = spent.get(did)
    if (!one) {
      one = { total: 0, sessions: 0, clockedInSince: undefined, tasks: new Map(), spans: [] }
      spent.set(did, one)
    }
    return one
  }
  const between = (from: number, to: number): number => Math.max(0, Math.min(to, now) - Math.max(from, since))

  /** What was worked on a task until now, as far as its worker was clocked in, is added up. */
  function settle(task: string, at: number) {
    const run = running.get(task)
    if (!run) return
    running.delete(task)
    const from = open.get(run.did)
    if (from === undefined) return
    const ms = between(Math.max(from, run.from), at)
    if (ms === 0) return
    const { tasks } = of(run.did)
    tasks.set(task, (tasks.get(task) ?? 0) + ms)
  }
  function start(task: string, at: number) {
    const known = work.get(task)
    if (!known) return
    const did = known.holder ?? (known.status === 'in_progress' ? known.assignee : undefined)
    if (did !== undefined) running.set(task, { did, from: at })
  }
  function clockOut(did: string, at: number) {
    const from = open.get(did)
    if (from === undefined) return
    for (const [task, run] of [...running]) {
      if (run.did !== did) continue
      settle(task, at)
      running.set(task, { did, from: at })
    }
    open.delete(did)
    const ms = between(from, at)
    const one = of(did)
    one.total += ms
    if (at >= since) one.sessions++
    if (ms > 0) note(one, { from: Math.max(from, since), to: at })
  }
  function note({ spans }: Spent, span: Span) {
    spans.push(span)
    if (spans.length > SPANS_MAX) spans.shift()
  }
  function change(task: string, at: number, to: (known: Work) => Work) {
    settle(task, at)
    work.set(task, to(work.get(task) ?? { assignee: undefined, holder: undefined, status: 'todo' }))
    start(task, at)
  }

  for (const { type, author, node, at, body } of entries) {
    const task = text(body['task']) ?? ''
    const who = text(body['who']) ?? text(body['agent']) ?? node
    switch (type) {
      case 'project.clock_in':
        if (!open.has(author)) open.set(author, at)
        break
      case 'project.clock_out':
        clockOut(author, at)
        break
      case 'project.suspend':
      case 'project.remove':
      case 'project.leave':
        for (const did of [...open.keys()]) if (did === who || did.startsWith(`${who}#`)) clockOut(did, at)
        break
      case 'task.create':
        change(text(body['id']) ?? '', at, (known) => ({ ...known, assignee: text(body['assignee']) }))
        break
      case 'task.update':
        change(task, at, (known) => ({
          ...known,
          status: text(body['status']) ?? known.status,
          assignee: body['assignee'] === undefined ? known.assignee : text(body['assignee']),
        }))
        break
      case 'task.assign':
        change(task, at, (known) => ({ ...known, assignee: text(body['assignee']) }))
        break
      case 'task.claim':
        change(task, at, (known) => ({ ...known, holder: text(body['holder']), status: 'in_progress' }))
        break
      case 'task.release':
        change(task, at, (known) => ({ ...known, holder: undefined }))
        break
      case 'task.complete':
      case 'task.delete':
        change(task, at, (known) => ({ ...known, holder: undefined, status: 'done' }))
        break
    }
  }
  for (const [did, from] of open) {
    const one = of(did)
    one.clockedInSince = from
    one.total += between(from, now)
    one.sessions++
    note(one, { from: Math.max(from, since) })
    for (const [task, run] of [...running]) if (run.did === did) settle(task, now)
  }
  return spent
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
