import { z } from 'zod'
import { wellFormed } from '../../contract/common.ts'
import { Did, Timestamp } from '../../contract/envelope.ts'
import { malformed, ThingId, ThingTitle } from '../../contract/facts.ts'
import { FencingToken } from '../../contract/keeper-message.ts'
import type { Refusal } from '../../contract/state.ts'
import { DEPENDENCIES_MAX, LABELS_MAX, TaskPriority, TaskStatus } from './schema.ts'

/** The facts of the entries about tasks. Loose: what newer versions add is kept and ignored. What decides whether an entry is valid is protocol. */
const Labels = z.array(wellFormed(z.string().min(1).max(64))).max(LABELS_MAX)
const DependsOn = z.array(ThingId).max(DEPENDENCIES_MAX)
const OfTask = { task: ThingId }
/** The description is among its texts; that is not to be seen from what is signed. */
const describes = z.boolean().optional()
/** Its author goes over whoever holds the task or was given it: for overseers and the owner. */
const override = z.boolean().optional()

/** Why a claim ended: its holder gave it back, an overseer took it, or the keeper found that the holder has gone or may do nothing any more. */
export const releaseReasons = ['released', 'taken', 'lapsed', 'suspended'] as const
export type ReleaseReason = (typeof releaseReasons)[number]

export const taskFacts = {
  'task.create': z.looseObject({
    id: ThingId,
    title: ThingTitle,
    priority: TaskPriority,
    assignee: Did.optional(),
    labels: Labels,
    depends_on: DependsOn,
    describes,
  }),
  'task.update': z.looseObject({
    ...OfTask,
    title: ThingTitle.optional(),
    status: TaskStatus.optional(),
    priority: TaskPriority.optional(),
    labels: Labels.optional(),
    depends_on: DependsOn.optional(),
    assignee: Did.nullable().optional(),
    /** Of finished work; false sends it back. */
    accepted: z.boolean().optional(),
    describes,
    override,
  }),
  'task.assign': z.looseObject({ ...OfTask, assignee: Did }),
  'task.comment': z.looseObject(OfTask),
  'task.claim': z.looseObject({
    ...OfTask,
    holder: Did,
    token: FencingToken,
    /** By the keeper's clock. */
    until: Timestamp,
    /** Which request it answers. */
    ask: z.string().max(64).optional(),
  }),
  'task.release': z.looseObject({
    ...OfTask,
    because: z.enum(releaseReasons),
    token: FencingToken.optional(),
    /** Who had it: to be told, and nothing else. */
    holder: Did.optional(),
  }),
  'task.complete': z.looseObject({ ...OfTask, token: FencingToken.optional(), override }),
  'task.delete': z.looseObject({ ...OfTask, override }),
} as const

export type TaskType = keyof typeof taskFacts
export type TaskFacts<Type extends TaskType> = z.output<(typeof taskFacts)[Type]>
/** One entry's facts with its type, read. */
export type ReadFacts = { [Type in TaskType]: { type: Type; facts: TaskFacts<Type> } }[TaskType]

export const taskTypes = Object.keys(taskFacts) as TaskType[]

/** The facts of an entry, or why they are none; undefined when it is not about a task. */
export function readTask(type: string, body: unknown): ReadFacts | { refusal: Refusal } | undefined {
  if (!Object.hasOwn(taskFacts, type)) return undefined
  const parsed = taskFacts[type as TaskType].safeParse(body)
  if (parsed.success) return { type, facts: parsed.data } as ReadFacts
  return { refusal: malformed(parsed.error) }
}
