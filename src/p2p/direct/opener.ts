import type { Connection } from '@libp2p/interface'
import { z } from 'zod'
import { type Clock, sleep } from '../../base/clock.ts'
import { AgoraError, messageOf } from '../../base/errors.ts'
import { FRAME_MAX } from '../../contract/envelope.ts'
import type { Link, LinkListener } from '../../core/network.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { backoff } from '../backoff.ts'
import { type FramedStream, frameStream } from '../framed-stream.ts'
import { readJson } from '../json-frames.ts'
import { ACK_FRAME_MAX, DIRECT_PROTOCOL } from './constants.ts'

const Ack = z.looseObject({ ack: z.int().min(0).optional() })

export interface OpenerParts {
  clock: Clock
  did: string
  links: LinkListener
  telemetry: Telemetry
  random: () => number
  /** The connection to send on; asked again whenever a stream has ended. Undefined when there is none. */
  choose(): Connection | undefined
  /** The peer broke the protocol on its side of the stream. */
  onBreach(reason: string): void
}

/**
 * Keeps one stream open for what this node sends to one peer, for as long as there is a connection: one that breaks is opened again,
 * at once on another connection, else after a backoff. The returned function ends it.
 */
export function keepLink(parts: OpenerParts): () => void {
  const stopped = new AbortController()
  void run(parts, stopped.signal)
  return () => stopped.abort()
}

async function run(parts: OpenerParts, stopped: AbortSignal): Promise<void> {
  const { clock, did, telemetry, choose, random } = parts
  let attempt = 0
  for (let connection = choose(); connection && !stopped.aborted; connection = choose()) {
    const outcome = { acknowledged: false }
    try {
      await carry(parts, connection, stopped, outcome)
    } catch (error) {
      if (stopped.aborted) return
      telemetry.log.debug({ did, error: messageOf(error) }, 'a direct stream ended')
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

/** Opens one stream and lends it out until it ends. `outcome` tells whether the peer kept anything. */
async function carry(
  parts: OpenerParts,
  connection: Connection,
  stopped: AbortSignal,
  outcome: { acknowledged: boolean },
): Promise<void> {
  const { did, links } = parts
  const raw = await connection.newStream([DIRECT_PROTOCOL])
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
  { did, links, telemetry }: OpenerParts,
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
    links.linkAcknowledged(did, link, kept)
  }
}

function readAck(frame: Uint8Array): number | undefined {
  if (frame.byteLength > ACK_FRAME_MAX) throw new AgoraError('malformed', `an ack of ${frame.byteLength} bytes`)
  const result = Ack.safeParse(readJson(frame))
  if (!result.success) throw new AgoraError('malformed', 'an ack without a count')
  return result.data.ack
}
