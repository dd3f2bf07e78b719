import type { Directory } from '../../core/directory.ts'
import type { Keeper } from '../../core/keeper/index.ts'
import type { Projects } from '../../core/projects.ts'
import type { Spaces } from '../../core/spaces.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { AuditEntry } from '../audit/schema.ts'
import type { HandoverParts } from './handover.ts'
import type { NewsParts } from './news.ts'
import type { ViewParts } from './views.ts'

export interface TaskParts extends ViewParts, NewsParts, Pick<HandoverParts, 'mail' | 'isBlocked'> {
  spaces: Spaces
  projects: Pick<Projects, 'member' | 'readable' | 'replica'>
  directory: Directory
  keeper: Pick<Keeper, 'acquire' | 'renew' | 'until'>
  /** An entry as the audit trail shows it. */
  entryView: (entry: LoggedEntry) => AuditEntry
}
