import type { Clock } from '../../base/clock.ts'
import type { Directory } from '../../core/directory.ts'
import type { Network } from '../../core/network.ts'
import type { PeerBook } from '../../core/peer-book.ts'
import type { Projects } from '../../core/projects.ts'
import type { Spaces } from '../../core/spaces.ts'
import type { HandOver } from '../../identity/owner.ts'
import type { Database } from '../../store/database.ts'
import type { AgentBrief } from '../node/schema.ts'

export interface ProjectParts {
  clock: Clock
  database: Database
  self: { did: string }
  spaces: Spaces
  projects: Projects
  directory: Directory
  network: Pick<Network, 'peer' | 'peers'>
  book: Pick<PeerBook, 'trust'>
  /** The agents of this node, with their presence. */
  agents: { briefs(): AgentBrief[] }
  /** Resolves when what the connected members have is here, or soon after: what restricts somebody should be written by who knows what there is. */
  synchronise(project: string): Promise<unknown>
  /** The DID of the owner who attests this node now: its key can hand over what the node begins. */
  owner(): string | undefined
  /** What its key signs to hand a project to this node. @throws AgoraError `owner_missing`, `wrong_passphrase`, `rate_limited`. */
  signHandOver(passphrase: string, space: string): Promise<HandOver>
}
