import { z } from 'zod'
import { AgoraError } from '../../base/errors.ts'
import { displayLine } from '../../base/text.ts'
import { AgentBrief, Presence } from '../../capabilities/node/schema.ts'
import { Name } from '../../contract/common.ts'
import { Did, Timestamp } from '../../contract/envelope.ts'
import type { Introduction } from '../../core/network.ts'
import { ADDRESSES_TOLD } from '../constants.ts'
import { readJson, writeJson } from '../json-frames.ts'
import {
  AGENTS_MAX,
  LOCATE_MAX,
  LOCATED_MAX,
  PROTOCOL_VERSIONS,
  SESSION_FRAME_MAX,
  SESSION_VERSION,
} from './constants.ts'

/** A presence that a newer version may have added is taken for the plainest one. */
const AnyPresence = z.string().transform((text): Presence => Presence.safeParse(text).data ?? 'online')

/** Text that is shown on as it is. */
const Label = (max: number) => z.string().max(max).transform(displayLine)

/** Of agents only what is known is kept: it is shown on, and what strangers add could be of any shape. */
const Agents = z
  .array(z.object({ ...AgentBrief.shape, name: Name, kind: Label(64).optional(), presence: AnyPresence }))
  .max(AGENTS_MAX)

/** What cannot be read as one is passed over, for there may be kinds of addresses that this version does not know. */
const Addresses = z.array(z.string().max(256)).max(ADDRESSES_TOLD)

const state = {
  presence: AnyPresence,
  project: Label(200).optional(),
  load: z.number().min(0).max(1e6).optional(),
  sent_at: Timestamp.optional(),
  /** Of any shape: whoever checks it does not end the session over it. */
  owner: z.unknown().optional(),
  addresses: Addresses.optional(),
}

/** The first message of both sides. */
export const Hello = z.looseObject({
  type: z.literal('hello'),
  v: z.literal(SESSION_VERSION),
  name: Name,
  version: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\x20-\x7e]+$/, 'is not plain text'),
  protocols: z.array(z.string().max(16)).max(32),
  agents: Agents,
  ...state,
})
export type Hello = z.output<typeof Hello>

/** Says every 30 s, and at once when it changes, how the node is; what is left out of `agents` has not changed. */
export const Heartbeat = z.looseObject({
  type: z.literal('heartbeat'),
  ...state,
  agents: Agents.optional(),
  /** The `sent_at` of the last message from the other side, and for how many ms it was held: what is left is the round trip. */
  echo: z.looseObject({ sent_at: Timestamp, held_ms: z.number().min(0) }).optional(),
})
export type Heartbeat = z.output<typeof Heartbeat>

/** The last message; the connection is closed after it. */
export const Close = z.looseObject({ type: z.literal('close'), reason: z.string().max(500).optional() })

/** Asks to be told where friends are; each of `wanted` is a `locateKey`. It replaces what was asked before. */
export const Locate = z.looseObject({
  type: z.literal('locate'),
  wanted: z.array(z.string().regex(/^[\w-]{22}$/)).max(LOCATE_MAX),
})

/** Where some are of those that were asked for. */
export const Located = z.looseObject({
  type: z.literal('located'),
  items: z.array(z.looseObject({ did: Did, addresses: Addresses })).max(LOCATED_MAX),
})
export type Located = z.output<typeof Located>

const known = { hello: Hello, heartbeat: Heartbeat, close: Close, locate: Locate, located: Located }
export type SessionMessage = z.output<(typeof known)[keyof typeof known]>

/**
 * Reads one frame. Undefined when its type is not known; `extra` tells whether it has fields that are not known.
 * @throws AgoraError `malformed` saying what is wrong with it, `not_connected` when the peer and this node speak no version in common.
 */
export function readMessage(frame: Uint8Array): { message: SessionMessage; extra: boolean } | undefined {
  const json = readJson(frame)
  const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : undefined
  if (typeof type !== 'string') throw new AgoraError('malformed', 'A session message has no type.')
  if (!Object.hasOwn(known, type)) return undefined
  // Before all else: what another version says may have any shape, and is no offence.
  if (type === 'hello') refuseOtherVersion(json as { v?: unknown; protocols?: unknown })
  const schema = known[type as keyof typeof known]
  const result = schema.safeParse(json)
  if (!result.success) {
    const [issue] = result.error.issues
    throw new AgoraError('malformed', `${type}: ${issue?.path.join('.')} ${issue?.message}`)
  }
  return { message: result.data, extra: Object.keys(result.data).some((key) => !Object.hasOwn(schema.shape, key)) }
}

function refuseOtherVersion({ v, protocols }: { v?: unknown; protocols?: unknown }): void {
  const spoken = Array.isArray(protocols) ? protocols.filter((version) => typeof version === 'string') : []
  const isOther = (typeof v === 'number' && v !== SESSION_VERSION) || (spoken.length > 0 && !spoken.some(isSpoken))
  if (!isOther) return
  throw new AgoraError(
    'not_connected',
    `no protocol version in common; this node speaks ${PROTOCOL_VERSIONS.join(', ')}`,
  )
}

/** As many of the agents as a frame holds beside the rest, of which these parts may be large. */
export function fittingAgents(agents: Introduction['agents'], beside: object = {}): Introduction['agents'] {
  const room = SESSION_FRAME_MAX - 4096 - Buffer.byteLength(JSON.stringify(beside))
  let fitting = agents.slice(0, AGENTS_MAX)
  while (Buffer.byteLength(JSON.stringify(fitting)) > room) fitting = fitting.slice(0, fitting.length >> 1)
  return fitting
}

export const helloFrame = ({ agents, ...rest }: Introduction, sent_at: string): Uint8Array =>
  writeJson({
    type: 'hello',
    v: SESSION_VERSION,
    protocols: PROTOCOL_VERSIONS,
    ...rest,
    sent_at,
    agents: fittingAgents(agents, { owner: rest.owner, addresses: rest.addresses }),
  })

const isSpoken = (version: string): boolean =>
  PROTOCOL_VERSIONS.some((own) => own.split('.')[0] === version.split('.')[0])
