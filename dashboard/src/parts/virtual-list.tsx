import { Box } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useCallback, useEffect, useRef } from 'react'

interface Props<Item> {
  items: Item[]
  /** Stable, so that a row keeps its height and its focus. */
  keyOf(item: Item): string
  row(item: Item, index: number): ReactNode
  /** Px, before it was measured. */
  estimate: number
  /** CSS height of the list. */
  height: string | number
  label: string
  /** `height` is the most it takes; it is shorter when there is little. */
  fit?: boolean
  /** Called when the end comes near; asks for the next page. */
  onEnd?: (() => void) | undefined
  gap?: number
}

/** A list of any length of which only what is seen is in the page. */
export function VirtualList<Item>({
  items,
  keyOf,
  row,
  estimate,
  height,
  label,
  fit = false,
  onEnd,
  gap = 0,
}: Props<Item>) {
  const scroller = useRef<HTMLDivElement>(null)
  const key = useRef(keyOf)
  key.current = keyOf
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    // As long as the items are the same, so is this: all places are reckoned anew otherwise.
    getItemKey: useCallback((index: number) => key.current(items[index] as Item), [items]),
    overscan: 8,
    gap,
  })
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? -1
  useEffect(() => {
    if (onEnd && last >= items.length - 10) onEnd()
  }, [onEnd, last, items.length])
  return (
    <Box
      ref={scroller}
      style={{ [fit ? 'maxHeight' : 'height']: height, overflowY: 'auto' }}
      role="list"
      aria-label={label}
      tabIndex={0}
    >
      <Box style={{ height: virtual.getTotalSize(), position: 'relative' }} role="presentation">
        {shown.map(({ key, index, start }) => (
          <Box
            key={key}
            ref={virtual.measureElement}
            data-index={index}
            role="listitem"
            aria-setsize={items.length}
            aria-posinset={index + 1}
            style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${start}px)` }}
          >
            <Row item={items[index] as Item} index={index} row={row} />
          </Box>
        ))}
      </Box>
    </Box>
  )
}

interface RowProps<Item> {
  item: Item
  index: number
  row: Props<Item>['row']
}
/** Drawn again when whoever shows the list is, and not whenever it scrolls. */
const Row = memo(function OneRow({ item, index, row }: RowProps<unknown>) {
  return row(item, index)
}) as <Item>(props: RowProps<Item>) => ReactNode
