import type { z } from 'zod'
import { agentOperations } from './capabilities/agents/operations.ts'
import { approvalOperations } from './capabilities/approvals/operations.ts'
import { attentionOperations } from './capabilities/attention/operations.ts'
import { auditOperations } from './capabilities/audit/operations.ts'
import { backupOperations } from './capabilities/backups/operations.ts'
import { friendOperations } from './capabilities/friends/operations.ts'
import { invitationOperations } from './capabilities/invitations/operations.ts'
import { messagingOperations } from './capabilities/messaging/operations.ts'
import { nodeOperations } from './capabilities/node/operations.ts'
import { ownerOperations } from './capabilities/owner/operations.ts'
import { projectOperations } from './capabilities/projects/operations.ts'
import { recordOperations } from './capabilities/records/operations.ts'
import { roomOperations } from './capabilities/rooms/operations.ts'
import { sessionOperations } from './capabilities/sessions/operations.ts'
import { settingOperations } from './capabilities/settings/operations.ts'
import { taskOperations } from './capabilities/tasks/operations.ts'
import { threadOperations } from './capabilities/threads/operations.ts'
import { wakeOperations } from './capabilities/wake/operations.ts'

/** THE table: everything Agora can be asked, by whatever way. */
export const operations = [
  ...nodeOperations,
  ...agentOperations,
  ...messagingOperations,
  ...friendOperations,
  ...approvalOperations,
  ...attentionOperations,
  ...ownerOperations,
  ...sessionOperations,
  ...backupOperations,
  ...settingOperations,
  ...wakeOperations,
  ...roomOperations,
  ...threadOperations,
  ...recordOperations,
  ...projectOperations,
  ...invitationOperations,
  ...auditOperations,
  ...taskOperations,
] as const

export type AnyOperation = (typeof operations)[number]
export type OperationName = AnyOperation['name']
/** Those an agent may ask the operator for. */
export type ApprovableName = Extract<AnyOperation, { approvable: true }>['name']
export type OperationOf<Name extends OperationName> = Extract<AnyOperation, { name: Name }>
/** What a caller may write: defaults left out. */
export type Input<Name extends OperationName> = z.input<OperationOf<Name>['input']>
/** What a handler gets: parsed, defaults filled in. */
export type Parsed<Name extends OperationName> = z.output<OperationOf<Name>['input']>
export type Output<Name extends OperationName> = z.output<OperationOf<Name>['output']>
