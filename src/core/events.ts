import type { Clock } from '../base/clock.ts'
import { parseDid } from '../base/did.ts'
import type { Database } from '../store/database.ts'
import { sqlBuilder } from '../store/database.ts'

/** Something that happened, as `GET /events` tells it. */
export interface AgoraEvent {
  /** Grows by one; gaps where events are not for the reader. 0 for what is told in passing. */
  seq: number
  /** Ms since the epoch. */
  at: number
  /** `<thing>.<what happened>`, e.g. `message.received`, `message.stage`, `peer.connected`, `security.refused`. */
  type: string
  /** The inbox it concerns (`operator`, an agent's name after `agent:`, or `agents` for all of them); undefined for the operator alone. The operator sees all. */
  inbox: string | undefined
  data: Record<string, unknown>
}

export interface Events {
  /** Writes an event within the current write; told to subscribers after its commit. */
  emit(type: string, inbox: string | undefined, data: Record<string, unknown>): void
  /** Tells those who listen now, and keeps nothing: for what changes all the time, of which the latest alone counts. */
  pass(type: string, inbox: string | undefined, data: Record<string, unknown>): void
  /** Calls `listener` for every event after its commit, until the returned function is called. */
  subscribe(listener: (event: AgoraEvent) => void): () => void
  /** Events after `seq`, oldest first. */
  after(seq: number, limit: number): AgoraEvent[]
  /** The number of the latest event; 0 when there is none. */
  latest(): number
  /** Drops what is older than the newest `keep` events. */
  trim(keep: number): void
}

interface Tables {
  events: { seq: number; at: number; type: string; inbox: string | null; data: string }
}
const sql = sqlBuilder<Tables>()

export function createEvents({ clock, database }: { clock: Clock; database: Database }): Events {
  const listeners = new Set<(event: AgoraEvent) => void>()
  const insert = database.statement<{ at: number; type: string; inbox: string | null; data: string }>((value) =>
    sql
      .insertInto('events')
      .values({ at: value('at'), type: value('type'), inbox: value('inbox'), data: value('data') } as never),
  )
  const since = database.statement<{ seq: number; limit: number }, Tables['events']>((value) =>
    sql.selectFrom('events').selectAll().where('seq', '>', value('seq')).orderBy('seq').limit(value('limit')),
  )
  const latest = () => database.first(sql.selectFrom('events').select((e) => e.fn.max('seq').as('seq')))?.seq ?? 0
  return {
    emit(type, inbox, data) {
      const at = clock.now()
      const { lastId } = insert.run({ at, type, inbox: inbox ?? null, data: JSON.stringify(data) })
      if (listeners.size === 0) return
      database.afterCommit(() => {
        for (const listener of listeners) listener({ seq: lastId, at, type, inbox, data })
      })
    },
    pass(type, inbox, data) {
      for (const listener of listeners) listener({ seq: 0, at: clock.now(), type, inbox, data })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    after: (seq, limit) =>
      since.all({ seq, limit }).map((row) => ({ ...row, inbox: row.inbox ?? undefined, data: JSON.parse(row.data) })),
    latest,
    trim(keep) {
      database.run(sql.deleteFrom('events').where('seq', '<=', latest() - keep))
    },
  }
}

/** Whether a reader whose inbox is `inbox` may see the event; the operator's sees all. */
export const concerns = (event: AgoraEvent, inbox: string): boolean =>
  inbox === OPERATOR_INBOX || event.inbox === inbox || event.inbox === EVERY_AGENT

export const OPERATOR_INBOX = 'operator'
/** What all agents of this node are told alike: that something has changed where all of them may read. */
export const EVERY_AGENT = 'agents'
const AGENT_INBOX = 'agent:'
export const agentInbox = (name: string): string => `${AGENT_INBOX}${name}`
/** Of an agent, or of the operator for a node's DID. */
export function inboxOf(did: string): string {
  const { agent } = parseDid(did)
  return agent === undefined ? OPERATOR_INBOX : agentInbox(agent)
}
/** Whose inbox it is; undefined for the operator's. */
export const agentOfInbox = (inbox: string): string | undefined =>
  inbox.startsWith(AGENT_INBOX) ? inbox.slice(AGENT_INBOX.length) : undefined
