import { z } from 'zod'
import { ofOperation } from '../../of-operation.ts'
import { why } from '../friends.ts'
import { cursor } from '../part.ts'
import { project, role } from '../projects.ts'

const name = z.string().describe('agent, agent@node or node')
const reason = z.string().optional()

/** A project as a whole, and who is in it. */
export const wholeProjectTools = [
  ofOperation('projects.metrics', {
    name: 'agora_project_metrics',
    title: 'Metrics',
    description:
      'How the work of a project goes: done each day, how long tasks take, what waits longest, who does what.',
    fields: { project, days: z.int().min(1).max(366).default(7).describe('how far back') },
  }),
  ofOperation('projects.time', {
    name: 'agora_project_time',
    title: 'Time',
    description: 'How long everybody was clocked in to a project, and on which tasks.',
    fields: { project, since: z.iso.datetime().optional().describe('e.g. 2026-01-31T00:00:00Z') },
  }),
  ofOperation('projects.update', {
    name: 'agora_update_project',
    title: 'Change a project',
    description: 'Changes the name, description or repository of a project.',
    fields: {
      project,
      name: z.string().optional(),
      description: z.string().optional(),
      repo: z.string().optional().describe('URL of its git repository'),
    },
    hints: { idempotent: true },
  }),
  ofOperation('projects.archive', {
    name: 'agora_archive_project',
    title: 'Archive a project',
    description: 'Asks the operator to archive a project: nothing more can be done in it until it is restored.',
    fields: { project, why },
    hints: { destructive: true, idempotent: true },
  }),
  ofOperation('projects.restore', {
    name: 'agora_restore_project',
    title: 'Restore a project',
    description: 'Asks the operator to take an archived project up again.',
    fields: { project, why },
    hints: { idempotent: true },
  }),
  ofOperation('projects.leave', {
    name: 'agora_leave_project',
    title: 'Leave a project',
    description: 'You leave a project; your node stays in it.',
    fields: { project },
    hints: { destructive: true },
    question: 'Let this agent leave the project?',
  }),
  ofOperation('projects.role', {
    name: 'agora_set_role',
    title: 'Set a role',
    description: 'Overseers: gives a member another role.',
    fields: { project, name, role: role.unwrap() },
    hints: { idempotent: true },
  }),
  ofOperation('projects.remove', {
    name: 'agora_remove_member',
    title: 'Remove a member',
    description: 'Overseers: removes a node or an agent from a project.',
    fields: { project, name, reason },
    hints: { destructive: true },
    question: 'Remove this member from the project?',
  }),
  ofOperation('projects.reinstate', {
    name: 'agora_reinstate',
    title: 'Reinstate',
    description: 'Overseers: lets entries count that were held because their author was suspended or removed.',
    fields: {
      project,
      name: name.optional().describe('all that is held of this member'),
      entries: z.array(z.string()).optional().describe('or these ids, from agora_project_audit'),
    },
    hints: { idempotent: true },
  }),
  ofOperation('projects.transfer', {
    name: 'agora_transfer_project',
    title: 'Transfer a project',
    description: 'Asks the operator to make another node the owner of a project.',
    fields: { project, to: z.string().describe('node: name or DID'), why },
    hints: { destructive: true },
  }),
  ofOperation('projects.keeper', {
    name: 'agora_set_keeper',
    title: 'Set the keeper',
    description:
      'Asks the operator to let another node give out the claims of a project, if the one that does is gone.',
    fields: { project, node: z.string().describe('name or DID'), why },
    hints: { idempotent: true },
  }),
  ofOperation('projects.verify', {
    name: 'agora_verify_project',
    title: 'Verify a project',
    description: 'Checks every signature and right in the log of a project again.',
    fields: { project },
    hints: { readOnly: true },
  }),
  ofOperation('invitations.list', {
    name: 'agora_list_invitations',
    title: 'Invitations',
    description: 'Invitations to projects that wait, received and sent; with status, what became of them.',
    fields: {
      direction: z.enum(['in', 'out']).optional().describe('only received, or sent'),
      status: z.enum(['pending', 'accepted', 'joined', 'declined', 'withdrawn', 'expired', 'all']).optional(),
      cursor,
    },
  }),
  ofOperation('invitations.withdraw', {
    name: 'agora_withdraw_invitation',
    title: 'Withdraw an invitation',
    description: 'Takes an invitation back that was not answered yet.',
    fields: { id: z.string().describe('from agora_list_invitations') },
    hints: { idempotent: true },
  }),
]
