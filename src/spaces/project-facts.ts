import { z } from 'zod'
import { type Profile, roles, stages } from '../authority/roles.ts'
import { isOwnerDid, nodeOf } from '../base/did.ts'
import { wellFormed } from '../contract/common.ts'
import { EntryId } from '../contract/entry.ts'
import { Did, Timestamp } from '../contract/envelope.ts'
import { ThingId, ThingTitle } from '../contract/facts.ts'
import { type SpacePermission, spacePermissions } from '../contract/permissions.ts'

/** The facts of the entries that say who may do what in a project. Loose: what newer versions add is kept and ignored. */
export const NodeDid = Did.refine((did) => nodeOf(did) === did, 'is the DID of an agent, not of a node')
const OwnerDid = z.string().refine(isOwnerDid, 'is not the DID of an owner')
export const GivenRole = z.enum(roles).exclude(['owner'])
export type GivenRole = z.output<typeof GivenRole>
const StageName = z.enum(stages)
export const Repo = wellFormed(z.string().min(1).max(2000))

/** Names of permissions of newer versions are kept, and take nothing away here. */
const Taken = z.array(z.string().max(64)).max(64)
const ProfileFacts = z
  .partialRecord(StageName, z.partialRecord(GivenRole, Taken))
  .transform(
    (profile) =>
      Object.fromEntries(
        Object.entries(profile).map(([stage, byRole]) => [
          stage,
          Object.fromEntries(
            Object.entries(byRole).map(([role, taken]) => [
              role,
              taken.filter((name): name is SpacePermission => (spacePermissions as readonly string[]).includes(name)),
            ]),
          ),
        ]),
      ) as Profile,
  )

const count = z.int().min(1).max(10_000)
export const Limits = z.looseObject({
  /** Members, invited ones included. */
  max_agents: count.optional(),
  max_per_role: z.partialRecord(GivenRole, count).optional(),
  /** Trust that whoever invites must give the invited. */
  min_trust: z.int().min(0).max(4).optional(),
})
export type Limits = z.output<typeof Limits>

/** What the owner's key signs to hand a project to another node of the same owner. */
const OwnerProof = z.looseObject({ owner: OwnerDid, at: Timestamp, signature: z.string().max(128) })

const texts = { texts_hash: z.string().max(64).optional() }

export const authorityFacts = {
  'project.create': z.looseObject({
    name: ThingTitle,
    repo: Repo.optional(),
    owner_key: OwnerDid.optional(),
    ...texts,
  }),
  'project.update': z.looseObject({
    name: ThingTitle.optional(),
    repo: Repo.nullable().optional(),
    profile: ProfileFacts.optional(),
    limits: Limits.optional(),
    keeper: NodeDid.optional(),
    ...texts,
  }),
  'project.invite': z.looseObject({
    id: ThingId,
    to: Did,
    role: GivenRole,
    expires_at: Timestamp,
    ...texts,
  }),
  'project.withdraw': z.looseObject({
    invitation: ThingId,
    because: z.enum(['withdrawn', 'expired', 'declined']).optional(),
  }),
  'project.accept': z.looseObject({ invitation: ThingId }),
  'project.leave': z.looseObject({ agent: Did.optional() }),
  'project.role': z.looseObject({ who: Did, role: GivenRole }),
  'project.transfer': z.looseObject({ to: NodeDid, owner_proof: OwnerProof.optional() }),
  'project.stage': z.looseObject({ stage: StageName }),
  'project.suspend': z.looseObject({ who: Did, ...texts }),
  'project.unsuspend': z.looseObject({ who: Did }),
  'project.remove': z.looseObject({ who: NodeDid, ...texts }),
  'project.reinstate': z.looseObject({ who: Did.optional(), entries: z.array(EntryId).max(500) }),
  'project.archive': z.looseObject({ archived: z.boolean() }),
} as const

export type AuthorityType = keyof typeof authorityFacts
export type Facts<Type extends AuthorityType> = z.output<(typeof authorityFacts)[Type]>

/** One authority entry's facts with its type, read; undefined when they are malformed. */
export type AuthorityFacts = { [Type in AuthorityType]: { type: Type; facts: Facts<Type> } }[AuthorityType]

export const isAuthorityType = (type: string): type is AuthorityType => Object.hasOwn(authorityFacts, type)

export function readAuthority(type: string, body: unknown): AuthorityFacts | undefined {
  if (!isAuthorityType(type)) return undefined
  const parsed = authorityFacts[type].safeParse(body)
  return parsed.success ? ({ type, facts: parsed.data } as AuthorityFacts) : undefined
}
