import type { Connection } from '@libp2p/interface'
import { z } from 'zod'
import { type Clock, sleep } from '../../base/clock.ts'
import { AgoraError, messageOf } from '../../base/errors.ts'
import { FRAME_MAX } from '../../contract/envelope.ts'
import type { Lane, Link } from '../../core/network.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { backoff } from '../backoff.ts'
import { type FramedStream, frameStream } from '../framed-stream.ts'
import { readJson } from '../json-frames.ts'
import { ACK_FRAME_MAX, UNSPOKEN_PAUSE } from './constants.ts'

const Ack = z.looseObject({ ack: z.int().min(0).optional() })

export interface OpenerParts {
  clock: Clock
  did: string
  lane: Pick<Lane, 'protocol' | 'name' | 'links'>
  telemetry: Telemetry
  random: () => number
  /** The connection to send on; asked again whenever a stream has ended. Undefined when there is none. */
  choose(): Connection | undefined
  /** The peer broke the protocol on its side of the stream. */
  onBreach(reason: string): void
}

/**
 * Keeps one stream open for what this node sends to one peer on a lane, for as long as there is a connection: one that breaks is opened again,
 * at once on another connection, else after a backoff. A peer that does not speak the protocol is let be. The returned function ends it.
 */
export function keepLink(parts: OpenerParts): () => void {
  const stopped = new AbortController()
  void run(parts, stopped.signal)
  return () => stopped.abort()
}

async function run(parts: OpenerParts, stopped: AbortSignal): Promise<void> {
  const { clock, did, lane, telemetry, choose, random } = parts
  let attempt = 0
  for (let connection = choose(); connection && !stopped.aborted; connection = choose()) {
    const outcome = { acknowledged: false }
    try {
      await carry(parts, connection, stopped, outcome)
    } catch (error) {
      if (stopped.aborted) return
      telemetry.log.debug({ did, error: messageOf(error) }, `a ${lane.name} stream ended`)
      if (error instanceof Error && error.name === 'UnsupportedProtocolError') {
        await closedOr(connection, stopped, clock)
        continue
      }
      if (error instanceof AgoraError && error.code === 'malformed') {
        telemetry.security('ack_malformed', did, { error: error.message })
        return parts.onBreach(error.message)
      }
    }
    if (stopped.aborted) return
    attempt = outcome.acknowledged ? 0 : attempt + 1
    if (connection.status !== 'open') continue
    // What ended it, such as a full disk over there, is not over at once.
    await sleep(clock, backoff(outcome.acknowledged ? 0 : attempt - 1, random), stopped).catch(() => undefined)
  }
}

/** Resolves when the connection is closed, or a long while has passed, or nobody needs it any more. */
async function closedOr(connection: Connection, stopped: AbortSignal, clock: Clock): Promise<void> {
  const over = new AbortController()
  const end = () => over.abort()
  connection.addEventListener('close', end, { once: true })
  stopped.addEventListener('abort', end, { once: true })
  if (connection.status === 'open' && !stopped.aborted)
    await sleep(clock, UNSPOKEN_PAUSE, over.signal).catch(() => undefined)
  connection.removeEventListener('close', end)
  stopped.removeEventListener('abort', end)
}

/** Opens one stream and lends it out until it ends. `outcome` tells whether the peer kept anything. */
async function carry(
  parts: OpenerParts,
  connection: Connection,
  stopped: AbortSignal,
  outcome: { acknowledged: boolean },
): Promise<void> {
  const { did, lane } = parts
  const { links } = lane
  const raw = await connection.newStream([lane.protocol])
  if (stopped.aborted) return raw.abort(new Error('not needed any more'))
  const stream = frameStream(raw, FRAME_MAX)
  const link: Link = { send: (frames) => stream.send(frames) }
  const onStop = () => stream.abort('not needed any more')
  stopped.addEventListener('abort', onStop, { once: true })
  links.linkUp(did, link)
  try {
    await readAcks(parts, stream, link, outcome)
  } finally {
    stopped.removeEventListener('abort', onStop)
    links.linkDown(did, link)
    stream.abort('the link has ended')
  }
}

async function readAcks(
  { did, lane, telemetry }: OpenerParts,
  stream: FramedStream,
  link: Link,
  outcome: { acknowledged: boolean },
): Promise<void> {
  let kept = 0
  for (let batch = await stream.read(); batch; batch = await stream.read()) {
    for (const frame of batch) {
      const ack = readAck(frame)
      if (ack === undefined) telemetry.count('frames_ignored', { what: 'type' })
      else if (ack > stream.sent || ack < kept)
        throw new AgoraError('malformed', `ack ${ack} of ${stream.sent} frames after ${kept}`)
      else kept = ack
    }
    if (kept === 0) continue
    outcome.acknowledged = true
    lane.links.linkAcknowledged(did, link, kept)
  }
}

function readAck(frame: Uint8Array): number | undefined {
  if (frame.byteLength > ACK_FRAME_MAX) throw new AgoraError('malformed', `an ack of ${frame.byteLength} bytes`)
  const result = Ack.safeParse(readJson(frame))
  if (!result.success) throw new AgoraError('malformed', 'an ack without a count')
  return result.data.ack
}
