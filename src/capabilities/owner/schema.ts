import { z } from 'zod'
import { Time } from '../../contract/common.ts'
import { Did } from '../../contract/envelope.ts'
import { wireType } from '../../contract/wire.ts'
import { OwnerDid } from '../../identity/owner.ts'

/** So many revocations a node shows in its hello: the latest. */
export const REVOCATIONS_SHOWN = 32
/** So many are kept of somebody else's owner, besides those of nodes known here. */
export const REVOCATIONS_MAX = 256
/** So many owners one node can prove here, one after the other. The first are kept: each of them can revoke it. */
export const OWNERS_OF_NODE_MAX = 8

/** What a node shows of its owner in `hello`. Its parts are checked one by one: a bad one is no reason to drop the session. */
export const Shown = z.looseObject({
  attestation: z.unknown(),
  revocations: z.array(z.unknown()).max(REVOCATIONS_SHOWN).default([]),
})

/** Body of the envelope type `owner.revoke`. The revocation is checked by its own signature. */
export const revokeWire = wireType({
  type: 'owner.revoke',
  body: z.looseObject({ revocation: z.looseObject({}) }),
  permissions: ['revocation.tell'],
  receipted: true,
})

/** How this node stands to its owner. */
export const Ownership = z
  .object({
    /** Left out while this node has none. */
    owner: OwnerDid.optional(),
    /** `none`: this node has no owner; `unattested`: the key is here, but this node's attestation is not of it. */
    state: z.enum(['none', 'unattested', 'attested', 'expired', 'revoked']),
    /** Whether the owner's key, encrypted, is on this node. */
    has_key: z.boolean(),
    issued_at: Time.optional(),
    expires_at: Time.optional(),
    /** Where a key lies that was replaced just now. */
    kept_as: z.string().optional(),
  })
  .meta({ id: 'Ownership' })
export type Ownership = z.output<typeof Ownership>

/** A node of this node's owner, as far as it is known here. */
export const OwnerNode = z
  .object({
    did: Did,
    name: z.string(),
    state: z.enum(['this', 'attested', 'revoked']),
    online: z.boolean(),
    expires_at: Time.optional(),
    revoked_at: Time.optional(),
  })
  .meta({ id: 'OwnerNode' })
export type OwnerNode = z.output<typeof OwnerNode>
