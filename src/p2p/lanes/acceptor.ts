import type { Stream } from '@libp2p/interface'
import { type Clock, sleep } from '../../base/clock.ts'
import { AgoraError, messageOf } from '../../base/errors.ts'
import type { TokenBucket } from '../../base/token-bucket.ts'
import { FRAME_MAX } from '../../contract/envelope.ts'
import type { Lane, Taken } from '../../core/network.ts'
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
 * acknowledged after they are kept. While one is handled the next is at most begun with, and then the peer waits.
 */
export function createAcceptor(parts: AcceptorParts): Acceptor {
  const { did, lane, telemetry } = parts
  let current: FramedStream | undefined
  let turn: Promise<unknown> = Promise.resolve()

  async function takeIn(stream: FramedStream, fail: (error: unknown) => void): Promise<void> {
    const { inbound } = lane
    let kept = 0
    /** Answers whether more is to be taken in. */
    const handle = async (frames: number, keep: () => Promise<Taken>): Promise<boolean> => {
      const keeping = turn.then(() => (current === stream ? keep() : undefined))
      turn = keeping.catch(() => undefined)
      const taken = await keeping
      if (!taken) return false
      kept += frames
      // At once: whoever ends the stream now owes it all the same.
      if (taken.cost) parts.bucket.spend(taken.cost)
      await stream.send([writeJson({ ack: kept })])
      if (taken.close) parts.onBreach(`too many refused ${lane.counts}`)
      else if (taken.cost) await allowed(parts, 0, stream.ended)
      return !taken.close
    }

    let before = Promise.resolve(true)
    for (let frames = await stream.read(); frames; frames = await stream.read()) {
      await allowed(parts, frames.length, stream.ended)
      const batch = frames
      const keep = inbound.begin?.(did, batch) ?? (() => inbound.receive(did, batch))
      if (!(await before)) break
      before = handle(batch.length, keep)
      // It may be long until more comes, and this is waited for.
      before.catch(fail)
      if (!inbound.begin) await before
    }
    await before
    await stream.close()
  }

  function onFailure(stream: FramedStream, error: unknown): void {
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
  }

  return {
    accept(raw) {
      current?.abort('replaced by a newer stream')
      const stream = frameStream(raw, FRAME_MAX, lane.readAhead)
      current = stream
      let failed = false
      const fail = (error: unknown) => {
        if (!failed) onFailure(stream, error)
        failed = true
      }
      takeIn(stream, fail).catch(fail)
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
