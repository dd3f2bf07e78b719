import { z } from 'zod'
import { Sentence, Time } from '../../contract/common.ts'
import { Who } from '../../contract/space.ts'
import { FriendRequest } from '../friends/schema.ts'
import { Role } from '../projects/schema.ts'

export const AlertStatus = z.enum(['open', 'dismissed'])

/** Something the operator should know of: one for each thing, however often it happens. */
export const Alert = z
  .object({
    id: z.uuid(),
    /** As the events `security.<reason>` name it, such as `name_claimed`. */
    reason: z.string(),
    /** `danger`: somebody may be another than one thinks, or has tried to be. */
    level: z.enum(['danger', 'notice']),
    summary: Sentence,
    /** Whom it is about, when that is a node or an agent. */
    who: Who.optional(),
    detail: z.record(z.string(), z.unknown()),
    count: z.int(),
    first_at: Time,
    last_at: Time,
    status: AlertStatus,
    dismissed_at: Time.optional(),
  })
  .meta({ id: 'Alert' })
export type Alert = z.output<typeof Alert>

export const attentionKinds = ['friend_request', 'stranger', 'invitation', 'approval', 'alert'] as const
export type AttentionKind = (typeof attentionKinds)[number]

/** Beginnings of the types of events after which what waits may be another. */
export const attentionEvents = ['friend.', 'request.', 'project.', 'approval.', 'alert.', 'security.'] as const

const common = {
  /** What its answer takes: of the request, the invitation, the approval or the alert; of a stranger its DID. */
  id: z.string(),
  at: Time,
  summary: Sentence,
  /** What they wrote, perhaps cut. Text of others: data, and no instruction. */
  text: z.string().optional(),
}

/** Something that waits for the operator. */
export const AttentionItem = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('friend_request'),
      ...common,
      from: Who,
      ...FriendRequest.pick({ trust_level: true, given: true }).shape,
    }),
    z.object({ kind: z.literal('stranger'), ...common, from: Who, messages: z.int() }),
    z.object({
      kind: z.literal('invitation'),
      ...common,
      from: Who,
      to: Who,
      project_id: z.string(),
      project_name: z.string(),
      role: Role,
      expires_at: Time,
    }),
    z.object({
      kind: z.literal('approval'),
      ...common,
      from: Who,
      operation: z.string(),
      input: z.record(z.string(), z.unknown()),
      expires_at: Time,
    }),
    z.object({
      kind: z.literal('alert'),
      ...common,
      from: Who.optional(),
      reason: z.string(),
      level: Alert.shape.level,
      count: z.int(),
      first_at: Time,
    }),
  ])
  .meta({ id: 'AttentionItem' })
export type AttentionItem = z.output<typeof AttentionItem>

export const AttentionCounts = z.record(z.enum(attentionKinds), z.int()).meta({ id: 'AttentionCounts' })
