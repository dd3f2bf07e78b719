import { z } from 'zod'
import { type Profile, roles, stages } from '../../authority/roles.ts'
import { Time, wellFormed } from '../../contract/common.ts'
import { EntryId, SpaceId } from '../../contract/entry.ts'
import { spacePermissions } from '../../contract/permissions.ts'
import { Who } from '../../contract/space.ts'

export const Role = z.enum(roles)
/** The owner is one by transfer alone. */
export const GivenRole = Role.exclude(['owner'])
export const ProjectStage = z.enum(stages)

/** Why somebody did something; shown to all members. */
export const Reason = wellFormed(z.string().max(500))
export const Focus = wellFormed(z.string().max(500))
export const Repo = wellFormed(z.string().min(1).max(2048)).refine(
  (text) => !/[\p{Cc}\s]/u.test(text),
  'holds a space or a control character',
)

/** What of a role a stage takes away; the owner's cannot be. */
export const ProfileInput = z
  .partialRecord(ProjectStage, z.partialRecord(GivenRole, z.array(z.enum(spacePermissions)).max(100)))
  .transform((profile) => profile as Profile)
export const Limits = z
  .object({
    /** Members, nodes and named agents together. */
    max_agents: z.int().min(1).max(10_000).optional(),
    max_per_role: z.partialRecord(GivenRole, z.int().min(1).max(10_000)).optional(),
    /** Trust that the inviter must have in whom it invites. */
    min_trust: z.int().min(0).max(4).optional(),
  })
  .meta({ id: 'ProjectLimits' })
export type Limits = z.output<typeof Limits>

export const ProjectStatus = z.enum(['joining', 'member', 'left', 'removed'])

/** By status, and of all of them how many somebody has claimed. */
const Counts = z.object({ todo: z.int(), in_progress: z.int(), done: z.int(), blocked: z.int(), claimed: z.int() })

export const Project = z
  .object({
    id: SpaceId,
    name: z.string(),
    description: z.string().optional(),
    repo: z.string().optional(),
    stage: ProjectStage,
    archived: z.boolean(),
    /** How this node stands in it; `joining` until the log has come. */
    status: ProjectStatus,
    /** Of whoever asks. */
    role: Role.optional(),
    suspended: z.boolean(),
    owner: Who,
    /** The node that gives out claims and locks. */
    keeper: Who,
    members: z.int(),
    tasks: Counts,
    created_at: Time,
    /** The time, by its author's clock, of the latest entry. */
    updated_at: Time,
    /** A type of entry this version does not know: what follows it is not shown, and nothing can be written. */
    upgrade_needed: z.string().optional(),
  })
  .meta({ id: 'Project' })
export type Project = z.output<typeof Project>

/** A node that is a member, or an agent of one that was invited, given a role, or has written. */
export const Member = z
  .object({
    ...Who.shape,
    kind: z.enum(['node', 'agent']),
    role: Role,
    since: Time,
    online: z.boolean(),
    /** Since when, by whom and why nothing it does counts. */
    suspended: z.object({ at: Time, by: Who, reason: z.string().optional(), entry: EntryId }).optional(),
    clocked_in: z.object({ since: Time, focus: z.string().optional() }).optional(),
    is_owner: z.boolean(),
    is_keeper: z.boolean(),
  })
  .meta({ id: 'ProjectMember' })
export type Member = z.output<typeof Member>

export const ProjectDetail = Project.extend({
  team: z.array(Member),
  limits: Limits,
  /** What each stage takes from each role. */
  profile: z.partialRecord(ProjectStage, z.partialRecord(Role, z.array(z.enum(spacePermissions)))),
  /** Grows with every keeper that is named; the first half of a fencing token. */
  keeper_epoch: z.int(),
}).meta({ id: 'ProjectDetail' })
export type ProjectDetail = z.output<typeof ProjectDetail>

export const StageNow = z
  .object({
    project_id: SpaceId,
    stage: ProjectStage,
    next: ProjectStage.optional(),
    stages: z.array(ProjectStage),
    since: Time,
    by: Who,
  })
  .meta({ id: 'ProjectStageNow' })

export const TimeSpent = z
  .object({
    ...Who.shape,
    seconds: z.int(),
    sessions: z.int(),
    clocked_in_since: Time.optional(),
    /** When: the latest 500 times it was clocked in, oldest first; without `to` it is now. */
    spans: z.array(z.object({ from: Time, to: Time.optional() })),
    /** What was in progress and assigned to it meanwhile. */
    tasks: z.array(z.object({ task_id: z.string(), title: z.string(), seconds: z.int() })),
  })
  .meta({ id: 'TimeSpent' })
