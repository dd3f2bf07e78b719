import { z } from 'zod'
import { canonicalJson } from '../base/canonical.ts'
import { rfc3339 } from '../base/clock.ts'
import { isNodeDid, isOwnerDid, ownerDid } from '../base/did.ts'
import { CLOCK_AHEAD_MAX, MessageId, Timestamp } from '../contract/envelope.ts'
import { keyFromSeed, verifyOwner } from './signing.ts'

const DAY = 24 * 3_600_000
/** For how long an attestation is made, and the longest that is believed; in ms. */
export const ATTESTED_FOR = 365 * DAY
const ATTESTED_FOR_MAX = 366 * DAY
/** Characters of one signed statement as canonical JSON. */
export const STATEMENT_MAX = 2048

const ATTESTATION_PREFIX = 'agora-owner-1\n'
const REVOCATION_PREFIX = 'agora-owner-revoke-1\n'
const GRANT_PREFIX = 'agora-grant-1\n'

export const OwnerDid = z.string().refine(isOwnerDid, 'is not the DID of an owner (did:agora:owner:z6Mk…)')
const NodeDid = z.string().refine(isNodeDid, 'is not the DID of a node (did:agora:z6Mk…)')
const signed = { v: z.literal(1), owner: OwnerDid, node: NodeDid, signature: z.string().max(128) }

/** The owner says: this node is mine. */
export const Attestation = z.looseObject({ ...signed, issued_at: Timestamp, expires_at: Timestamp })
export type Attestation = z.output<typeof Attestation>

/** The owner says: this node is mine no more, and never will be again. */
export const Revocation = z.looseObject({ ...signed, revoked_at: Timestamp })
export type Revocation = z.output<typeof Revocation>

/** The owner says yes to what an agent of the node asked for. */
export const Grant = z.looseObject({
  ...signed,
  approval: MessageId,
  operation: z.string().max(64),
  input: z.looseObject({}),
  granted_at: Timestamp,
})
export type Grant = z.output<typeof Grant>

/** The key of a person who may have several nodes. It signs what is here, and nothing else. */
export interface OwnerKey {
  did: string
  /** 32 bytes. */
  seed: Uint8Array
  sign(text: string): string
}

export function ownerKeyFromSeed(seed: Uint8Array): OwnerKey {
  const { publicKey, sign } = keyFromSeed(seed)
  return { did: ownerDid(publicKey), seed, sign }
}

/** The text that the signature of a statement covers. */
const textOf = (prefix: string, { signature: _, ...rest }: Record<string, unknown>): string =>
  prefix + canonicalJson(rest)

function sign<Statement extends object>(key: OwnerKey, prefix: string, statement: Statement) {
  const unsigned = { v: 1 as const, owner: key.did, ...statement }
  return { ...unsigned, signature: key.sign(textOf(prefix, unsigned)) }
}

/** @param now ms since the epoch, as in all that follows. */
export const attest = (key: OwnerKey, node: string, now: number): Attestation =>
  sign(key, ATTESTATION_PREFIX, { node, issued_at: rfc3339(now), expires_at: rfc3339(now + ATTESTED_FOR) })

export const revoke = (key: OwnerKey, node: string, now: number): Revocation =>
  sign(key, REVOCATION_PREFIX, { node, revoked_at: rfc3339(now) })

export interface GrantParts {
  node: string
  approval: string
  operation: string
  input: Record<string, unknown>
}
export const grant = (key: OwnerKey, parts: GrantParts, now: number): Grant =>
  sign(key, GRANT_PREFIX, { ...parts, granted_at: rfc3339(now) })

/** What hands a project, which names the owner's key, to another node; it stands in the project's log. */
export interface HandOver {
  owner: string
  at: string
  signature: string
}

/** The text that its signature covers. */
export const handOverText = (space: string, to: string, at: string): string =>
  `agora-transfer-1\n${canonicalJson({ at, space, to })}`

export function handOver(key: OwnerKey, { space, to }: { space: string; to: string }, now: number): HandOver {
  const at = rfc3339(now)
  return { owner: key.did, at, signature: key.sign(handOverText(space, to, at)) }
}

/** Why a statement counts as none. `foreign`: it is about another node than the one that shows it. */
export type StatementFault = 'malformed' | 'foreign' | 'forged' | 'early' | 'expired'
export type Checked<Statement> =
  | { statement: Statement; fault?: never }
  | { statement?: never; fault: StatementFault; detail: string }

/** What a node shows to prove whose it is. `node` is the node that shows it, as the connection proved. */
export function checkAttestation(value: unknown, node: string, now: number): Checked<Attestation> {
  const checked = check(value, Attestation, ATTESTATION_PREFIX, node)
  if (!checked.statement) return checked
  const { issued_at, expires_at } = checked.statement
  const [issued, expires] = [Date.parse(issued_at), Date.parse(expires_at)]
  if (issued - now > CLOCK_AHEAD_MAX) return { fault: 'early', detail: `issued at ${issued_at}` }
  if (expires <= now) return { fault: 'expired', detail: `expired at ${expires_at}` }
  if (expires - issued > ATTESTED_FOR_MAX) return { fault: 'malformed', detail: 'it is made for more than 366 days' }
  return checked
}

/** A revocation counts whoever passes it on, and for ever: no clock can undo it. */
export const checkRevocation = (value: unknown): Checked<Revocation> => check(value, Revocation, REVOCATION_PREFIX)

export const checkGrant = (value: unknown, node: string): Checked<Grant> =>
  check(value, Grant, GRANT_PREFIX, node, Number.POSITIVE_INFINITY)

function check<Statement extends z.ZodType<{ owner: string; node: string; signature: string }>>(
  value: unknown,
  schema: Statement,
  prefix: string,
  node?: string,
  max = STATEMENT_MAX,
): Checked<z.output<Statement>> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { fault: 'malformed', detail: `${issue?.path.join('.')}: ${issue?.message}`.slice(0, 200) }
  }
  // What was read itself and not zod's copy: checked and used must be the same.
  const statement = value as z.output<Statement> & Record<string, unknown>
  let text: string
  try {
    text = textOf(prefix, statement)
  } catch {
    return { fault: 'malformed', detail: 'it has no canonical form' }
  }
  if (text.length > max) return { fault: 'malformed', detail: `it is longer than ${max} characters` }
  if (node !== undefined && statement.node !== node)
    return { fault: 'foreign', detail: `it is that of ${statement.node}` }
  if (!verifyOwner(statement.owner, text, statement.signature)) {
    return { fault: 'forged', detail: `it was not signed by ${statement.owner}` }
  }
  return { statement }
}
