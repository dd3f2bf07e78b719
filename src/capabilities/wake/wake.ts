import { nodeOf, parseDid } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import type { Envelope } from '../../contract/envelope.ts'
import type { Askings, Handlers } from '../../core/dispatch.ts'
import { agentInbox, OPERATOR_INBOX } from '../../core/events.ts'
import type { Outcome, Sender, WireHandler } from '../../core/inbound.ts'
import { createAsked } from './asked.ts'
import { wakeAskings, wakeHandlers } from './handlers.ts'
import { createHooks } from './hooks.ts'
import { createNotes } from './notes.ts'
import type { WakeParts } from './parts.ts'
import { wakeRequestWire } from './schema.ts'
import { type WakeTables, wakeTables } from './tables.ts'
import { createWaker } from './waker.ts'

/** Requests of one peer that wait at once. */
export const REQUESTS_WAITING_MAX = 20
/** Messages of one node that wait to wake the reader of one inbox; there are enough of them then, and others are to be seen beside them. */
const CALLS_WAITING_MAX = 200
/** Ms for which runs are kept that count for the limit of a day. */
const TWO_DAYS = 48 * 3_600_000

/** A message as waking sees it. */
export interface Delivered {
  position: number
  id: string
  from_did: string
}

export interface Wake {
  handlers: Pick<Handlers, 'wake.show' | 'wake.set' | 'wake.request' | 'wake.requests' | 'wake.runs'>
  askings: Pick<Askings, 'wake.set'>
  wire: WireHandler[]
  /** The node's hook, as the settings give it; relative programs are found from `folder`. @throws AgoraError `invalid_config` */
  install(command: string, folder: string): Promise<void>
  /** Within a write: a message was put into these inboxes. */
  delivered(message: Delivered, inboxes: string[]): void
  /** Within a write: an agent was removed. */
  drop(agent: string): void
  /** Within a write. */
  trim(): void
  /** Runs of the hook of an inbox, latest first; before those that started then under this id. */
  runs: WakeTables['runsBefore']
  counts(): { hooks: number; running: number }
  start(): Promise<void>
  stop(): Promise<void>
}

/** Wakes agents that are not there, by a program the operator named, when those write who may. */
export function createWake(parts: WakeParts): Wake {
  const { clock, key, database, events, outbox, book, directory, agents } = parts
  const tables = wakeTables(database)
  const hooks = createHooks({ clock, database, tables, home: parts.home.dir, path: parts.env['PATH'] ?? '' })
  const asked = createAsked(parts, tables)
  const notes = createNotes(parts, tables, asked)
  const waker = createWaker(parts, tables, hooks, notes)
  outbox.onProgress(asked.progress)

  /** Within a write: somebody asks to wake an agent of this node, or who reads its mail. */
  function requested({ id, to, from }: Pick<Envelope, 'id' | 'to' | 'from'>, reason: string, trust: number): Outcome {
    const agent = parseDid(to).agent ?? agents.defaultAgent()
    if (agent !== undefined && !agents.has(agent)) return { stage: 'failed', reason: 'unknown_agent' }
    const inbox = agent === undefined ? OPERATOR_INBOX : agentInbox(agent)
    const local = nodeOf(from) === key.did
    if (!local && tables.requestsWaiting(nodeOf(from)) >= REQUESTS_WAITING_MAX)
      return { stage: 'failed', reason: 'too_soon' }
    events.emit('wake.requested', inbox, { id, from, from_name: directory.nameOf(from), reason })
    const hook = hooks.for(inbox)
    if (!hook || trust < hook.policy.min_trust) return { stage: 'stored', note: 'wake_denied' }
    const at = clock.now()
    waker.call({ inbox, kind: 'request', envelope_id: id, from_did: from, message: null, reason, at }, hook)
    return { stage: 'stored' }
  }

  return {
    handlers: wakeHandlers(parts, { tables, hooks, asked, waker, requested }),
    askings: wakeAskings(parts, hooks),
    wire: [
      {
        definition: wakeRequestWire,
        handle: (envelope: Envelope, _text: string, { trust }: Sender) =>
          requested(envelope, String(envelope.body['reason']), trust),
      },
    ],
    async install(command, folder) {
      try {
        const hook = hooks.changed(OPERATOR_INBOX, { command, cwd: folder })
        await database.write(() => hooks.put(hook))
      } catch (error) {
        if (!(error instanceof AgoraError) || error.code !== 'invalid_input') throw error
        throw new AgoraError('invalid_config', `wake_command: ${error.message.replace(/^\w+: /, '')}`, {
          field: 'wake_command',
          cause: error,
        })
      }
    },
    delivered({ position, id, from_did }, inboxes) {
      if (!notes.mayWake(from_did)) return
      const node = nodeOf(from_did)
      const trust = node === key.did ? 4 : book.trust(node)
      // What an agent gets as well is the agent's to answer: a person is not woken for it.
      const own = inboxes.filter((inbox) => inbox !== OPERATOR_INBOX)
      for (const inbox of own.length > 0 ? own : inboxes) {
        const hook = hooks.for(inbox)
        if (!hook || trust < hook.policy.min_trust || tables.waitingOf(inbox, node) >= CALLS_WAITING_MAX) continue
        const call = { inbox, kind: 'message' as const, envelope_id: id, from_did, message: position, reason: null }
        waker.call({ ...call, at: clock.now() }, hook)
      }
    },
    drop(agent) {
      const inbox = agentInbox(agent)
      hooks.remove(inbox)
      tables.dropWaiting(inbox)
      database.afterCommit(() => waker.end(inbox))
    },
    trim: () => tables.trim(clock.now() - TWO_DAYS),
    runs: tables.runsBefore,
    counts: () => ({ hooks: hooks.all().length, running: waker.running().length }),
    start: waker.start,
    stop: waker.stop,
  }
}
