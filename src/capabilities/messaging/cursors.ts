import { AgoraError } from '../../base/errors.ts'

/** Positions as cursors: opaque to callers, checked when they come back. */
export const cursorOf = (position: number): string => `c${position.toString(36)}`

export function positionOf(cursor: string | undefined, otherwise: number): number {
  if (cursor === undefined) return otherwise
  const position = /^c[0-9a-z]{1,10}$/.test(cursor) ? Number.parseInt(cursor.slice(1), 36) : Number.NaN
  if (Number.isSafeInteger(position)) return position
  throw new AgoraError('invalid_cursor', 'cursor: this did not come from an answer of this list.', {
    field: 'cursor',
    hint: 'Give back the cursor of the answer before unchanged, or none to begin.',
  })
}
