import { useCallback, useMemo } from 'react'
import type { Conversation } from '../../../../src/capabilities/messaging/schema.ts'
import { useRead, useReadPages } from '../../app/api.ts'
import { Paused } from './paused.tsx'
import { useSeen } from './seen.ts'

/** A room or thread. What in it names somebody of this node is in an inbox, too: as a conversation, with what is unread of it. */
export type LogPlace = { thread_id: string } | { project_id: string; room_id: string }

function useInboxed(place: LogPlace): Conversation | undefined {
  const { items } = useReadPages('conversations.list', { limit: 100 })
  return items.find(({ last }) => {
    const said = last?.said_in
    if (!said) return false
    if ('thread_id' in place) return said.thread_id === place.thread_id
    return said.project_id === place.project_id && said.room_id === place.room_id
  })
}

/** Says that the talk of agents in a room or thread is paused, when it is. */
export function PausedIn({ place }: { place: LogPlace }) {
  const found = useInboxed(place)
  return found?.paused === true ? <Paused conversation={found.id} messages={found.agent_messages} /> : null
}

const nothing = () => undefined

/** Of an entry that is unread in the operator's inbox: what to call once it was on the screen. */
export function useSeenIn(place: LogPlace): (entry: string) => (() => void) | undefined {
  const found = useInboxed(place)
  const { data } = useRead(
    'conversations.show',
    { id: found?.id ?? '', limit: 100 },
    { enabled: found !== undefined && found.unread > 0 },
  )
  const unread = useMemo(
    () =>
      new Map(
        (data?.items ?? []).flatMap(({ id, unread, said_in }) =>
          unread && said_in ? [[said_in.entry, id] as const] : [],
        ),
      ),
    [data],
  )
  const { see } = useSeen(nothing)
  return useCallback(
    (entry) => {
      const id = unread.get(entry)
      return id === undefined ? undefined : () => see(id)
    },
    [unread, see],
  )
}
