import type { Directory } from '../../core/directory.ts'
import type { Events } from '../../core/events.ts'
import type { PeerBook } from '../../core/peer-book.ts'
import type { Projects } from '../../core/projects.ts'
import type { SpaceMail } from '../../core/space-mail.ts'
import type { Spaces } from '../../core/spaces.ts'

export interface RoomParts {
  self: { did: string }
  events: Events
  spaces: Spaces
  projects: Projects
  directory: Directory
  book: PeerBook
  mail: SpaceMail
}
