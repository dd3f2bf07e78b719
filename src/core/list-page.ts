import { AgoraError } from '../base/errors.ts'

export const invalidCursor = (): AgoraError =>
  new AgoraError('invalid_cursor', 'cursor: this did not come from an answer of this list.', {
    field: 'cursor',
    hint: 'Give back the cursor of the answer before unchanged, or none to begin.',
  })

/**
 * One page of a list that is small enough to be made anew for each call; the cursor is the id of the last item before it.
 * @throws AgoraError `invalid_cursor`
 */
export function listPage<Item extends { id: string }>(
  all: readonly Item[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { items: Item[]; next_cursor?: string } {
  const before = cursor === undefined ? -1 : all.findIndex(({ id }) => id === cursor)
  if (cursor !== undefined && before < 0) throw invalidCursor()
  const end = before + 1 + limit
  const items = all.slice(before + 1, end)
  const last = items.at(-1)
  return { items, ...(last && end < all.length ? { next_cursor: last.id } : {}) }
}
