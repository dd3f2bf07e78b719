import { z } from 'zod'
import { Cursor, Limit, page, queryInt } from '../../contract/common.ts'
import { operation } from '../../contract/operation.ts'
import { Alert, AlertStatus, AttentionCounts, AttentionItem } from './schema.ts'

/** Whole, or a beginning or end of it that no other has. */
const Id = z
  .string()
  .regex(/^[0-9a-f-]{4,36}$/i, 'is not an id, nor four or more characters of one')
  .transform((id) => id.toLowerCase())

export const attentionOperations = [
  operation({
    name: 'attention.list',
    summary: 'List everything that waits for the operator, the latest first.',
    description:
      'Friend requests, mail of strangers, invitations to projects, what agents ask to be approved, and alerts, with how many there are of each. Each is answered by its own operation: `friend_requests.accept`, `requests.accept`, `invitations.accept`, `approvals.grant`, `alerts.dismiss` and their opposites. `limit` cuts the list, not the counts. May be another after events `friend.`, `request.`, `project.`, `approval.`, `alert.` and `security.`.',
    who: 'operator',
    input: z.object({ limit: queryInt(1, 500).default(200) }),
    output: z.object({ items: z.array(AttentionItem), counts: AttentionCounts, total: z.int() }),
    http: { method: 'GET', path: '/attention' },
  }),
  operation({
    name: 'alerts.list',
    summary: 'List alerts, the latest first.',
    description:
      'What peers or callers did that they must not, and who is not who it seems. Without `status` those that were not dismissed.',
    who: 'operator',
    input: z.object({
      status: AlertStatus.or(z.literal('all')).default('open'),
      limit: Limit,
      cursor: Cursor.optional(),
    }),
    output: page(Alert),
    http: { method: 'GET', path: '/alerts' },
  }),
  operation({
    name: 'alerts.dismiss',
    summary: 'Put an alert away.',
    description:
      'That somebody has a name that looks like a friend’s is not said again; what somebody did comes again when it is done again, a day later at the earliest.',
    who: 'operator',
    input: z.object({ id: Id }),
    output: Alert,
    http: { method: 'POST', path: '/alerts/:id/dismiss' },
  }),
] as const
