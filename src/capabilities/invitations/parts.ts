import type { Clock } from '../../base/clock.ts'
import type { Directory } from '../../core/directory.ts'
import type { Events } from '../../core/events.ts'
import type { Outbox } from '../../core/outbox.ts'
import type { PeerBook } from '../../core/peer-book.ts'
import type { Projects } from '../../core/projects.ts'
import type { Spaces } from '../../core/spaces.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import type { NodeKey } from '../../identity/signing.ts'
import type { Database } from '../../store/database.ts'

export interface InvitationParts {
  clock: Clock
  key: NodeKey
  database: Database
  book: PeerBook
  events: Events
  outbox: Outbox
  directory: Directory
  telemetry: Telemetry
  spaces: Spaces
  projects: Projects
  agents: { has(name: string): boolean }
  /** Connects to a member that may be no friend, perhaps at these addresses, which `teller` told. */
  seek?: ((did: string, addresses?: readonly string[], teller?: string) => void) | undefined
  /** Whether invitations of peers of trust 4 are accepted as they come. */
  autoAccept(): boolean
}
