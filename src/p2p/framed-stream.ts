import type { Stream } from '@libp2p/interface'
import { AgoraError, messageOf } from '../base/errors.ts'
import { READ_AHEAD, SEND_AHEAD } from './constants.ts'
import { createFrameDecoder, encodeFrames } from './frames.ts'

/** Frames both ways over one libp2p stream, with backpressure both ways. */
export interface FramedStream {
  /**
   * Waits for frames and answers all complete ones at hand, a batch at most; undefined when the peer has ended the stream in order.
   * While nobody reads, the peer is held back. One reader at a time.
   * @throws AgoraError `malformed` when the peer sent what are no frames or ended within one, `not_connected` when the stream broke.
   */
  read(): Promise<Uint8Array[] | undefined>
  /**
   * Resolves when the transport has taken all frames and has room for more; what waits meanwhile goes out together.
   * @throws AgoraError `not_connected` when the stream is gone, `too_large` when a frame is longer than `maxFrame`.
   */
  send(frames: Uint8Array[]): Promise<void>
  /** Frames handed to the transport so far. */
  readonly sent: number
  /** Aborts once the stream has ended in whatever way. */
  readonly ended: AbortSignal
  /** Ends what this side sends; what was handed over still arrives. */
  close(): Promise<void>
  abort(reason: string): void
}

interface Waiting {
  frames: Uint8Array[]
  next: number
  resolve(): void
  reject(error: Error): void
}

/** @param readAhead unread bytes at which reading pauses. */
export function frameStream(stream: Stream, maxFrame: number, readAhead: number = READ_AHEAD): FramedStream {
  const ended = new AbortController()
  const gone = (cause?: unknown) =>
    new AgoraError('not_connected', `The stream has ended${cause ? `: ${messageOf(cause)}` : ''}.`, { cause })
  let failure: Error | undefined

  // A stream may be reset between its opening and now, and tells it only once.
  if (stream.status === 'aborted' || stream.status === 'reset') failure = gone(stream.status)
  if (failure || stream.status === 'closed') ended.abort()
  stream.addEventListener('close', ({ error }) => {
    failure = error && gone(error)
    ended.abort()
    wake()
    for (const waiting of queue.splice(0)) waiting.reject(gone(error))
  })

  // ---- reading -------------------------------------------------------------------------------------------------
  const decoder = createFrameDecoder(maxFrame)
  let wakeReader = (): void => undefined
  let news = false
  let resuming = false
  /** The peer ended the stream itself; that the connection was lost is no end. */
  let finished = stream.remoteWriteStatus === 'closed' && stream.status === 'open'

  const wake = () => {
    news = true
    wakeReader()
  }

  const isFull = () => decoder.bytes >= Math.max(readAhead, decoder.needed)
  const holdBack = () => {
    // A pause within `resume` would be undone by it.
    if (!resuming && isFull() && stream.readStatus === 'readable') stream.pause()
  }
  const letCome = () => {
    if (isFull() || stream.readStatus !== 'paused') return
    resuming = true
    try {
      stream.resume()
    } catch {
      // It closed meanwhile: what had arrived was handed out, and 'close' tells the rest.
    }
    resuming = false
    holdBack()
  }
  stream.addEventListener('message', ({ data }) => {
    decoder.push(data)
    holdBack()
    wake()
  })
  stream.addEventListener('remoteCloseWrite', () => {
    finished = true
    wake()
  })

  // ---- sending -------------------------------------------------------------------------------------------------
  const queue: Waiting[] = []
  let sent = 0
  let pumping = false

  async function pump(): Promise<void> {
    // Whatever else is sent in the same turn goes along.
    await Promise.resolve()
    while (queue.length > 0 && !ended.signal.aborted) {
      const { frames, done } = nextFrames(queue)
      try {
        stream.send(encodeFrames(frames, maxFrame))
        sent += frames.length
        while (stream.writableNeedsDrain) await drained(stream)
        for (const waiting of done) waiting.resolve()
      } catch (error) {
        for (const waiting of [...done, ...queue.splice(0)]) waiting.reject(gone(error))
      }
    }
    pumping = false
  }

  return {
    async read() {
      for (;;) {
        news = false
        if (failure) throw failure
        const frames = decoder.take()
        letCome()
        if (frames.length > 0) return frames
        if (news) continue
        if ((finished || ended.signal.aborted) && stream.readBufferLength === 0) {
          if (decoder.bytes === 0 && decoder.needed === 0) return undefined
          throw finished ? new AgoraError('malformed', 'The stream ended within a frame.') : gone()
        }
        await new Promise<void>((resolve) => {
          wakeReader = resolve
        })
      }
    },
    send(frames) {
      if (frames.length === 0) return Promise.resolve()
      if (ended.signal.aborted) return Promise.reject(gone())
      if (frames.some((frame) => frame.byteLength > maxFrame || frame.byteLength === 0)) {
        return Promise.reject(new AgoraError('too_large', `A frame holds 1 to ${maxFrame} bytes.`))
      }
      return new Promise((resolve, reject) => {
        queue.push({ frames, next: 0, resolve, reject })
        if (pumping) return
        pumping = true
        void pump()
      })
    },
    get sent() {
      return sent
    },
    ended: ended.signal,
    close: () => stream.close(),
    abort: (reason) => stream.abort(new Error(reason)),
  }
}

/** Takes frames from the head of the queue, about `SEND_AHEAD` bytes, and tells whose last frame is among them. */
function nextFrames(queue: Waiting[]): { frames: Uint8Array[]; done: Waiting[] } {
  const frames: Uint8Array[] = []
  const done: Waiting[] = []
  let bytes = 0
  for (let waiting = queue[0]; waiting && bytes < SEND_AHEAD; waiting = queue[0]) {
    for (; waiting.next < waiting.frames.length && bytes < SEND_AHEAD; waiting.next++) {
      const frame = waiting.frames[waiting.next]
      if (!frame) break
      frames.push(frame)
      bytes += frame.byteLength
    }
    if (waiting.next < waiting.frames.length) break
    done.push(waiting)
    queue.shift()
  }
  return { frames, done }
}

/** The stream's own `onDrain` answers at once from its second use on, so its events are listened to here. */
function drained(stream: Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    const off = () => {
      stream.removeEventListener('drain', onDrain)
      stream.removeEventListener('close', onClose)
    }
    const onDrain = () => {
      off()
      resolve()
    }
    const onClose = () => {
      off()
      reject(new Error('closed while sending'))
    }
    stream.addEventListener('drain', onDrain)
    stream.addEventListener('close', onClose)
    if (stream.writeStatus === 'closed') onClose()
  })
}
