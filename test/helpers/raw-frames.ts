import type { Stream } from '@libp2p/interface'

/** Frames of a stream as JSON, read without anything of ours. */
export async function* rawFrames(stream: Stream): AsyncGenerator<Record<string, unknown>> {
  let held = Buffer.alloc(0)
  for await (const chunk of stream) {
    held = Buffer.concat([held, chunk.subarray()])
    for (;;) {
      const size = held.findIndex((byte) => byte < 128) + 1
      const length = held.subarray(0, size).reduce((sum, byte, index) => sum + (byte & 127) * 128 ** index, 0)
      if (size === 0 || held.length < size + length) break
      yield JSON.parse(held.subarray(size, size + length).toString())
      held = held.subarray(size + length)
    }
  }
}
