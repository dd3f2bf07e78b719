import type { Clock } from '../../base/clock.ts'
import type { Directory } from '../../core/directory.ts'
import type { Events } from '../../core/events.ts'
import type { Network } from '../../core/network.ts'
import type { Outbox } from '../../core/outbox.ts'
import type { PeerBook } from '../../core/peer-book.ts'
import type { Readers } from '../../core/readers.ts'
import type { Log } from '../../core/telemetry.ts'
import type { NodeKey } from '../../identity/signing.ts'
import type { Database } from '../../store/database.ts'

/** What waking needs to know of mail. Positions are those of messages. */
export interface WakeMail {
  /** Whether it lies in the inbox and has not been shown. */
  isUnread(inbox: string, position: number): boolean
  /** `where`: the room or thread in which it was said, and how to answer there; for what is no mail. */
  text(position: number): { text: string; conversation_id: string; where?: Record<string, string> | undefined }
  /** Within a write: notes on what was stored, for those who sent it. */
  note(positions: number[], note: string, at: number): void
}

export interface WakeParts {
  clock: Clock
  key: NodeKey
  database: Database
  events: Events
  outbox: Outbox
  book: PeerBook
  directory: Directory
  network: Pick<Network, 'peer'>
  readers: Readers
  log: Log
  mail: WakeMail
  agents: { has(name: string): boolean; defaultAgent(): string | undefined }
  tokenFile: (agent: string) => string
  /** The node's home, and in it the folder for what a wake is about. */
  home: { name: string; dir: string; wake: string }
  apiUrl: () => string
  /** The daemon's own. */
  env: Record<string, string | undefined>
}
