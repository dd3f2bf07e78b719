import { useNavigate, useSearch } from '@tanstack/react-router'

/** What of the messages is looked at; it stands in the address, so that other pages can lead there. */
export type Place =
  | { at: 'nothing' }
  | { at: 'new'; to: string | undefined }
  | { at: 'requests' }
  | { at: 'outbox' }
  | { at: 'conversation'; id: string }
  | { at: 'thread'; id: string }
  | { at: 'room'; project: string; room: string; message?: string | undefined }

export interface PlaceProps {
  place: Place
  go(place: Place): void
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined

/** `?conversation=…`, `?thread=…`, `?project=…&room=…`, `?view=requests`, `?view=outbox`, `?view=new&to=…`. */
export function placeIn(search: Record<string, unknown>): Place {
  const [conversation, thread, project] = [search['conversation'], search['thread'], search['project']].map(text)
  if (conversation !== undefined) return { at: 'conversation', id: conversation }
  if (thread !== undefined) return { at: 'thread', id: thread }
  if (project !== undefined)
    return { at: 'room', project, room: text(search['room']) ?? 'main', message: text(search['message']) }
  if (search['view'] === 'requests' || search['view'] === 'outbox') return { at: search['view'] }
  return search['view'] === 'new' ? { at: 'new', to: text(search['to']) } : { at: 'nothing' }
}

function searchOf(place: Place): Record<string, string> {
  switch (place.at) {
    case 'nothing':
      return {}
    case 'new':
      return { view: 'new', ...(place.to === undefined ? {} : { to: place.to }) }
    case 'conversation':
      return { conversation: place.id }
    case 'thread':
      return { thread: place.id }
    case 'room':
      return {
        project: place.project,
        room: place.room,
        ...(place.message === undefined ? {} : { message: place.message }),
      }
    default:
      return { view: place.at }
  }
}

export function usePlace(): [Place, (place: Place) => void] {
  const search = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  return [placeIn(search), (place) => void navigate({ to: '/messages', search: searchOf(place) as never })]
}
