import { AgoraError } from '../../../../../src/base/errors.ts'
import type { Task, TaskStatus } from '../../../../../src/capabilities/tasks/schema.ts'
import type { ApiEvent, Client } from '../../../../../src/client/index.ts'
import { createTaskStore, type TaskStore } from './task-store.ts'

/** How far the tasks have come here: `ready` when all are there. */
export type LoadState = { state: 'loading' | 'ready' } | { state: 'failed'; error: unknown }

/** A project's tasks in this page: read once, a page at a time, and from then on one by one as events tell of them. */
export interface Board {
  store: TaskStore
  state(): LoadState
  subscribe(listener: () => void): () => void
  /** Asks for the first tasks of each column, once: the page that shows them is still on its way, and nobody hears of changes yet. */
  readAhead(): void
  /** Begins, or goes on where nothing was heard for a while. Returns the way to let go. */
  hold(): () => void
  hear(event: ApiEvent): void
  /** Takes in what the daemon answered about single tasks. */
  took(tasks: readonly Task[]): void
  /** Asks for one task again. */
  refresh(id: string): void
  retry(): void
}

/** What is seen first, then as much as an answer may hold. */
const FIRST_PAGE = 60
const PAGE = 500
/** Beyond that many single tasks, all are asked for again. */
const SINGLE_MAX = 300
const AT_ONCE = 8
/** In the order in which they matter to whoever looks. */
const order: TaskStatus[] = ['in_progress', 'todo', 'blocked', 'done']
/** Entries of a project's own that change nothing about tasks. */
const harmless = /^project\.(clock_in|clock_out|denied|audit|invite|accept|withdraw|update|redact)$/

interface BoardParts {
  client: Pick<Client, 'call'>
  project: string
}

export function createBoard({ client, project }: BoardParts): Board {
  const store = createTaskStore()
  const listeners = new Set<() => void>()
  /** Tasks that may not be as they are shown. */
  const old = new Set<string>()
  let current: LoadState = { state: 'loading' }
  let wanted = true
  let working: AbortController | undefined
  let holders = 0
  let isAhead = false

  const become = (next: LoadState) => {
    current = next
    for (const listener of listeners) listener()
  }

  const show = (task_id: string, signal: AbortSignal): Promise<Task | undefined> =>
    client.call('tasks.show', { project_id: project, task_id }, { signal }).catch((error) => {
      if (error instanceof AgoraError && error.code === 'not_found') return undefined
      throw error
    })

  /** Puts some of those that may be old right. */
  async function freshen(signal: AbortSignal): Promise<void> {
    const ids = [...old].slice(0, AT_ONCE)
    for (const id of ids) old.delete(id)
    try {
      const tasks = await Promise.all(ids.map((id) => show(id, signal)))
      take(tasks.filter((task) => task !== undefined && !task.deleted) as Task[])
      const gone = ids.filter((_, index) => tasks[index] === undefined || tasks[index]?.deleted)
      for (const id of gone) if (store.get(id)) for (const waiter of store.waiters(id)) old.add(waiter)
      store.remove(gone)
    } catch (error) {
      for (const id of ids) old.add(id)
      throw error
    }
  }

  /** Takes in single tasks; what waits for one that is done now, or not any more, is not as it was. */
  function take(tasks: readonly Task[]): void {
    for (const task of tasks) {
      const before = store.get(task.id)
      if (before && (before.status === 'done') === (task.status === 'done')) continue
      for (const waiter of store.waiters(task.id)) old.add(waiter)
    }
    store.put(tasks)
  }

  async function loadAll(signal: AbortSignal): Promise<void> {
    const there = new Set<string>()
    const list = async (status: TaskStatus, limit: number, cursor?: string) => {
      const input = { project_id: project, status, limit, ...(cursor !== undefined && { cursor }) }
      const { items, next_cursor } = await client.call('tasks.list', input, { signal })
      for (const { id } of items) there.add(id)
      return { items, next_cursor }
    }
    const firsts = await Promise.all(order.map((status) => list(status, FIRST_PAGE)))
    store.put(firsts.flatMap(({ items }) => items))
    for (const [index, status] of order.entries()) {
      let cursor = firsts[index]?.next_cursor
      while (cursor !== undefined) {
        const page = await list(status, PAGE, cursor)
        store.put(page.items)
        cursor = page.next_cursor
      }
    }
    // One that was moved meanwhile may have been in no list.
    for (const id of old) there.add(id)
    store.keepOnly(there)
  }

  async function work(): Promise<void> {
    working = new AbortController()
    const { signal } = working
    try {
      while (wanted || old.size > 0) {
        if (old.size > SINGLE_MAX) wanted = true
        if (wanted) {
          wanted = false
          old.clear()
          await loadAll(signal)
        } else await freshen(signal)
      }
      become({ state: 'ready' })
    } catch (error) {
      wanted = true
      if (!signal.aborted) become({ state: 'failed', error })
    } finally {
      working = undefined
      // Let go of, and taken up again before that was noticed.
      if (signal.aborted) go()
    }
  }
  function go(): void {
    if (!working && holders > 0 && (wanted || old.size > 0)) void work()
  }
  function reload(): void {
    wanted = true
    go()
  }
  function refresh(id: string): void {
    old.add(id)
    go()
  }

  return {
    store,
    refresh,
    took(tasks) {
      take(tasks)
      go()
    },
    readAhead() {
      if (isAhead || current.state !== 'loading') return
      isAhead = true
      for (const status of order)
        client.call('tasks.list', { project_id: project, status, limit: FIRST_PAGE }).then(
          ({ items }) => {
            // All are asked for again once changes are heard; these may be older than that answer by now.
            if (current.state === 'loading') store.put(items.filter(({ id }) => !store.get(id)))
          },
          // Told when they are asked for again.
          () => undefined,
        )
    },
    state: () => current,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    hold() {
      holders++
      // Nothing was heard meanwhile; what was seen last is shown until it is renewed.
      if (holders === 1) reload()
      return () => {
        holders--
        if (holders === 0) working?.abort()
      }
    },
    hear(event) {
      if (event.type === 'events.missed') return reload()
      // Of which tasks is not told to a page that does not hold the stream itself.
      if (event.type === 'task.renewed' && event['project_id'] === undefined) return claimed()
      if (event['project_id'] !== project) return
      const { type, subject, entry_type: entry } = event
      if (type === 'task.renewed') return renewed(event['tasks'])
      if (type === 'project.entries' || type === 'project.reinstated' || type === 'project.held') return reload()
      if (type !== 'project.entry') return
      if (typeof entry !== 'string' || event['verdict'] !== 'counts') return
      if (entry.startsWith('task.')) {
        if (typeof subject === 'string' && entry !== 'task.comment') refresh(subject)
      } else if (entry.startsWith('project.') && !harmless.test(entry)) reload()
    },
    retry() {
      become({ state: 'loading' })
      reload()
    },
  }

  function claimed(): void {
    for (const { id, claim } of Object.values(store.columns()).flat()) if (claim) old.add(id)
    go()
  }
  function renewed(tasks: unknown): void {
    if (!Array.isArray(tasks)) return
    const known = (tasks as { id: string; until: string }[]).flatMap(({ id, until }) => {
      const task = store.get(id)
      return task?.claim && !store.isPretended(id) ? [{ ...task, claim: { ...task.claim, until } }] : []
    })
    store.put(known)
  }
}
