import { type Clock, sleep } from '../base/clock.ts'
import type { Client } from '../client/index.ts'
import type { InboxEvent } from './tool.ts'

/** Ms until the events are asked for again where there is no daemon: twice as long each time, up to the longest. */
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 5000

/** What happens in the inbox, from now on and without a gap, whatever becomes of the daemon meanwhile. Resolves when `signal` aborts. */
export async function follow(
  clock: Clock,
  client: () => Promise<Client>,
  listener: (event: InboxEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  let after: number | undefined
  let wait = FIRST_PAUSE
  while (!signal.aborted) {
    try {
      const from = await client()
      // A daemon that has gone may come back elsewhere: where, is looked up for each attempt.
      const onPosition = (seq: number) => {
        after = seq
        wait = FIRST_PAUSE
      }
      const options = { types: ['message.', 'project.'], resume: false, onPosition, signal }
      const events = from.events(after === undefined ? options : { ...options, after })
      for await (const { seq: _, at: __, type, inbox: ___, ...data } of events) listener({ type, data })
    } catch {
      // No daemon now, or one that has stopped: whatever is called meanwhile says so.
    }
    // Ended before its time by the same signal as the loop.
    await sleep(clock, wait, signal).catch(() => undefined)
    wait = Math.min(wait * 2, LONGEST_PAUSE)
  }
}
