/** How pages of a log, read from its end back, are put together. Without React, so that it can be tried by itself. */

interface Thing {
  id: string
}

/** As the API answers it: newest first. */
export interface Page<Item> {
  items: Item[]
  next_cursor?: string | undefined
}

/** What was read of a log: its latest part, oldest first, and where what is older goes on. */
export interface Log<Item> {
  items: Item[]
  older: string | undefined
}

export const olderAdded = <Item>({ items }: Log<Item>, page: Page<Item>): Log<Item> => ({
  items: [...page.items.toReversed(), ...items],
  older: page.next_cursor,
})

/**
 * Reads the end of a log anew and joins it to what was read before. It reads back as far as it must: until all of `ids` were found, or, with `all`, as far as
 * was read before; what comes late may have its place further up.
 * @param read a page from the cursor on; `more`: a big one.
 * @param kept what is known when it has read: older pages may have come meanwhile.
 */
export async function reread<Item extends Thing>(
  read: (cursor: string | undefined, more: boolean) => Promise<Page<Item>>,
  kept: () => Log<Item> | undefined,
  { ids, all }: { ids: ReadonlySet<string>; all: boolean },
): Promise<Log<Item>> {
  const missing = new Set(ids)
  const before = kept()?.items.length ?? 0
  const fresh: Item[] = []
  let cursor: string | undefined
  for (;;) {
    const page = await read(cursor, fresh.length > 0)
    for (const item of page.items) missing.delete(item.id)
    fresh.push(...page.items)
    cursor = page.next_cursor
    const whole = { items: fresh.toReversed(), older: cursor }
    const log = kept()
    if (!log || cursor === undefined) return whole
    if (missing.size === 0 && !all) {
      // What was read before goes on above what was read now.
      const oldest = fresh.at(-1)
      const seam = oldest === undefined ? -1 : log.items.findLastIndex(({ id }) => id === oldest.id)
      if (seam >= 0) return { items: [...log.items.slice(0, seam), ...whole.items], older: log.older }
    }
    const isLost = missing.size > 0 && fresh.length > before
    if (fresh.length >= log.items.length && (missing.size === 0 || all || isLost)) return whole
  }
}
