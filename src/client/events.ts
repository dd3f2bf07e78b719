import { type Clock, sleep } from '../base/clock.ts'
import { AgoraError } from '../base/errors.ts'
import { parseEvents } from './sse.ts'

/** Something that happened, as `GET /events` tells it, with the fields of its type. */
export interface ApiEvent {
  seq: number
  /** RFC 3339. */
  at: string
  type: string
  inbox?: string
  [field: string]: unknown
}

export interface EventOptions {
  /** Continue after this number; without it, begins with what happens next. */
  after?: number
  /** Beginnings of the types wanted: `['message.', 'peer.']`. */
  types?: string[]
  /** false: ends when the stream does, rather than to come back to the same URL. */
  resume?: boolean
  /** Told the number to continue after, also while nothing happens. */
  onPosition?(seq: number): void
  signal?: AbortSignal
}

interface Link {
  send(path: string, init: RequestInit): Promise<Response>
  clock: Clock | undefined
}

const FIRST_PAUSE = 250
const LONGEST_PAUSE = 10_000

/** Unlike the daemon's, these timers keep the process alive: waiting to come back is all it does. */
const wakefulClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

export async function* followEvents(link: Link, options: EventOptions): AsyncGenerator<ApiEvent, void, undefined> {
  const { send, clock = wakefulClock } = link
  const { signal, resume = true } = options
  const path = options.types?.length ? `/events?types=${encodeURIComponent(options.types.join(','))}` : '/events'
  let last = options.after === undefined ? undefined : String(options.after)
  let pause = FIRST_PAUSE
  let reachedOnce = false
  while (!signal?.aborted) {
    try {
      const headers = { Accept: 'text/event-stream', ...(last !== undefined && { 'Last-Event-ID': last }) }
      const response = await send(path, { headers, ...(signal && { signal }) })
      if (!response.body) throw new AgoraError('internal', 'An event stream without content.')
      reachedOnce = true
      pause = FIRST_PAUSE
      for await (const { id, data } of parseEvents(response.body)) {
        // Handed over counts as told: whoever stops in the middle of an event begins with the next.
        last = id ?? last
        if (data !== '') yield JSON.parse(data) as ApiEvent
        if (id !== undefined) options.onPosition?.(Number(id))
      }
    } catch (error) {
      if (signal?.aborted) return
      if (!(resume && reachedOnce && isPassing(error))) throw error
    }
    if (!resume) return
    // Half of it by chance, so that many who were cut off at once do not come back at once.
    await sleep(clock, pause * (0.5 + Math.random() / 2), signal).catch(() => undefined)
    pause = Math.min(pause * 2, LONGEST_PAUSE)
  }
}

/** Whether coming back later may help. A stream that breaks ends with a TypeError of `fetch`. */
const isPassing = (error: unknown): boolean =>
  error instanceof AgoraError ? error.kind === 'unavailable' || error.kind === 'limited' : error instanceof TypeError
