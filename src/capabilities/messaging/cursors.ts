import { invalidCursor } from '../../core/list-page.ts'

/**
 * Positions as cursors: opaque to callers, checked when they come back. A list that goes back in time has its own, so that a
 * cursor of history, given to a read of new mail by mistake, marks nothing as shown.
 */
type Way = 'forward' | 'back'
const letters: Record<Way, string> = { forward: 'c', back: 'b' }

export const cursorOf = (position: number, way: Way): string => letters[way] + position.toString(36)

export function positionOf(cursor: string | undefined, otherwise: number, way: Way): number {
  if (cursor === undefined) return otherwise
  const position =
    cursor[0] === letters[way] && /^.[0-9a-z]{1,10}$/.test(cursor) ? Number.parseInt(cursor.slice(1), 36) : Number.NaN
  if (Number.isSafeInteger(position)) return position
  throw invalidCursor()
}
