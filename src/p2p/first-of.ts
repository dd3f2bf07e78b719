import type { Clock } from '../base/clock.ts'
import { AgoraError } from '../base/errors.ts'

/**
 * Makes one attempt for each item, the next when `stagger` ms have passed or all before it have failed. The first that succeeds decides, and the signal of the
 * others aborts. Rejects with the first fault that says more than that nobody answered, else with the last.
 */
export function firstOf<Item, Result>(
  { clock, stagger, signal }: { clock: Clock; stagger: number; signal?: AbortSignal | undefined },
  items: readonly Item[],
  attempt: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController()
  const stop = signal ? AbortSignal.any([signal, over.signal]) : over.signal
  return new Promise((resolve, reject) => {
    let begun = 0
    let running = 0
    let fault: unknown
    let cancel = (): void => undefined

    function begin(): void {
      cancel()
      const item = items[begun++]
      if (item === undefined || stop.aborted) return
      running++
      cancel = clock.after(stagger, begin)
      attempt(item, stop).then(succeeded, failed)
    }

    function succeeded(result: Result): void {
      cancel()
      resolve(result)
      over.abort(new Error('another address answered'))
    }

    function failed(error: unknown): void {
      running--
      if (!(fault instanceof AgoraError) || fault.code === 'unreachable') fault = error
      if (running > 0 || over.signal.aborted) return
      if (begun < items.length && !stop.aborted) begin()
      else reject(signal?.aborted ? signal.reason : fault)
    }

    if (signal?.aborted) reject(signal.reason)
    else begin()
  })
}
