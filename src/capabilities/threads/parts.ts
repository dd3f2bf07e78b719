import type { Clock } from '../../base/clock.ts'
import type { Directory } from '../../core/directory.ts'
import type { Events } from '../../core/events.ts'
import type { Outbox } from '../../core/outbox.ts'
import type { PeerBook } from '../../core/peer-book.ts'
import type { Projects } from '../../core/projects.ts'
import type { SpaceMail } from '../../core/space-mail.ts'
import type { Spaces } from '../../core/spaces.ts'
import type { NodeKey } from '../../identity/signing.ts'
import type { Database } from '../../store/database.ts'

export interface ThreadParts {
  clock: Clock
  key: NodeKey
  self: { did: string }
  database: Database
  events: Events
  outbox: Outbox
  book: PeerBook
  directory: Directory
  spaces: Spaces
  projects: Projects
  agents: { has(name: string): boolean; defaultAgent(): string | undefined }
  mail: SpaceMail
  /** Connects to a participant's node that may be no friend, perhaps at these addresses, which `teller` told. */
  seek?: ((did: string, addresses?: readonly string[], teller?: string) => void) | undefined
}
