import { z } from 'zod'
import { Name, Time } from '../../contract/common.ts'
import { MessageId } from '../../contract/envelope.ts'
import { Grant } from '../../identity/owner.ts'

export const ApprovalStatus = z.enum(['pending', 'granted', 'denied', 'expired'])
export type ApprovalStatus = z.output<typeof ApprovalStatus>

/** Something an agent asked for that only a person may decide. */
export const Approval = z
  .object({
    id: MessageId,
    agent: Name,
    operation: z.string(),
    /** What would be done, in words of this node's own. */
    summary: z.string(),
    /** Why, as the agent says. */
    why: z.string().optional(),
    status: ApprovalStatus,
    /** Why it was denied. */
    reason: z.string().optional(),
    /** The operation's input, names replaced by the DIDs they stood for when it was asked. */
    input: z.record(z.string(), z.unknown()),
    created_at: Time,
    expires_at: Time,
    decided_at: Time.optional(),
    /** What the owner signed when it was granted, where that is asked for. */
    grant: Grant.optional(),
  })
  .meta({ id: 'Approval' })
export type Approval = z.output<typeof Approval>
