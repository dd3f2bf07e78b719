import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient } from '../../app/api.ts'

/** Marked together: whoever reads down a page sees many. */
const GATHER = 400

/**
 * Says of messages that they were seen, once somebody can have: their end is within the window, and the window is the one that is looked at.
 * `fresh` are those that were not before; they keep their mark while the conversation stays open.
 */
export function useSeen(onSeen: (ids: string[]) => void): { see(id: string): void; fresh: ReadonlySet<string> } {
  const client = useClient()
  const waiting = useRef(new Set<string>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())

  const flush = useCallback(() => {
    timer.current = undefined
    // It may be on a screen at which nobody looks now.
    if (!document.hasFocus() || document.visibilityState !== 'visible') return
    const ids = [...waiting.current].slice(0, 500)
    if (ids.length === 0) return
    for (const id of ids) waiting.current.delete(id)
    client.call('messages.seen', { ids }).then(
      () => {
        setFresh((known) => new Set([...known, ...ids]))
        onSeen(ids)
      },
      // Not reached: they stay unread, and are seen when they are looked at again.
      () => undefined,
    )
  }, [client, onSeen])

  useEffect(() => {
    window.addEventListener('focus', flush)
    document.addEventListener('visibilitychange', flush)
    return () => {
      clearTimeout(timer.current)
      window.removeEventListener('focus', flush)
      document.removeEventListener('visibilitychange', flush)
    }
  }, [flush])

  const see = useCallback(
    (id: string) => {
      waiting.current.add(id)
      timer.current ??= setTimeout(flush, GATHER)
    },
    [flush],
  )
  return { see, fresh }
}
