import { decode, encode } from 'it-length-prefixed'
import { Uint8ArrayList } from 'uint8arraylist'
import { AgoraError } from '../base/errors.ts'
import { BATCH_BYTES, BATCH_FRAMES } from './constants.ts'

/**
 * Frames on the wire: an unsigned LEB128 varint with the length in bytes, then as many bytes. Stricter than the format asks, so that
 * one sequence of frames has one encoding: lengths are minimal, and no frame is empty.
 */
export function encodeFrames(frames: Uint8Array[], maxLength: number): Uint8Array {
  return Buffer.concat([...encode(frames, { maxDataLength: maxLength })])
}

export interface FrameDecoder {
  push(bytes: Uint8Array | Uint8ArrayList): void
  /**
   * The complete frames at hand, in order, at most a batch of them; empty when more bytes must come first.
   * @throws AgoraError `malformed` when the bytes cannot be frames; nothing after that can be read.
   */
  take(): Uint8Array[]
  /** Bytes held that were not taken yet. */
  readonly bytes: number
  /** Bytes that must be held before `take` can answer; 0 when it is not known yet. */
  readonly needed: number
}

/** Chunks of a few bytes each are joined when there are this many: they cost far more memory than the bytes in them. */
const CHUNKS_MAX = 2048

export function createFrameDecoder(maxLength: number): FrameDecoder {
  let held = new Uint8ArrayList()
  let chunks = 0
  let needed = 0

  return {
    get bytes() {
      return held.byteLength
    },
    get needed() {
      return needed
    },
    push(bytes) {
      held.append(bytes)
      chunks += bytes instanceof Uint8Array ? 1 : [...bytes].length
      if (chunks > CHUNKS_MAX) {
        held = new Uint8ArrayList(held.subarray())
        chunks = 1
      }
    },
    take() {
      const frames: Uint8Array[] = []
      if (held.byteLength < Math.max(1, needed)) return frames
      let used = 0
      let taken = 0
      try {
        for (const frame of decode([held], { lengthDecoder: strictLength(maxLength), maxDataLength: maxLength })) {
          frames.push(frame.subarray())
          used += lengthOfLength(frame.byteLength) + frame.byteLength
          taken += frame.byteLength
          if (frames.length >= BATCH_FRAMES || taken >= BATCH_BYTES) break
        }
      } catch (error) {
        // The decoder reads whole inputs; that this one ends within a frame only means that the rest is still to come.
        if (!(error instanceof Error && error.name === 'UnexpectedEOFError')) throw malformed(error)
      }
      held.consume(used)
      needed = neededFor(held, maxLength)
      if (held.byteLength === 0) chunks = 0
      return frames
    },
  }
}

const lengthOfLength = (length: number): number => (length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x200000 ? 3 : 4)

/** Bytes of the frame that begins in `held`, its length included; 0 when not even the length is there. */
function neededFor(held: Uint8ArrayList, maxLength: number): number {
  try {
    const read = strictLength(maxLength)
    const length = read(held)
    return read.bytes + length
  } catch {
    // The length is cut off, or wrong: the next `take` tells.
    return 0
  }
}

/** Reads a length as `it-length-prefixed` wants it: RangeError when bytes are missing, any other error when it is wrong. */
function strictLength(maxLength: number) {
  const read = (held: Uint8ArrayList): number => {
    let length = 0
    for (let index = 0; index < 4; index++) {
      if (index >= held.byteLength) throw new RangeError('the length is cut off')
      const byte = held.get(index)
      length += (byte & 0x7f) * 2 ** (7 * index)
      if (byte & 0x80) continue
      if (byte === 0) throw new Error(index === 0 ? 'a frame is empty' : 'a length has leading zeros')
      if (length > maxLength) throw new Error(`a frame has ${length} bytes, at most ${maxLength} are taken`)
      read.bytes = index + 1
      return length
    }
    throw new Error('a length has no end')
  }
  read.bytes = 0
  return read
}

const malformed = (cause: unknown): AgoraError =>
  new AgoraError('malformed', `These bytes are not frames: ${cause instanceof Error ? cause.message : cause}.`, {
    cause,
  })
