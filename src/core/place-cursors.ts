import type { Place } from '../log/types.ts'
import { invalidCursor } from './list-page.ts'

/** Places in an order of (lamport, id) as cursors: opaque to callers, checked when they come back. */
export interface PlaceCursors {
  write(place: Place): string
  /** @throws AgoraError `invalid_cursor` */
  read(cursor: string | undefined): Place | undefined
}

/** @param letter tells cursors of one kind of list from those of others. */
export function placeCursors(letter: string, id: RegExp): PlaceCursors {
  const form = new RegExp(`^${letter}([0-9a-z]{1,11})\\.(${id.source})$`)
  return {
    write: ({ lamport, id }) => `${letter}${lamport.toString(36)}.${id}`,
    read(cursor) {
      if (cursor === undefined) return undefined
      const [, lamport, id] = form.exec(cursor) ?? []
      if (lamport === undefined || id === undefined) throw invalidCursor()
      return { lamport: Number.parseInt(lamport, 36), id }
    },
  }
}

/** Of lists of a log's entries. */
export const entryCursors = placeCursors('e', /[1-9A-HJ-NP-Za-km-z]{40,44}/)

/** One page of entries with what it is shown as, and the cursor that goes on behind it. Those that are shown as nothing are left out. */
export function entryPage<Entry extends Place, Item>(
  entries: readonly Entry[],
  limit: number,
  show: (entry: Entry) => Item | undefined,
): { items: Item[]; next_cursor?: string } {
  const last = entries.at(-1)
  return {
    items: entries.map(show).filter((item) => item !== undefined),
    ...(last && entries.length === limit ? { next_cursor: entryCursors.write(last) } : {}),
  }
}
