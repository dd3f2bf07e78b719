import { type Command, withWords } from '../command.ts'
import { auditCommands } from './audit.ts'
import { claimCommands } from './claims.ts'
import { handoverCommands } from './handovers.ts'
import { invitationCommands } from './invitations.ts'
import { manageCommands } from './manage.ts'
import { memberCommands } from './members.ts'
import { metricCommands } from './metrics.ts'
import { recordCommands } from './records.ts'
import { roomCommands } from './rooms.ts'
import { settingsCommands } from './settings.ts'
import { stageCommands } from './stage.ts'
import { taskCommands } from './tasks.ts'

/** Everything under `agora project`. */
export const projectCommands: readonly Command[] = withWords([
  ...manageCommands,
  ...invitationCommands,
  ...taskCommands,
  ...claimCommands,
  ...handoverCommands,
  ...stageCommands,
  ...metricCommands,
  ...roomCommands,
  ...recordCommands,
  ...auditCommands,
  ...memberCommands,
  ...settingsCommands,
])
