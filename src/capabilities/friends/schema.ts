import { z } from 'zod'
import { Name, Time, wellFormed } from '../../contract/common.ts'
import { Did } from '../../contract/envelope.ts'
import { wireType } from '../../contract/wire.ts'

export const TrustLevelInput = z
  .union([z.int(), z.string().regex(/^\d$/, 'is not a level from 0 to 4').transform(Number)])
  .pipe(z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)]))
/** What is written with a request or its answer, for the other operator to read. */
export const Words = wellFormed(z.string().max(500))

const Level = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
const Revision = z.int().min(0)
/** Every `friend.*` envelope tells the whole side of its sender; see CONCEPT "Friends". */
const side = {
  revision: Revision.min(1),
  seen: Revision,
  waits: z.boolean().optional(),
  has: Level.nullable().optional(),
}

export const friendWires = {
  request: wireType({
    type: 'friend.request',
    body: z.looseObject({ ...side, trust_level: Level, given: z.boolean().optional(), message: Words.optional() }),
    permissions: ['friend.ask'],
    receipted: true,
  }),
  accept: wireType({
    type: 'friend.accept',
    body: z.looseObject({ ...side, trust_level: Level, message: Words.optional() }),
    permissions: ['friend.answer'],
    receipted: true,
  }),
  reject: wireType({
    type: 'friend.reject',
    body: z.looseObject({ ...side, reason: Words.optional() }),
    permissions: ['friend.answer'],
    receipted: true,
  }),
  revoke: wireType({
    type: 'friend.revoke',
    body: z.looseObject({ ...side, reason: Words.optional() }),
    permissions: ['friend.answer'],
    receipted: true,
  }),
  trust: wireType({
    type: 'friend.trust',
    body: z.looseObject({ ...side, trust_level: Level }),
    permissions: ['friend.answer'],
    receipted: true,
  }),
}

const KnownAddress = z.object({
  address: z.string(),
  source: z.enum(['dialled', 'hello', 'friend', 'mdns']),
  last_success: Time.optional(),
})

export const Friend = z
  .object({
    /** As it would be typed here; unambiguous. */
    name: z.string(),
    did: Did,
    trust_level: Level,
    /** The trust the friend says this node has with it; left out while it gives none. */
    their_trust: Level.optional(),
    alias: Name.optional(),
    notes: z.string().optional(),
    /** A person has compared the verification code. */
    verified: z.boolean(),
    verified_at: Time.optional(),
    friend_since: Time,
    last_seen: Time.optional(),
    online: z.boolean(),
    /** Never met yet: what is sent waits until it is. */
    pending: z.boolean(),
    /** This node's request waits for the friend's answer. */
    requested: z.boolean(),
    blocked: z.boolean(),
    /** The owner the friend proved to have. */
    owner: z.string().optional(),
    given_by: z.enum(['operator', 'owner']),
    addresses: z.array(KnownAddress),
  })
  .meta({ id: 'Friend' })
export type Friend = z.output<typeof Friend>

export const FriendRequestStatus = z.enum(['pending', 'accepted', 'rejected'])
export const FriendRequest = z
  .object({
    id: z.uuid(),
    /** `in`: a peer asks this node; `out`: this node asks a peer. */
    direction: z.enum(['in', 'out']),
    did: Did,
    name: z.string(),
    /** The trust the asking side gives or offers. */
    trust_level: Level,
    /** Whether that trust is given already, and not only with a yes. */
    given: z.boolean(),
    message: z.string().optional(),
    status: FriendRequestStatus,
    reason: z.string().optional(),
    created_at: Time,
    decided_at: Time.optional(),
  })
  .meta({ id: 'FriendRequest' })
export type FriendRequest = z.output<typeof FriendRequest>

export const Verification = z
  .object({
    name: z.string(),
    did: Did,
    /** The same on both sides: 30 digits in six groups. */
    code: z.string(),
    verified: z.boolean(),
    verified_at: Time.optional(),
  })
  .meta({ id: 'Verification' })

export const Blocked = z.object({ did: Did, name: z.string(), blocked_at: Time }).meta({ id: 'Blocked' })
