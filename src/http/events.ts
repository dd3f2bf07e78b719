import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import { type Clock, every, rfc3339 } from '../base/clock.ts'
import { queryInt } from '../contract/common.ts'
import { type AgoraEvent, concerns, type Events } from '../core/events.ts'

/** What `GET /events` takes in its query. */
export const EventsInput = z.object({
  /** Continue after the event of this number. The header Last-Event-ID, which browsers send by themselves, goes before it. */
  after: queryInt(0, Number.MAX_SAFE_INTEGER).optional(),
  /** Beginnings of the types wanted, separated by commas: `message.,peer.`. */
  types: z.string().max(1000).optional(),
})

const HEARTBEAT = 15_000
const QUEUE_MAX = 1000
const PAGE = 200

export interface EventStreamParts {
  clock: Clock
  events: Events
  /** Whose events: `operator` sees all. */
  inbox: string
  /** Continue after this number; undefined begins with what happens next. */
  after: number | undefined
  types: string | undefined
  /** Ends the stream. */
  signal: AbortSignal
  /** Asked before anything is told. */
  stillAllowed(): boolean
}

/**
 * Tells events to one reader as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), in order, each once,
 * until the reader goes or `signal` aborts. First from disk; then, from the very turn in which the disk has no more, from a
 * queue that commits fill. A reader so slow that its queue is full continues from disk, so it costs bounded memory and misses nothing.
 */
export async function streamEvents(res: ServerResponse, parts: EventStreamParts): Promise<void> {
  const { clock, events, inbox, after, signal } = parts
  const wanted = wantedBy(inbox, parts.types)
  const latest = events.latest()
  /** Everything up to here has been told, or is not for this reader. */
  let position = Math.min(after ?? latest, latest)
  /** What the reader waits for live; undefined while it reads from disk. */
  let queue: AgoraEvent[] | undefined
  let wake: (() => void) | undefined
  let done = signal.aborted

  const finish = () => {
    done = true
    wake?.()
  }
  const onDrain = () => wake?.()
  const sleeping = () => new Promise<void>((resolve) => (wake = resolve))
  const write = async (text: string) => {
    if (done || res.destroyed || !parts.stillAllowed()) return finish()
    let ready = res.write(text)
    while (!ready && !done) {
      await sleeping()
      ready = !res.writableNeedDrain
    }
  }

  const unsubscribe = events.subscribe((event) => {
    // It may be this reader's own, and nothing else that it waits for may come for long.
    if (event.type === 'session.ended' && !parts.stillAllowed()) return finish()
    if (!queue) return
    if (queue.length >= QUEUE_MAX) queue = undefined
    else queue.push(event)
    wake?.()
  })
  // Names the position too, so that a reader comes back to where it is even when nothing concerned it for long.
  const stopHeartbeat = every(clock, HEARTBEAT, () => {
    if (!parts.stillAllowed()) finish()
    else if (!res.destroyed && !res.writableNeedDrain) res.write(`: still here\nid: ${position}\n\n`)
  })
  signal.addEventListener('abort', finish, { once: true })
  res.on('drain', onDrain)
  res.on('close', finish)
  // Stays: writing to a reader who has just gone must not end the daemon.
  res.on('error', finish)
  try {
    res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', Connection: 'close' })
    await write(`id: ${position}\n\n`)
    // The reader knows more than this node: its database was replaced.
    if (after !== undefined && after > latest) await write(missed(clock, position, after - latest))
    while (!done) {
      if (!queue) {
        const page = events.after(position, PAGE)
        const [first] = page
        if (!first) queue = []
        // Old events are trimmed; the numbers have no gaps else.
        else if (first.seq > position + 1) await write(missed(clock, first.seq - 1, first.seq - 1 - position))
        await tell(page)
      } else if (queue.length > 0) {
        const batch = queue
        queue = []
        await tell(batch)
      } else await sleeping()
    }
  } finally {
    unsubscribe()
    stopHeartbeat()
    signal.removeEventListener('abort', finish)
    res.off('drain', onDrain)
    res.off('close', finish)
    res.end()
  }

  async function tell(batch: AgoraEvent[]) {
    for (const event of batch) {
      if (done) return
      if (wanted(event)) await write(event.seq === 0 ? passingText(event, position) : eventText(event))
      if (event.seq > 0) position = event.seq
    }
  }
}

function wantedBy(inbox: string, types: string | undefined): (event: AgoraEvent) => boolean {
  const prefixes = (types ?? '').split(',').filter((prefix) => prefix !== '')
  return (event) =>
    concerns(event, inbox) && (prefixes.length === 0 || prefixes.some((prefix) => event.type.startsWith(prefix)))
}

const dataText = ({ seq, at, type, inbox, data }: AgoraEvent): string =>
  `event: ${type}\ndata: ${JSON.stringify({ ...data, seq, at: rfc3339(at), type, inbox })}\n\n`

const eventText = (event: AgoraEvent): string => `id: ${event.seq}\n${dataText(event)}`
/** Without an id: whoever comes back continues after what was kept. */
const passingText = (event: AgoraEvent, position: number): string => dataText({ ...event, seq: position })

/** Says that `count` events up to number `seq` are gone, so that the reader can look at the whole state again. */
const missed = (clock: Clock, seq: number, count: number): string =>
  eventText({ seq, at: clock.now(), type: 'events.missed', inbox: undefined, data: { count } })
