import { type Clock, every } from '../../base/clock.ts'
import type { Trace } from '../../contract/envelope.ts'
import { agentInbox } from '../../core/events.ts'
import type { Readers } from '../../core/readers.ts'
import { tokenHash } from '../../core/tokens.ts'
import type { Database } from '../../store/database.ts'
import { newToken, writePrivate } from '../../store/private-file.ts'
import type { AgentBrief, Presence } from '../node/schema.ts'
import { type AgentRow, agentTables } from './tables.ts'

const PRESENCE_ONLINE_MS = 60_000
const PRESENCE_IDLE_MS = 10 * 60_000
const SEEN_FLUSH_MS = 30_000

/** The agents of this node, whole in memory and on disk: who they are, whose token is whose, who was here when. */
export interface AgentRegistry {
  names(): string[]
  get(name: string): AgentRow | undefined
  has(name: string): boolean
  /** Within a write: whether the name is taken, if only by a registration that shares the commit. */
  taken(name: string): boolean
  /** The agent that also gets mail to the bare node. */
  defaultAgent(): string | undefined
  byToken(hash: string): string | undefined
  presence(name: string): Presence
  /** Ms since its token was last used; none while it waits for mail. */
  silentFor(name: string): number
  /** As peers are told of them. */
  briefs(): AgentBrief[]
  /** An agent used its token now. */
  touch(name: string): void
  /** Within a write: registers an agent and answers its token, which also lies in its file from then on. */
  add(agent: Pick<AgentRow, 'name' | 'kind' | 'model' | 'capabilities' | 'is_default'>): string
  /** The trace of the message the agent was shown last. */
  trace(name: string): (Trace & { conversation_id: string }) | undefined
  /** Within a write. */
  setTrace(name: string, trace: (Trace & { conversation_id: string }) | undefined): void
  /** Within a write. */
  change(name: string, values: Partial<AgentRow>): void
  /** Within a write: a new token, in its file once the old one works no more. */
  renew(name: string): string
  /** Within a write. */
  remove(name: string): void
  start(): void
  stop(): Promise<void>
}

export function createAgentRegistry({
  clock,
  database,
  tokenFile,
  readers,
  onChange,
}: {
  clock: Clock
  database: Database
  tokenFile: (name: string) => string
  readers: Pick<Readers, 'isReading'>
  onChange: () => void
}): AgentRegistry {
  const tables = agentTables(database)
  const agents = new Map(tables.all().map((row) => [row.name, row]))
  const tokens = new Map([...agents.values()].map((row) => [row.token_hash, row.name]))
  const unsaved = new Set<string>()
  let stopFlushing: () => void = () => undefined

  const saveSeen = async () => {
    const names = [...unsaved]
    unsaved.clear()
    if (names.length === 0) return
    await database.write(() => {
      for (const name of names) tables.update(name, { last_seen: agents.get(name)?.last_seen ?? null })
    })
  }

  const put = (row: AgentRow) => {
    const before = agents.get(row.name)
    if (before) tokens.delete(before.token_hash)
    agents.set(row.name, row)
    tokens.set(row.token_hash, row.name)
  }

  function change(name: string, values: Partial<AgentRow>) {
    if (values.is_default) tables.clearDefault()
    tables.update(name, values)
    database.afterCommit(() => {
      if (values.is_default) for (const row of agents.values()) put({ ...row, is_default: 0 })
      const row = agents.get(name)
      if (row) put({ ...row, ...values })
      onChange()
    })
  }

  return {
    names: () => [...agents.keys()],
    get: (name) => agents.get(name),
    has: (name) => agents.has(name),
    taken: tables.has,
    defaultAgent: () => [...agents.values()].find((row) => row.is_default)?.name,
    byToken: (hash) => tokens.get(hash),
    presence,
    silentFor,
    briefs: () =>
      [...agents.values()].map((row) => ({
        name: row.name,
        ...(row.kind === null ? {} : { kind: row.kind }),
        presence: presence(row.name),
      })),
    touch(name) {
      const row = agents.get(name)
      if (!row) return
      row.last_seen = clock.now()
      unsaved.add(name)
    },
    add(agent) {
      const token = newToken()
      const row: AgentRow = {
        ...agent,
        token_hash: tokenHash(token),
        presence: null,
        trace: null,
        registered_at: clock.now(),
        last_seen: null,
      }
      if (row.is_default) tables.clearDefault()
      tables.insert(row)
      // Before the commit: a token that nobody can read would be worse than a file without an agent.
      writePrivate(tokenFile(agent.name), `${token}\n`)
      database.afterCommit(() => {
        if (row.is_default) for (const other of agents.values()) other.is_default = 0
        put(row)
        onChange()
      })
      return token
    },
    change,
    trace(name) {
      const trace = agents.get(name)?.trace
      return trace ? JSON.parse(trace) : undefined
    },
    setTrace(name, trace) {
      const text = trace === undefined ? null : JSON.stringify(trace)
      tables.update(name, { trace: text })
      database.afterCommit(() => {
        const row = agents.get(name)
        if (row) row.trace = text
      })
    },
    renew(name) {
      const token = newToken()
      change(name, { token_hash: tokenHash(token) })
      database.afterCommit(() => writePrivate(tokenFile(name), `${token}\n`))
      return token
    },
    remove(name) {
      tables.remove(name)
      database.afterCommit(() => {
        const row = agents.get(name)
        if (row) tokens.delete(row.token_hash)
        agents.delete(name)
        onChange()
      })
    },
    start() {
      stopFlushing = every(
        clock,
        SEEN_FLUSH_MS,
        () => void saveSeen().catch(() => undefined /* kept in memory; the next flush tries again */),
      )
    },
    async stop() {
      stopFlushing()
      await saveSeen()
    },
  }

  function silentFor(name: string): number {
    return readers.isReading(agentInbox(name)) ? 0 : clock.now() - (agents.get(name)?.last_seen ?? 0)
  }

  function presence(name: string): Presence {
    const row = agents.get(name)
    if (!row) return 'offline'
    if (readers.isReading(agentInbox(name))) return (row.presence as Presence | null) ?? 'online'
    const away = silentFor(name)
    if (away > PRESENCE_IDLE_MS) return row.presence === 'sleeping' ? 'sleeping' : 'offline'
    if (row.presence !== null) return row.presence as Presence
    return away <= PRESENCE_ONLINE_MS ? 'online' : 'idle'
  }
}
