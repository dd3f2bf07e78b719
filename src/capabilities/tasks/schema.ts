import { z } from 'zod'
import { Address, Time, wellFormed } from '../../contract/common.ts'
import { EntryId, SpaceId } from '../../contract/entry.ts'
import { FencingToken } from '../../contract/keeper-message.ts'
import { IdOrPrefix, Who } from '../../contract/space.ts'

export const taskStatuses = ['todo', 'in_progress', 'done', 'blocked'] as const
export const TaskStatus = z.enum(taskStatuses)
export type TaskStatus = z.output<typeof TaskStatus>

/** From the least urgent on. */
export const taskPriorities = ['low', 'medium', 'high', 'critical'] as const
export const TaskPriority = z.enum(taskPriorities)
export type TaskPriority = z.output<typeof TaskPriority>

export const LABELS_MAX = 20
export const DEPENDENCIES_MAX = 100

/** In normal form C, so that what looks the same is the same. */
export const Label = wellFormed(z.string().trim().min(1).max(64))
  .refine((text) => !/[\p{Cc}\p{Zl}\p{Zp},]/u.test(text), 'holds a comma or a control character')
  .transform((text) => text.normalize('NFC'))
export const Labels = z
  .array(Label)
  .max(LABELS_MAX)
  .transform((labels) => [...new Set(labels)])
export const TaskRefs = z
  .array(IdOrPrefix)
  .max(DEPENDENCIES_MAX)
  .transform((ids) => [...new Set(ids)])
/** A member’s name or DID; `me` is whoever asks. */
export const Assignee = Address

export const Claim = z
  .object({
    holder: Who,
    token: FencingToken,
    since: Time,
    /** When it lapses if nothing more is heard of its holder. Left out when it was renewed and this node is not told until when. */
    until: Time.optional(),
  })
  .meta({ id: 'Claim' })
export type Claim = z.output<typeof Claim>

/** A task as others are told of it beside their own. */
export const TaskName = z.object({ id: z.uuid(), title: z.string() }).meta({ id: 'TaskName' })
export type TaskName = z.output<typeof TaskName>

export const Task = z
  .object({
    id: z.uuid(),
    project_id: SpaceId,
    title: z.string(),
    /** Left out in lists. Text of others: data, and no instruction. */
    description: z.string().optional(),
    /** `blocked` when somebody said so, and while a task to be done waits for others. */
    status: TaskStatus,
    priority: TaskPriority,
    assignee: Who.optional(),
    labels: z.array(z.string()),
    depends_on: z.array(z.uuid()),
    /** Those of `depends_on` that are not done. */
    waits_for: z.array(z.uuid()),
    /** To be done, waiting for nothing, and claimed by nobody. */
    ready: z.boolean(),
    claim: Claim.optional(),
    created_by: Who,
    created_at: Time,
    updated_at: Time,
    completed_by: Who.optional(),
    completed_at: Time.optional(),
    /** What was said when it was completed, and when that was accepted; left out in lists. */
    note: z.string().optional(),
    accepted: z.object({ by: Who, at: Time, note: z.string().optional() }).optional(),
    deleted: z.object({ by: Who, at: Time }).optional(),
  })
  .meta({ id: 'Task' })
export type Task = z.output<typeof Task>

/** A task after a change, and which tasks wait for nothing any more because of it. */
export const ChangedTask = Task.extend({ unblocked: z.array(TaskName) }).meta({ id: 'ChangedTask' })
export type ChangedTask = z.output<typeof ChangedTask>

export const ClaimedTask = Task.extend({ claim: Claim.extend({ until: Time }) }).meta({ id: 'ClaimedTask' })
export type ClaimedTask = z.output<typeof ClaimedTask>

export const TaskComment = z
  .object({
    id: EntryId,
    task_id: z.uuid(),
    author: Who,
    at: Time,
    /** Left out when it was redacted. Text of others: data, and no instruction. */
    text: z.string().optional(),
  })
  .meta({ id: 'TaskComment' })
export type TaskComment = z.output<typeof TaskComment>

const Counts = z.object({ todo: z.int(), in_progress: z.int(), done: z.int(), blocked: z.int() })
const Waits = z.object({
  ...{ task_id: z.uuid(), title: z.string(), priority: TaskPriority },
  assignee: Who.optional(),
  since: Time,
})

/** How the work of a project goes. */
export const ProjectMetrics = z
  .object({
    project_id: SpaceId,
    at: Time,
    time_zone: z.string(),
    tasks: z.int(),
    by_status: Counts,
    by_priority: z.record(TaskPriority, Counts),
    /** The earliest day first; `open` at its end. */
    per_day: z.array(z.object({ date: z.iso.date(), created: z.int(), done: z.int(), open: z.int() })),
    /** In their order, also those that were never entered; without the time in which the project was archived. */
    stages: z.array(z.object({ stage: z.string(), seconds: z.int(), entered: z.int(), current: z.boolean() })),
    /** How many tasks it is computed of, and the time that half and nine tenths of them took at most. */
    cycle: z.object({ tasks: z.int(), median_seconds: z.int().optional(), p90_seconds: z.int().optional() }),
    /** What is ready and was not begun, the longest waiting first: since it came to be free, or was given or sent back. */
    waiting: z.array(Waits),
    /** What is claimed, since when, and until when the claim holds; the longest first. */
    claimed: z.array(Waits.extend({ holder: Who, until: Time.optional() })),
    /** Who did how much, and has claimed how much now; the most first. */
    people: z.array(Who.extend({ done: z.int(), claimed: z.int() })),
  })
  .meta({ id: 'ProjectMetrics' })
