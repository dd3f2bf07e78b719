import { z } from 'zod'
import { defaultPolicy as preset } from '../../base/wake-policy.ts'
import { Name, Time } from '../../contract/common.ts'
import { Did, FailureReason, MessageId, Stage } from '../../contract/envelope.ts'
import { wireType } from '../../contract/wire.ts'

export const REASON_MAX = 500

/** Body of the envelope type `wake.request`, to an agent or to a node; at most 500 characters say why. */
export const wakeRequestWire = wireType({
  type: 'wake.request',
  body: z.looseObject({ reason: z.string().min(1).max(REASON_MAX) }),
  permissions: ['wake.request'],
  receipted: true,
})

/**
 * What the sender of a message, or of a request, is told of waking, as notes on the stage `stored`. `woken` and `awake` are said of requests alone: whether a
 * message was read is told by its stage.
 */
const wakeNotes = ['waking', 'woken', 'awake', 'wake_failed', 'wake_idle', 'wake_denied'] as const
export type WakeNote = (typeof wakeNotes)[number]

const CLOCK_TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d'
const Hours = z
  .string()
  .regex(new RegExp(`^${CLOCK_TIME}-(?:${CLOCK_TIME}|24:00)$`), 'is not of the form 08:00-22:00')
  .refine((hours) => hours.slice(0, 5) !== hours.slice(6), 'begins when it ends; the whole day is 00:00-24:00')

export const Policy = z
  .object({
    /** Nobody has read for so long: then nobody is there. */
    after_seconds: z.int().min(0).max(86_400),
    /** After the last of several messages that come one upon another, but no longer than ten times that after the first. */
    debounce_seconds: z.int().min(0).max(3600),
    /** From the end of one wake to the next. */
    pause_seconds: z.int().min(0).max(86_400),
    /** Then it is ended. */
    timeout_seconds: z.int().min(1).max(86_400),
    /** Wakes for one friend, or one agent of this node, from midnight to midnight of this machine. */
    per_day: z.int().min(1).max(10_000),
    /** Of this machine's day; over midnight when the end is before the beginning. */
    hours: Hours,
    min_trust: z.literal([3, 4]),
    /** Whether the operator is told of each wake by an event of its own, `wake.notice`. */
    notify: z.boolean(),
  })
  .meta({ id: 'WakePolicy' })
export type Policy = z.output<typeof Policy>

export const defaultPolicy: Policy = preset

export const WakeHook = z
  .object({
    /** Absent for the node's own. */
    agent: Name.optional(),
    /** As it would be typed. */
    command: z.string(),
    /** An absolute path. */
    program: z.string(),
    args: z.array(z.string()),
    /** The folder it runs in. */
    cwd: z.string(),
    policy: Policy,
    set_at: Time,
    /** Why it could not run now. */
    fault: z.string().optional(),
  })
  .meta({ id: 'WakeHook' })
export type WakeHook = z.output<typeof WakeHook>

export const WakeRun = z
  .object({
    id: z.string(),
    agent: Name.optional(),
    command: z.string(),
    /** How many messages and requests it was for, and whose. */
    calls: z.int(),
    from: z.array(z.string()),
    started_at: Time,
    ended_at: Time.optional(),
    /**
     * `done`: ended by itself with code 0. `failed`: with another, or it could not start. `timed_out`, `stopped`: it was ended, at its time or with the daemon.
     * `interrupted`: the daemon was killed meanwhile. Absent while it runs.
     */
    outcome: z.enum(['done', 'failed', 'timed_out', 'stopped', 'interrupted']).optional(),
    code: z.int().optional(),
    signal: z.string().optional(),
    error: z.string().optional(),
    /** The end of what it printed. */
    output: z.string().optional(),
  })
  .meta({ id: 'WakeRun' })
export type WakeRun = z.output<typeof WakeRun>

/** A `wake.request` this node sent. */
export const WakeAsked = z
  .object({
    id: MessageId,
    from: Did,
    to: Did,
    to_name: z.string(),
    reason: z.string(),
    stage: Stage,
    /** `waking`, `woken`, `awake` (it is there already), `wake_failed`, `wake_denied`; what a later version says besides. */
    note: z.string().optional(),
    failure: FailureReason.optional(),
    times: z.record(z.string(), Time),
  })
  .meta({ id: 'WakeAsked' })
export type WakeAsked = z.output<typeof WakeAsked>
