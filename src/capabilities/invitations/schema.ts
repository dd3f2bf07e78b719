import { z } from 'zod'
import { Time } from '../../contract/common.ts'
import { SignedEntry, SpaceId } from '../../contract/entry.ts'
import { MemberTold, Prose, Who } from '../../contract/space.ts'
import { wireType } from '../../contract/wire.ts'
import { Reason, Role } from '../projects/schema.ts'

export const InvitationStatus = z.enum([
  'pending',
  /** The answer is under way, or the log is. */
  'accepted',
  'joined',
  'declined',
  'withdrawn',
  'expired',
])
export type InvitationStatus = z.output<typeof InvitationStatus>
export const Invitation = z
  .object({
    id: z.uuid(),
    project_id: SpaceId,
    project_name: z.string(),
    description: z.string().optional(),
    /** `in`: to this node or one of its agents; `out`: sent by a member, to somebody of another node. */
    direction: z.enum(['in', 'out']),
    from: Who,
    to: Who,
    role: Role,
    message: z.string().optional(),
    status: InvitationStatus,
    /** Why it was declined. */
    reason: z.string().optional(),
    created_at: Time,
    expires_at: Time,
    decided_at: Time.optional(),
  })
  .meta({ id: 'ProjectInvitation' })
export type Invitation = z.output<typeof Invitation>

/** Of what is to be joined, as its inviter tells it; the log decides. */
const Summary = z.looseObject({
  name: z.string().max(500),
  description: Prose.optional(),
  stage: z.string().max(64),
  members: z.int().min(1),
})
const Neighbour = MemberTold.extend({ name: z.string().max(200) })

export const invitationWires = {
  invite: wireType({
    type: 'project.invite',
    body: z.looseObject({
      create: SignedEntry,
      invite: SignedEntry,
      summary: Summary,
      members: z.array(Neighbour).max(50),
    }),
    permissions: ['space.invite'],
    receipted: true,
  }),
  accept: wireType({
    type: 'project.accept',
    body: z.looseObject({ space: SpaceId, entry: SignedEntry }),
    permissions: ['space.answer'],
    receipted: true,
  }),
  decline: wireType({
    type: 'project.decline',
    body: z.looseObject({ space: SpaceId, invitation: z.uuid(), reason: Reason.optional() }),
    permissions: ['space.answer'],
    receipted: true,
  }),
  withdraw: wireType({
    type: 'project.withdraw',
    body: z.looseObject({ space: SpaceId, invitation: z.uuid(), expired: z.boolean().optional() }),
    permissions: ['space.answer'],
    receipted: true,
  }),
}
