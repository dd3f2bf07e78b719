import { Box, Button, Loader } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { dayOf, dayText } from './days.ts'
import classes from './message-log.module.css'
import { type Ends, endsAround, isWithin, type Stretch, stretchOf } from './stretch.ts'
import { useArrivals } from './use-arrivals.ts'

export interface LogItem {
  id: string
  sent_at: string
}

interface Props<Item extends LogItem> {
  /** Oldest first. */
  items: Item[]
  hasOlder: boolean
  loadOlder(): Promise<void>
  /** Stable; `before` is the message in front of it, when it is there. */
  row(item: Item, before: Item | undefined): ReactNode
  /** How a message that comes in is told to who does not see it; undefined: not at all. */
  announce(item: Item): string | undefined
  label: string
  /** Goes to this message whenever `at` is another. */
  goTo?: { id: string; at: number } | undefined
  empty: ReactNode
}

/** Rows in front of the first that is seen, when older ones are asked for. */
const AHEAD = 30
const END = 60
/** Px of a message that was never measured. */
const ESTIMATE = 76

/** Messages, the newest at the bottom. Of any number of them only those that are seen are in the page. */
export function MessageLog<Item extends LogItem>(props: Props<Item>) {
  const { items, hasOlder, loadOlder, row, announce, label, goTo, empty } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [loading, setLoading] = useState(false)
  const [ends, setEnds] = useState<Ends>({})
  const count = items.length
  const stretch = useMemo(() => stretchOf(items, ends), [items, ends])
  const { from, to } = stretch
  const rows = useMemo(() => items.slice(from, to), [items, from, to])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATE,
    // As long as the rows are the same, so is this: all places are reckoned anew otherwise. The first is told by how many are in front of it, too: what is
    // read stays where it is only when one of the outermost rows has become another.
    getItemKey: useCallback(
      (index: number) => (index === 0 && from > 0 ? `${from} ${rows[0]?.id}` : (rows[index]?.id ?? index)),
      [rows, from],
    ),
    paddingStart: from * ESTIMATE,
    paddingEnd: (count - to) * ESTIMATE,
    overscan: 4,
    // What is read stays where it is while older messages come in above; who is at the end stays there.
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: END,
    // Rows are measured in the frame in which they appear.
    useAnimationFrameWithResizeObserver: false,
  })
  // Begins at the latest message.
  const begun = useRef(false)
  useLayoutEffect(() => {
    if (begun.current || count === 0) return
    begun.current = true
    virtual.scrollToEnd()
  }, [count, virtual])

  const shown = virtual.getVirtualItems()
  const [first, last] = seenOf(virtual, stretch, count)
  const isIn = isWithin(stretch, count, first, last)
  useLayoutEffect(() => {
    if (!isIn) setEnds(endsAround(items, Math.round((first + last) / 2)))
  }, [isIn, items, first, last])
  useEffect(() => {
    if (!hasOlder || loading || !begun.current || first > AHEAD) return
    setLoading(true)
    void loadOlder().finally(() => setLoading(false))
  }, [first, hasOlder, loading, loadOlder])

  const wish = goTo?.at
  const went = useRef<number>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it goes there once for each wish, and not whenever messages come
  useLayoutEffect(() => {
    if (!goTo || went.current === goTo.at) return
    const index = items.findLastIndex(({ id }) => id === goTo.id)
    if (index < 0) return
    const there = index - from
    if (isWithin(stretch, count, index, index)) {
      went.current = goTo.at
      virtual.scrollToIndex(there, { align: 'center' })
    } else if (index < from) virtual.scrollToOffset(index * ESTIMATE)
    else if (index >= to) virtual.scrollToOffset(virtual.getTotalSize() - (count - index) * ESTIMATE)
    // Once it is seen the rows around it come, and with them its place for good.
    else virtual.scrollToOffset(virtual.getOffsetForIndex(there, 'center')?.[0] ?? 0)
  }, [wish, from, to])

  const { text, below, seen } = useArrivals(items, announce, virtual.isAtEnd(END))
  const distant = count > 0 && begun.current && !virtual.isAtEnd(END * 4)
  return (
    <div className={classes['frame']}>
      {count === 0 ? (
        <Box p="md">{empty}</Box>
      ) : (
        <div
          ref={scroller}
          className={classes['scroller']}
          role="feed"
          aria-label={label}
          aria-busy={loading}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by the keys
          tabIndex={0}
        >
          {loading && <Loader size="xs" pos="absolute" left="50%" top={4} aria-label="Loading older messages" />}
          <div className={classes['rows']} style={{ height: virtual.getTotalSize() }}>
            {shown.map(({ key, index, start }) => (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={classes['row']}
                style={{ transform: `translateY(${start}px)` }}
              >
                <Row
                  item={rows[index] as Item}
                  before={items[from + index - 1]}
                  isFirst={from + index === 0 && !hasOlder}
                  row={row}
                />
              </div>
            ))}
          </div>
        </div>
      )}
      {distant && (
        <Button
          className={classes['latest'] as string}
          size="xs"
          radius="xl"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => {
            seen()
            virtual.scrollToEnd()
          }}
        >
          {below > 0 ? `${below} new` : 'Latest'}
        </Button>
      )}
      <div role="log" aria-live="polite" aria-label="New messages" className="agora-visually-hidden">
        {text}
      </div>
    </div>
  )
}

/** The first and the last message that are seen, by their index among all. Where there are no rows, by what they would take. */
function seenOf(virtual: Virtualizer<HTMLDivElement, Element>, { from, to }: Stretch, count: number): [number, number] {
  const { range, scrollOffset, scrollRect } = virtual
  if (!range || scrollOffset === null || !scrollRect) return [count, count]
  const above = from * ESTIMATE - scrollOffset
  const below = scrollOffset - virtual.getTotalSize() + (count - to) * ESTIMATE
  if (above > scrollRect.height || below > 0) {
    const index = above > 0 ? from - Math.ceil(above / ESTIMATE) : to + Math.floor(below / ESTIMATE)
    return [index, index]
  }
  return [from + range.startIndex, from + range.endIndex]
}

interface RowProps<Item> {
  item: Item
  before: Item | undefined
  isFirst: boolean
  row: Props<LogItem & Item>['row']
}
/** Drawn again only when its own message is another, and not whenever something scrolls. */
const Row = memo(function OneRow({ item, before, isFirst, row }: RowProps<LogItem>) {
  const isNewDay = before ? dayOf(before.sent_at) !== dayOf(item.sent_at) : isFirst
  return (
    <>
      {isNewDay && <div className={classes['day']}>{dayText(item.sent_at)}</div>}
      {row(item, isNewDay ? undefined : before)}
    </>
  )
}) as <Item>(props: RowProps<Item>) => ReactNode
