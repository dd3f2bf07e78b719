import type { EchoOrder, FramesOrder, Way } from './bare-libp2p.ts'
import { helper } from './children.ts'

/** libp2p alone between two processes. */
export interface Bare extends AsyncDisposable {
  /** Frames a second over one stream that stays open; `way` says whether and how they are verified. */
  frames(count: number, way: Way): Promise<number>
  /** Ms of each round trip of 512 bytes on an open stream, one at a time. */
  echoes(count: number): Promise<number[]>
}

export async function bareLibp2p(): Promise<Bare> {
  const receiver = await helper('bare-libp2p.ts')
  const sender = await helper('bare-libp2p.ts', String(receiver.ready))
  return {
    frames: (frames, way) => sender.ask<number>({ frames, way } satisfies FramesOrder),
    echoes: (echoes) => sender.ask<number[]>({ echoes } satisfies EchoOrder),
    async [Symbol.asyncDispose]() {
      await sender[Symbol.asyncDispose]()
      await receiver[Symbol.asyncDispose]()
    },
  }
}
