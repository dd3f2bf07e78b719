import type { EventStore } from '@modelcontextprotocol/sdk/server/streamableHttp.js'

/** As the SDK calls the stream that a client opens by GET, on which it is told what it did not ask for. */
const UNASKED = '_GET_stream'
/** Notifications kept of a session; each is a line that names somebody or a resource. */
export const KEPT_MAX = 100
/** Events that nobody can come back to. */
const NOT_KEPT = ''

/**
 * What a client was told unasked, for when its stream breaks and it comes back with the id of the last event it got. Of older ones than are kept it learns from what it
 * next calls. Answers are not kept: whoever hangs up before one gets none, so that nothing is marked as read for one that has gone.
 */
export function recentEvents(): EventStore {
  const kept: { id: number; message: Parameters<EventStore['storeEvent']>[1] }[] = []
  let latest = 0
  return {
    async storeEvent(stream, message) {
      if (stream !== UNASKED) return NOT_KEPT
      kept.push({ id: ++latest, message })
      if (kept.length > KEPT_MAX) kept.shift()
      return String(latest)
    },
    async replayEventsAfter(lastEventId, { send }) {
      const after = /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : latest
      for (const { id, message } of kept.filter((one) => one.id > after)) await send(String(id), message)
      return UNASKED
    },
  }
}
