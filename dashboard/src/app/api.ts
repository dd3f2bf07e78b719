import { notifications } from '@mantine/notifications'
import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { createContext, createElement, type ReactNode, useContext } from 'react'
import { AgoraError, messageOf } from '../../../src/base/errors.ts'
import { displayText } from '../../../src/base/text.ts'
import type { Client } from '../../../src/client/index.ts'
import type { Input, OperationName, Output } from '../../../src/operations.ts'

/** How the pages reach the daemon: operations of the table, by the typed client, and nothing else. */

const ClientContext = createContext<Client | undefined>(undefined)

export const ClientProvider = ({ client, children }: { client: Client; children: ReactNode }) =>
  createElement(ClientContext.Provider, { value: client }, children)

export function useClient(): Client {
  const client = useContext(ClientContext)
  if (!client) throw new TypeError('there is no client above this component')
  return client
}

/** Under which an answer is kept: events name operations by it. */
export const keyOf = <Name extends OperationName>(name: Name, input?: Partial<Input<Name>>): [Name, object] => [
  name,
  input ?? {},
]

interface ReadOptions {
  /** false: not asked for now. */
  enabled?: boolean
  /** Shows what another input was answered until this one's answer comes. */
  keep?: boolean
}

/** The answer of a reading operation, kept fresh by events. */
export function useRead<Name extends OperationName>(
  name: Name,
  input: Input<Name>,
  { enabled = true, keep = false }: ReadOptions = {},
): UseQueryResult<Output<Name>, Error> {
  const client = useClient()
  return useQuery<Output<Name>, Error>({
    queryKey: keyOf(name, input as Partial<Input<Name>>),
    queryFn: ({ signal }) => (client.call as Call)(name, input, { signal }),
    enabled,
    ...(keep && { placeholderData: keepPreviousData as never }),
  })
}

/** What a page reaches the daemon by, and keeps its answers in. */
export interface Reach {
  client: Client
  queries: QueryClient
}

/** Asks for what a page will need, so that the answer comes while the page itself does. An error is told when it asks by itself. */
export function readAhead<Name extends OperationName>({ client, queries }: Reach, name: Name, input: Input<Name>) {
  void queries.prefetchQuery({
    queryKey: keyOf(name, input as Partial<Input<Name>>),
    queryFn: ({ signal }) => (client.call as Call)(name, input, { signal }),
  })
}

/** What answers a page, and says where the next begins. */
type Paged = { items: unknown[]; next_cursor?: string | undefined }
type PagedName = { [Name in OperationName]: Output<Name> extends Paged ? Name : never }[OperationName]
type Item<Name extends PagedName> = Output<Name> extends { items: (infer One)[] } ? One : never

export interface Pages<Name extends PagedName> {
  /** For `Answer`: loading, error, and all the items so far. */
  read: UseInfiniteQueryResult<Item<Name>[], Error>
  items: Item<Name>[]
  /** Asks for the next page; undefined when there is none, or it is under way. */
  more: (() => void) | undefined
}

/** A listing operation, a page at a time, kept fresh by events. */
export function useReadPages<Name extends PagedName>(
  name: Name,
  input: Input<Name>,
  { enabled = true }: Pick<ReadOptions, 'enabled'> = {},
): Pages<Name> {
  const client = useClient()
  const read = useInfiniteQuery({
    // Other than an answer's own, for what is kept under it has another shape.
    queryKey: [...keyOf(name, input as Partial<Input<Name>>), 'pages'],
    queryFn: ({ signal, pageParam }) =>
      (client.call as Call)(
        name,
        { ...(input as object), ...(pageParam !== undefined && { cursor: pageParam }) } as Input<Name>,
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last as Paged).next_cursor,
    select: ({ pages }) => pages.flatMap((page) => (page as Paged).items as Item<Name>[]),
    enabled,
  })
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = read
  return {
    read,
    items: data ?? [],
    more: hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined,
  }
}

/** The answers of one operation to several inputs; those that have not come are undefined. */
export function useReads<Name extends OperationName>(
  name: Name,
  inputs: readonly Input<Name>[],
): (Output<Name> | undefined)[] {
  const client = useClient()
  return useQueries({
    queries: inputs.map((input) => ({
      queryKey: keyOf(name, input as Partial<Input<Name>>),
      queryFn: ({ signal }: { signal: AbortSignal }) => (client.call as Call)(name, input, { signal }),
    })),
    combine: dataOf as (results: { data?: unknown }[]) => (Output<Name> | undefined)[],
  })
}
// The same function each time, so that an unchanged answer stays the same thing.
const dataOf = (results: { data?: unknown }[]) => results.map(({ data }) => data)

// The client's own arguments depend on whether an operation takes anything.
type Call = <Name extends OperationName>(
  name: Name,
  input: Input<Name>,
  options?: { signal?: AbortSignal },
) => Promise<Output<Name>>

export interface ActOptions<Name extends OperationName> {
  /** Shows the effect at once, before the daemon answers; what it changes through `patch` is put back when it is refused. */
  optimistic?: (input: Input<Name>, patch: Patch) => void
  /** What went well, said in a notice. Nothing when the page shows it by itself. */
  done?: string | ((output: Output<Name>, input: Input<Name>) => string)
  onDone?: (output: Output<Name>, input: Input<Name>) => void
  /** false: the caller shows what went wrong itself, e.g. beside a field. */
  tellError?: boolean
}

/** Changes kept answers of one operation, also each page of a listing; `where` chooses by their input. */
export type Patch = <Name extends OperationName>(
  name: Name,
  change: (output: Output<Name>, input: Input<Name>) => Output<Name>,
  where?: (input: Input<Name>) => boolean,
) => void

/** A changing operation: `act.mutate(input)`. Its error is told in a notice, with the hint, unless `tellError` is false. */
export function useAct<Name extends OperationName>(
  name: Name,
  { optimistic, done, onDone, tellError = true }: ActOptions<Name> = {},
): UseMutationResult<Output<Name>, Error, Input<Name>, (() => void) | undefined> {
  const client = useClient()
  const queries = useQueryClient()
  return useMutation<Output<Name>, Error, Input<Name>, (() => void) | undefined>({
    mutationKey: [name],
    mutationFn: (input) => (client.call as Call)(name, input),
    // Before anything is awaited, so that it shows in this very frame.
    onMutate: (input) => (optimistic ? patching(queries, (patch) => optimistic(input, patch)) : undefined),
    onSuccess: (output, input) => {
      const text = typeof done === 'function' ? done(output, input) : done
      if (text !== undefined) notifications.show({ message: displayText(text), color: 'green' })
      onDone?.(output, input)
    },
    onError: (error, _input, undo) => {
      undo?.()
      if (tellError) tellFailure(error)
    },
    onSettled: () => refreshAfter(queries, name),
  })
}

/** Runs `change`; the function it returns puts everything back. */
function patching(queries: QueryClient, change: (patch: Patch) => void): () => void {
  const before: [readonly unknown[], unknown][] = []
  change((name, apply, where) => {
    const found = queries.getQueryCache().findAll({ queryKey: [name] })
    for (const { queryKey, state } of found) {
      if (state.data === undefined || (where && !where(queryKey[1] as never))) continue
      // An answer already under way would show the state from before.
      void queries.cancelQueries({ queryKey, exact: true })
      before.push([queryKey, state.data])
      const input = queryKey[1] as never
      const change = (data: unknown) => apply(data as never, input)
      const pages = queryKey[2] === 'pages' ? (state.data as InfiniteData<unknown>) : undefined
      queries.setQueryData(queryKey, pages ? { ...pages, pages: pages.pages.map(change) } : change(state.data))
    }
  })
  return () => {
    for (const [key, data] of before.reverse()) queries.setQueryData(key, data)
  }
}

/** What a change touches is asked for again by the events it causes; what causes none, here. */
function refreshAfter(queries: QueryClient, name: OperationName): Promise<void> {
  const group = name.slice(0, name.indexOf('.') + 1)
  return queries.invalidateQueries({ predicate: ({ queryKey: [key] }) => String(key).startsWith(group) })
}

export function tellFailure(error: unknown): void {
  const { title, detail } = failureText(error)
  notifications.show({ title, message: detail, color: 'red', autoClose: 10_000, role: 'alert' })
}

/** An error in words for a person: what happened, and what to do. The daemon may name in it what others wrote. */
export function failureText(error: unknown): { title: string; detail: string; code: string } {
  if (error instanceof AgoraError) {
    const { message, field, hint = '', code } = error
    // A program is told which field is wrong; a person sees it.
    const title = field !== undefined && message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message
    return { title: displayText(title), detail: displayText(hint), code }
  }
  return { title: 'Something went wrong in the dashboard.', detail: messageOf(error), code: 'internal' }
}
