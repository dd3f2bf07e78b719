import { agentCommands } from './agents.ts'
import { approvalCommands } from './approvals.ts'
import { attentionCommands } from './attention.ts'
import { backupCommands } from './backup.ts'
import { callCommands } from './call.ts'
import type { Command } from './command.ts'
import { completionCommands } from './completion.ts'
import { conversationCommands } from './conversations.ts'
import { dashboardCommands } from './dashboard.ts'
import { demoCommands } from './demo/index.ts'
import { doctorCommands } from './doctor.ts'
import { eventCommands } from './events.ts'
import { friendCommands } from './friends.ts'
import { hookCommands } from './hook/index.ts'
import { identityCommands } from './identity.ts'
import { logCommands } from './logs.ts'
import { mcpCommands } from './mcp.ts'
import { messageCommands } from './messages.ts'
import { nodeCommands } from './node.ts'
import { ownerCommands } from './owner.ts'
import { peerCommands } from './peers.ts'
import { activityCommands } from './projects/activity.ts'
import { projectCommands } from './projects/index.ts'
import { requestCommands } from './requests.ts'
import { sendCommands } from './send.ts'
import { settingCommands } from './settings.ts'
import { setupCommands } from './setup/index.ts'
import { startCommands } from './start.ts'
import { threadCommands } from './threads.ts'
import { verifyCommands } from './verify.ts'
import { wakeCommands } from './wake.ts'

/** Every command there is, in the order in which the help lists them. */
export const commands: readonly Command[] = [
  ...startCommands,
  ...demoCommands,
  ...nodeCommands,
  ...dashboardCommands,
  ...attentionCommands,
  ...peerCommands,
  ...messageCommands,
  ...sendCommands,
  ...requestCommands,
  ...friendCommands,
  ...conversationCommands,
  ...activityCommands,
  ...projectCommands,
  ...threadCommands,
  ...verifyCommands,
  ...agentCommands,
  ...mcpCommands,
  ...setupCommands,
  ...hookCommands,
  ...wakeCommands,
  ...approvalCommands,
  ...identityCommands,
  ...ownerCommands,
  ...settingCommands,
  ...backupCommands,
  ...logCommands,
  ...doctorCommands,
  ...callCommands,
  ...eventCommands,
  ...completionCommands(() => commands),
]
