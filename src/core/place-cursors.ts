import { AgoraError } from '../base/errors.ts'
import type { Place } from '../log/types.ts'

/** Places in a log as cursors of lists of its entries: opaque to callers, checked when they come back. */
const placeCursor = ({ lamport, id }: Place): string => `e${lamport.toString(36)}.${id}`

/** @throws AgoraError `invalid_cursor` */
export function readPlaceCursor(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined
  const [, lamport = '', id = ''] = /^e([0-9a-z]{1,11})\.([1-9A-HJ-NP-Za-km-z]{40,44})$/.exec(cursor) ?? []
  if (id !== '') return { lamport: Number.parseInt(lamport, 36), id }
  throw new AgoraError('invalid_cursor', 'cursor: this did not come from an answer of this list.', {
    field: 'cursor',
    hint: 'Give back the cursor of the answer before unchanged, or none to begin.',
  })
}

/** One page of entries with what it is shown as, and the cursor that goes on behind it. Those that are shown as nothing are left out. */
export function entryPage<Entry extends Place, Item>(
  entries: readonly Entry[],
  limit: number,
  show: (entry: Entry) => Item | undefined,
): { items: Item[]; next_cursor?: string } {
  const last = entries.at(-1)
  return {
    items: entries.map(show).filter((item) => item !== undefined),
    ...(last && entries.length === limit ? { next_cursor: placeCursor(last) } : {}),
  }
}
