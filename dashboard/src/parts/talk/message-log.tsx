import { Box, Button, Loader } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { dayOf, dayText } from './days.ts'
import classes from './message-log.module.css'
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

/** Messages, the newest at the bottom. Of any number of them only those that are seen are in the page. */
export function MessageLog<Item extends LogItem>(props: Props<Item>) {
  const { items, hasOlder, loadOlder, row, announce, label, goTo, empty } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [loading, setLoading] = useState(false)
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 76,
    getItemKey: (index) => items[index]?.id ?? index,
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
    if (begun.current || items.length === 0) return
    begun.current = true
    virtual.scrollToEnd()
  }, [items.length, virtual])

  const first = virtual.range?.startIndex ?? items.length
  useEffect(() => {
    if (!hasOlder || loading || !begun.current || first > AHEAD) return
    setLoading(true)
    void loadOlder().finally(() => setLoading(false))
  }, [first, hasOlder, loading, loadOlder])

  const wish = goTo?.at
  // biome-ignore lint/correctness/useExhaustiveDependencies: it goes there once for each wish, and not whenever messages come
  useEffect(() => {
    const index = goTo ? items.findLastIndex(({ id }) => id === goTo.id) : -1
    if (index < 0) return
    virtual.scrollToIndex(index, { align: 'center' })
  }, [wish])

  const { text, below, seen } = useArrivals(items, announce, virtual.isAtEnd(END))
  const shown = virtual.getVirtualItems()
  const distant = items.length > 0 && begun.current && !virtual.isAtEnd(END * 4)
  return (
    <div className={classes['frame']}>
      {items.length === 0 ? (
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
                  item={items[index] as Item}
                  before={items[index - 1]}
                  isFirst={index === 0 && !hasOlder}
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
