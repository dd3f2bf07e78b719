import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { ApiEvent } from '../../../../src/client/index.ts'
import type { Input, Output } from '../../../../src/operations.ts'
import { tellFailure, useClient } from '../../app/api.ts'
import { useEach } from '../../app/live-context.tsx'
import { type Log, olderAdded, type Page, reread } from './pages.ts'

/** Operations that answer what was said somewhere, newest first, page by page back in time. */
type LogOperation = 'rooms.read' | 'threads.read' | 'conversations.show'
export type Said<Name extends LogOperation> =
  Output<Name> extends { items: (infer One extends { id: string })[] } ? One : never

/** What an event means for a log: these are new in it, it changes what was read in this way, or any of it may be another now. */
export type Heard<Item> = { fresh: string[] } | { change(items: Item[]): Item[] } | 'all' | undefined

const FIRST = 100
const OLDER = 200
/** When much is read at once. */
const MOST = 500
/** Events of one deed come together. */
const GATHER = 50
/** Messages that are read to come to one that was asked for. */
const SEEK_MAX = 20_000

export interface TalkLog<Item> {
  /** Oldest first; undefined until the first answer. */
  items: Item[] | undefined
  error: Error | null
  retry(): void
  hasOlder: boolean
  loadOlder(): Promise<void>
  /** Changes what is shown before, or without, asking again. */
  change(apply: (items: Item[]) => Item[]): void
  /** Grows when something that was read before is another now. */
  changes: number
  /** Reads back until this one is there; false when it is not to be found. */
  seek(id: string): Promise<boolean>
}

/**
 * A log of any length, of which the latest part is here, kept as it is by events. It is not asked for again as a whole: only where something is new.
 * `heard` says what an event means for it; it must be stable.
 */
export function useTalkLog<Name extends LogOperation>(
  name: Name,
  input: Omit<Input<Name>, 'limit' | 'cursor'>,
  heard: (event: ApiEvent) => Heard<Said<Name>>,
): TalkLog<Said<Name> & { id: string }> {
  type Item = Said<Name> & { id: string }
  const client = useClient()
  const queries = useQueryClient()
  const place = JSON.stringify(input)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `place` is the input
  const key = useMemo(() => [name, input, 'log'], [name, place])
  const wanted = useRef<{ ids: Set<string>; all: boolean }>({ ids: new Set(), all: false })

  const read = useCallback(
    (cursor: string | undefined, limit: number, signal?: AbortSignal): Promise<Page<Item>> =>
      (client.call as (name: string, input: object, options: object) => Promise<Page<Item>>)(
        name,
        { ...(key[1] as object), limit, ...(cursor === undefined ? {} : { cursor }) },
        signal ? { signal } : {},
      ),
    [client, name, key],
  )
  const kept = useCallback(() => queries.getQueryData<Log<Item>>(key), [queries, key])

  const query = useQuery<Log<Item>, Error>({
    queryKey: key,
    // Events are heard here, more finely than by the general refreshing.
    meta: { live: true },
    // What nobody hears events for would be old when it is looked at again.
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const { ids, all } = wanted.current
      wanted.current = { ids: new Set(), all: false }
      try {
        return await reread<Item>((cursor, more) => read(cursor, more ? MOST : FIRST, signal), kept, { ids, all })
      } catch (error) {
        for (const id of ids) wanted.current.ids.add(id)
        wanted.current.all ||= all
        throw error
      }
    },
    structuralSharing: false,
  })

  const change = useCallback(
    (apply: (items: Item[]) => Item[]) =>
      void queries.setQueryData<Log<Item>>(key, (log) => log && { ...log, items: apply(log.items) }),
    [queries, key],
  )
  const [changes, setChanges] = useState(0)
  const refresh = useRefresh(query.refetch)
  useEach(
    useCallback(
      (event) => {
        const what = event.type === 'events.missed' ? 'all' : heard(event)
        if (what === undefined) return
        if (what !== 'all' && 'change' in what) {
          change(what.change as (items: Item[]) => Item[])
          return setChanges((count) => count + 1)
        }
        if (what === 'all') wanted.current.all = true
        else for (const id of what.fresh) wanted.current.ids.add(id)
        refresh()
      },
      [heard, refresh, change],
    ),
  )

  const loading = useRef<Promise<void>>(undefined)
  const loadOlder = useCallback(
    (limit = OLDER): Promise<void> => {
      const older = kept()?.older
      if (older === undefined) return Promise.resolve()
      loading.current ??= read(older, limit)
        .then((page) =>
          queries.setQueryData<Log<Item>>(key, (log) => (log?.older === older ? olderAdded(log, page) : log)),
        )
        .then(() => undefined, tellFailure)
        .finally(() => {
          loading.current = undefined
        })
      return loading.current
    },
    [read, kept, queries, key],
  )
  const seek = useCallback(
    async (id: string): Promise<boolean> => {
      for (let looked = -1; ; ) {
        const log = kept()
        if (!log) return false
        if (log.items.some((item) => item.id === id)) return true
        // Nothing more came, or enough has.
        if (log.items.length === looked || log.items.length > SEEK_MAX || log.older === undefined) return false
        looked = log.items.length
        await loadOlder(MOST)
      }
    },
    [kept, loadOlder],
  )
  return {
    items: query.data?.items,
    error: query.error,
    retry: () => void query.refetch(),
    hasOlder: query.data?.older !== undefined,
    loadOlder: useCallback(() => loadOlder(), [loadOlder]),
    change,
    changes,
    seek,
  }
}

/** Asks again a moment later, once for all that comes until then, and once more for what comes while it asks. */
function useRefresh(refetch: (options: { cancelRefetch: boolean }) => Promise<unknown>): () => void {
  const ask = useRef(refetch)
  useEffect(() => {
    ask.current = refetch
  }, [refetch])
  const [refresh] = useState(() => {
    let state: 'idle' | 'gathering' | 'asking' | 'again' = 'idle'
    const run = async () => {
      state = 'asking'
      await ask.current({ cancelRefetch: false })
      const next = state as 'asking' | 'again'
      state = 'idle'
      if (next === 'again') begin()
    }
    const begin = () => {
      if (state === 'asking') state = 'again'
      if (state !== 'idle') return
      state = 'gathering'
      setTimeout(() => void run(), GATHER)
    }
    return begin
  })
  return refresh
}
