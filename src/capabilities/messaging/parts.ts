import type { Clock } from '../../base/clock.ts'
import type { Directory } from '../../core/directory.ts'
import type { Events } from '../../core/events.ts'
import type { Network } from '../../core/network.ts'
import type { Outbox } from '../../core/outbox.ts'
import type { PeerBook } from '../../core/peer-book.ts'
import type { Readers } from '../../core/readers.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import type { NodeKey } from '../../identity/signing.ts'
import type { Database } from '../../store/database.ts'
import type { AgentTrace } from './rows.ts'

/** What messaging needs to know of the agents of this node. */
export interface MessagingAgents {
  names(): string[]
  has(name: string): boolean
  defaultAgent(): string | undefined
  /** The trace of the message the agent was shown last. */
  trace(name: string): AgentTrace | undefined
  /** Within a write. */
  setTrace(name: string, trace: AgentTrace | undefined): void
}

export interface MessagingParts {
  clock: Clock
  key: NodeKey
  database: Database
  events: Events
  outbox: Outbox
  book: PeerBook
  directory: Directory
  network: Pick<Network, 'peers' | 'peer'>
  agents: MessagingAgents
  readers: Pick<Readers, 'reading'>
  telemetry: Telemetry
  /** Peers of less trust are not told that a message was shown; at least what the trust table asks. */
  shownTrust(): number
  /** Messages agents may send in a conversation before a person is asked. */
  conversationBudget(): number
}
