import type { Stream } from '@libp2p/interface'
import { type Clock, sleep } from '../../base/clock.ts'
import { AgoraError, messageOf } from '../../base/errors.ts'
import type { TokenBucket } from '../../base/token-bucket.ts'
import { FRAME_MAX } from '../../contract/envelope.ts'
import type { Lane } from '../../core/network.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { type FramedStream, frameStream } from '../framed-stream.ts'
import { writeJson } from '../json-frames.ts'

export interface AcceptorParts {
  clock: Clock
  did: string
  lane: Pick<Lane, 'name' | 'counts' | 'inbound' | 'readAhead'>
  telemetry: Telemetry
  /** What the peer may send, in what the lane counts. */
  bucket: TokenBucket
  /** The peer broke the rules, and all connections to it are to be closed. */
  onBreach(reason: string): void
}

export interface Acceptor {
  /** Takes in what the peer sends on this stream, in place of any earlier one. */
  accept(stream: Stream): void
  /** Ends the stream; another may be accepted later. */
  stop(): void
}

/**
 * The receiving end of one peer: batches go to `inbound` in order and one at a time, whatever streams they come on, and are
 * acknowledged after they are kept. While one is handled the next waits, and then the peer.
 */
export function createAcceptor(parts: AcceptorParts): Acceptor {
  const { did, lane, telemetry } = parts
  let current: FramedStream | undefined
  let turn: Promise<unknown> = Promise.resolve()

  async function takeIn(stream: FramedStream): Promise<void> {
    let kept = 0
    for (let frames = await stream.read(); frames; frames = await stream.read()) {
      await allowed(parts, frames.length, stream.ended)
      const batch = frames
      const receiving = turn.then(() => (current === stream ? lane.inbound.receive(did, batch) : undefined))
      turn = receiving.catch(() => undefined)
      const outcome = await receiving
      if (!outcome) break
      kept += batch.length
      // At once: whoever ends the stream now owes it all the same.
      if (outcome.cost) parts.bucket.spend(outcome.cost)
      await stream.send([writeJson({ ack: kept })])
      if (outcome.close) return parts.onBreach(`too many refused ${lane.counts}`)
      if (outcome.cost) await allowed(parts, 0, stream.ended)
    }
    await stream.close()
  }

  return {
    accept(raw) {
      current?.abort('replaced by a newer stream')
      const stream = frameStream(raw, FRAME_MAX, lane.readAhead)
      current = stream
      takeIn(stream).catch((error) => {
        const ended = stream.ended.aborted
        stream.abort('not read any more')
        if (error instanceof AgoraError && error.code === 'malformed') {
          telemetry.security(`${lane.name}_malformed`, did, { error: error.message })
          parts.onBreach(error.message)
        } else if (!ended) {
          telemetry.log.warn(
            { did, error: messageOf(error) },
            `${lane.counts} could not be kept; the peer will send them again`,
          )
        }
      })
    },
    stop() {
      current?.abort('disconnected')
      current = undefined
    },
  }
}

/** Waits until the peer may cause `count` more. Nothing is dropped: it is only read later. */
async function allowed(
  { clock, bucket, telemetry, lane }: AcceptorParts,
  count: number,
  ended: AbortSignal,
): Promise<void> {
  let wait = bucket.take(count)
  if (wait > 0) telemetry.count('rate_limited', { what: lane.counts })
  for (; wait > 0; wait = bucket.take(count)) await sleep(clock, wait, ended)
}
