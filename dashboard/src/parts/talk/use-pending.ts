import { useCallback, useMemo, useState } from 'react'
import type { TalkLog } from './talk-log.ts'

const MARK = 'pending:'
let count = 0
/** Of a message that is shown before it was signed. */
export const pendingId = (): string => `${MARK}${++count}`
export const isPending = ({ id }: { id: string }): boolean => id.startsWith(MARK)

/** What is being said: shown at once behind what was said, and taken back when it is refused. */
export function usePending<Item extends { id: string }>({ items, change }: Pick<TalkLog<Item>, 'items' | 'change'>) {
  const [pending, setPending] = useState<Item[]>([])
  const say = useCallback(
    async (draft: Item, send: () => Promise<Item>): Promise<Item> => {
      setPending((all) => [...all, draft])
      try {
        const said = await send()
        change((known) => (known.some(({ id }) => id === said.id) ? known : [...known, said]))
        return said
      } finally {
        setPending((all) => all.filter((one) => one !== draft))
      }
    },
    [change],
  )
  const all = useMemo(() => (items && pending.length > 0 ? [...items, ...pending] : items), [items, pending])
  return { items: all, say }
}
