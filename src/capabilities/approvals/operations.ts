import { z } from 'zod'
import { Cursor, Limit, page, wellFormed } from '../../contract/common.ts'
import { operation } from '../../contract/operation.ts'
import { Approval, ApprovalStatus } from './schema.ts'

/** Whole, or a beginning or end of it that no other has. */
const Id = z
  .string()
  .regex(/^[0-9a-f-]{4,36}$/i, 'is not an id, nor four or more characters of one')
  .transform((id) => id.toLowerCase())

export const approvalOperations = [
  operation({
    name: 'approvals.list',
    summary: 'List what agents asked the operator for, latest first.',
    description: 'An agent sees what it asked for itself. Without `status` only what waits is listed.',
    who: 'agent',
    input: z.object({
      status: ApprovalStatus.or(z.literal('all')).default('pending'),
      limit: Limit,
      cursor: Cursor.optional(),
    }),
    output: page(Approval),
    http: { method: 'GET', path: '/approvals' },
  }),
  operation({
    name: 'approvals.show',
    summary: 'Show one approval.',
    who: 'agent',
    input: z.object({ id: Id }),
    output: Approval,
    http: { method: 'GET', path: '/approvals/:id' },
  }),
  operation({
    name: 'approvals.grant',
    summary: 'Do what an agent asked for.',
    description:
      'If it cannot be done the call fails with the reason, and the approval still waits. The agent is told by an event and a message. With the setting `grants_need_owner` the passphrase of the owner key is needed (`passphrase_needed`), and the owner’s signature is kept.',
    who: 'operator',
    input: z.object({ id: Id, passphrase: z.string().min(1).max(1024).optional() }),
    output: Approval,
    http: { method: 'POST', path: '/approvals/:id/grant' },
  }),
  operation({
    name: 'approvals.deny',
    summary: 'Refuse what an agent asked for, and tell it.',
    who: 'operator',
    input: z.object({ id: Id, reason: wellFormed(z.string().max(500)).optional() }),
    output: Approval,
    http: { method: 'POST', path: '/approvals/:id/deny' },
  }),
] as const
