import { z } from 'zod'
import { Time } from '../../contract/common.ts'
import { Did } from '../../contract/envelope.ts'

export const Presence = z.enum(['online', 'idle', 'busy', 'sleeping', 'offline'])
export type Presence = z.output<typeof Presence>

/** An agent as its node tells peers of it. */
export const AgentBrief = z.looseObject({
  name: z.string().max(64),
  kind: z.string().max(64).optional(),
  presence: Presence,
})
export type AgentBrief = z.output<typeof AgentBrief>

export const Peer = z
  .object({
    /** The peer's own name, or mine for it; unambiguous among those shown. */
    name: z.string(),
    did: Did,
    peer_id: z.string(),
    version: z.string(),
    trust_level: z.int().min(0).max(4),
    /** The friend for which its name could be taken. It is somebody else. */
    looks_like: z.string().optional(),
    state: z.enum(['live', 'stale']),
    direction: z.enum(['inbound', 'outbound']),
    address: z.string(),
    encryption: z.string(),
    presence: Presence,
    project: z.string().optional(),
    load: z.number().optional(),
    latency_ms: z.number().optional(),
    connected_at: Time,
    last_heartbeat_at: Time,
    agents: z.array(AgentBrief),
  })
  .meta({ id: 'Peer' })
export type Peer = z.output<typeof Peer>

export const Status = z
  .object({
    name: z.string(),
    did: Did,
    peer_id: z.string(),
    version: z.string(),
    protocol_versions: z.array(z.string()),
    pid: z.int(),
    started_at: Time,
    uptime_seconds: z.int(),
    home: z.string(),
    api: z.string(),
    addresses: z.array(z.string()),
    peers: z.int(),
    agents: z.int(),
    unread: z.int(),
    requests: z.int(),
    friend_requests: z.int(),
    /** Those this node is a member of. */
    projects: z.int(),
    /** To projects, that wait for this node’s answer. */
    invitations: z.int(),
    /** Connected peers whose names could be taken for a friend's. */
    lookalikes: z.int(),
    approvals: z.int(),
    /** What the operator should know of and has not put away. */
    alerts: z.int(),
    /** Hooks that are set, and those running now. */
    wake: z.object({ hooks: z.int(), running: z.int() }),
    outbox: z.int(),
    paused_conversations: z.int(),
    storage: z.object({ state: z.enum(['ok', 'full', 'failed']), database_bytes: z.int() }),
  })
  .meta({ id: 'Status' })
export type Status = z.output<typeof Status>

export const Health = z.object({ status: z.enum(['ok', 'degraded']), version: z.string() }).meta({ id: 'Health' })

/** W3C DID document (https://www.w3.org/TR/did-1.1/) with one Multikey and the libp2p addresses as service. */
export const DidDocument = z
  .object({
    '@context': z.array(z.string()),
    id: Did,
    alsoKnownAs: z.array(z.string()),
    verificationMethod: z.array(
      z.object({ id: z.string(), type: z.literal('Multikey'), controller: Did, publicKeyMultibase: z.string() }),
    ),
    authentication: z.array(z.string()),
    assertionMethod: z.array(z.string()),
    service: z.array(z.object({ id: z.string(), type: z.string(), serviceEndpoint: z.array(z.string()) })),
  })
  .meta({ id: 'DidDocument' })

export const Identity = DidDocument.extend({
  name: z.string(),
  did: Did,
  did_key: z.string(),
  peer_id: z.string(),
  /** Multibase base58btc of the Ed25519 public key. */
  public_key: z.string(),
}).meta({ id: 'Identity' })
export type Identity = z.output<typeof Identity>
