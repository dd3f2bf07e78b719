import { useEffect, useRef, useState } from 'react'

/** More at once is told as a number: nobody can listen to a hundred messages. */
const TOLD_MAX = 3

/** What came in at the end since it was looked at: as a text for a screen reader, and how much of it is still further down. */
export function useArrivals<Item extends { id: string }>(
  items: Item[],
  announce: (item: Item) => string | undefined,
  isAtEnd: boolean,
): { text: string; below: number; seen(): void } {
  const last = useRef<string>(undefined)
  const [text, setText] = useState('')
  const [below, setBelow] = useState(0)
  useEffect(() => {
    const before = last.current
    last.current = items.at(-1)?.id
    if (before === undefined || before === last.current) return
    const index = items.findLastIndex(({ id }) => id === before)
    if (index < 0) return
    const fresh = items.slice(index + 1).flatMap((item) => announce(item) ?? [])
    if (fresh.length === 0) return
    setText(fresh.length > TOLD_MAX ? `${fresh.length} new messages` : fresh.join('. '))
    setBelow((count) => count + fresh.length)
  }, [items, announce])
  useEffect(() => {
    if (isAtEnd) setBelow(0)
  }, [isAtEnd])
  return { text, below: isAtEnd ? 0 : below, seen: () => setBelow(0) }
}
