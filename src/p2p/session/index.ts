import type { Connection, Stream } from '@libp2p/interface'
import { type Clock, every, sleep } from '../../base/clock.ts'
import { AgoraError, messageOf } from '../../base/errors.ts'
import { displayLine } from '../../base/text.ts'
import { tokenBucket } from '../../base/token-bucket.ts'
import type { Introduction } from '../../core/network.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { type FramedStream, frameStream } from '../framed-stream.ts'
import { writeJson } from '../json-frames.ts'
import { hostOf, isHere, toldAddress } from '../reach.ts'
import {
  HEARTBEAT_EVERY,
  HELLO_WITHIN,
  MISSED_CLOSE,
  MISSED_STALE,
  SESSION_FRAME_MAX,
  SESSION_FRAMES_BURST,
  SESSION_FRAMES_PER_SECOND,
} from './constants.ts'
import { type Heartbeat, type Hello, type Located, readMessage } from './messages.ts'
import { createWords } from './words.ts'

/** What the peer says of itself, and how it does. */
export interface SessionView extends Introduction {
  state: 'live' | 'stale'
  latencyMs: number | undefined
  /** Ms since the epoch, of the hello and of the last message. */
  since: number
  heardAt: number
}

/**
 * `/agora/session/1.0.0` on one connection: both sides say hello, then every 30 s that they are there, and goodbye. Who the peer is
 * comes from the connection; what it says of itself are claims.
 */
export interface Session {
  readonly did: string
  readonly connection: Connection
  /** Undefined until the peer has said hello. */
  readonly view: SessionView | undefined
  /** Resolves when both sides have said hello, rejects with `unreachable` when it ends before. */
  readonly ready: Promise<void>
  readonly ended: AbortSignal
  /** The peer is on this very machine. */
  readonly near: boolean
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>
  /** Gives the session its one stream: opened by whoever dialled. */
  attach(stream: Stream): void
  /** Tells the peer how this node does now. */
  announce(): void
  /** Sends a message that may be lost: to a peer that does not read, little is kept waiting. */
  tell(message: object): void
  /** Ends it, tells the peer why when it still listens, and closes the connection. */
  end(reason: string): void
}

export interface SessionParts {
  clock: Clock
  telemetry: Telemetry
  did: string
  connection: Connection
  introduction: () => Introduction
  onReady(session: Session): void
  onChange(session: Session): void
  /** The peer showed this of its owner, in hello or since. */
  onOwner(session: Session, owner: unknown): void
  /** The peer said where it can be reached, in hello or since. */
  onAddresses(session: Session, addresses: string[]): void
  /** The peer asks where others are, or answers such a question. */
  onLocate(session: Session, wanted: string[]): void
  onLocated(session: Session, items: Located['items']): void
  /** Called once, also for sessions that never were ready. */
  onEnd(session: Session, reason: string): void
}

/** Messages that may wait for a peer that does not read. */
const TELL_AHEAD = 8

export function createSession(parts: SessionParts): Session {
  const { clock, telemetry, did, connection } = parts
  const ready = Promise.withResolvers<void>()
  // Whoever dialled waits for it; for all others it is no error that nobody does.
  ready.promise.catch(() => undefined)
  const closed = Promise.withResolvers<void>()
  const ended = new AbortController()
  const frames = tokenBucket({ clock, perSecond: SESSION_FRAMES_PER_SECOND, burst: SESSION_FRAMES_BURST })
  let stream: FramedStream | undefined
  let view: SessionView | undefined
  const words = createWords(clock, parts.introduction)
  let waiting = 0
  let announcing: 'no' | 'now' | 'again' = 'no'

  const cancelHello = clock.after(HELLO_WITHIN, () => end('no hello in time'))
  let cancelHeartbeat = (): void => undefined
  const onClose = () => end('connection lost')
  connection.addEventListener('close', onClose)

  const session: Session = {
    did,
    connection,
    get view() {
      return view
    },
    ready: ready.promise,
    ended: ended.signal,
    near: isHere(hostOf(connection.remoteAddr.toString())),
    closed: closed.promise,
    attach(raw) {
      if (ended.signal.aborted || stream) return raw.abort(new Error('one session a connection'))
      stream = frameStream(raw, SESSION_FRAME_MAX)
      stream.send([words.hello()]).catch(lost)
      listen(stream).catch(lost)
    },
    announce: () => void announce(),
    tell(message) {
      if (!stream || !view || ended.signal.aborted || waiting >= TELL_AHEAD) return
      waiting++
      stream
        .send([writeJson(message)])
        .catch(lost)
        .finally(() => waiting--)
    },
    end,
  }
  return session

  function end(reason: string): void {
    if (ended.signal.aborted) return
    ended.abort()
    cancelHello()
    cancelHeartbeat()
    connection.removeEventListener('close', onClose)
    // Handed to the transport if it has room; a peer that does not read is not waited for.
    stream?.send([writeJson({ type: 'close', reason: reason.slice(0, 300) })]).catch(() => undefined)
    ready.reject(new AgoraError('unreachable', `The connection closed before both sides had said hello: ${reason}.`))
    parts.onEnd(session, reason)
    // One turn later, so that the frame above is on its way. libp2p gives a peer that does not read a second.
    setImmediate(() => {
      connection
        .close()
        .catch((error: Error) => connection.abort(error))
        .finally(() => closed.resolve())
    })
  }

  /** What the stream's end means: an offence if the peer sent nonsense, else just the end. */
  function lost(error: unknown) {
    if (ended.signal.aborted) return
    if (error instanceof AgoraError && error.code === 'malformed') {
      telemetry.security('session_malformed', did, { error: error.message })
      return end(`malformed: ${error.message}`)
    }
    end(messageOf(error))
  }

  async function listen(from: FramedStream): Promise<void> {
    for (let batch = await from.read(); batch; batch = await from.read()) {
      for (const frame of batch) {
        // It may have been ended by this side while the peer's hello was under way.
        if (ended.signal.aborted) return
        take(frame)
      }
      for (let wait = frames.take(batch.length); wait > 0; wait = frames.take(batch.length)) {
        telemetry.count('rate_limited', { what: 'session' })
        await sleep(clock, wait, ended.signal)
      }
    }
    end('the peer closed the session')
  }

  function take(frame: Uint8Array) {
    const read = readMessage(frame)
    if (!read) return telemetry.count('frames_ignored', { what: 'type' })
    if (read.extra) telemetry.count('frames_ignored', { what: 'field' })
    const { message } = read
    if (message.type === 'close') return end(`closed by the peer: ${displayLine(message.reason ?? 'no reason given')}`)
    if (message.type === 'hello')
      return view ? telemetry.count('frames_ignored', { what: 'repeated' }) : greeted(message)
    if (!view) throw new AgoraError('malformed', 'A session begins with hello.')
    if (message.type === 'locate') return parts.onLocate(session, message.wanted)
    if (message.type === 'located') return parts.onLocated(session, message.items)
    update(view, message)
  }

  function greeted(hello: Hello): void {
    const now = clock.now()
    const { name, version, agents, presence, project, load = 0 } = hello
    view = {
      name,
      version,
      agents: agents.map(plainAgent),
      presence,
      load,
      ...(project === undefined ? {} : { project }),
      state: 'live',
      latencyMs: undefined,
      since: now,
      heardAt: now,
    }
    if (hello.sent_at) words.heard(hello.sent_at)
    cancelHello()
    cancelHeartbeat = every(clock, HEARTBEAT_EVERY, beat)
    ready.resolve()
    noteAddresses(view, hello)
    parts.onReady(session)
    heardOfIt(hello)
    // Carries the echo of the hello, so that the peer knows the latency from the first moment on.
    void announce()
  }

  function update(current: SessionView, message: Heartbeat): void {
    const { presence, project, load, agents, sent_at, echo } = message
    const now = clock.now()
    const before = visible(current)
    current.heardAt = now
    current.state = 'live'
    current.presence = presence
    if (load !== undefined) current.load = load
    if (agents) current.agents = agents.map(plainAgent)
    if (project === undefined) delete current.project
    else current.project = project
    if (sent_at) words.heard(sent_at)
    if (echo) current.latencyMs = words.latency(echo) ?? current.latencyMs
    noteAddresses(current, message)
    if (visible(current) !== before) parts.onChange(session)
    heardOfIt(message)
  }

  function noteAddresses(current: SessionView, { addresses }: Hello | Heartbeat): void {
    if (!addresses) return
    current.addresses = addresses.flatMap((text) => toldAddress(text, did, session.near) ?? [])
  }

  function heardOfIt({ owner, addresses }: Hello | Heartbeat): void {
    if (owner !== undefined) parts.onOwner(session, owner)
    if (addresses) parts.onAddresses(session, view?.addresses ?? [])
  }

  function beat() {
    if (!view) return
    const missed = Math.floor((clock.now() - view.heardAt) / HEARTBEAT_EVERY)
    if (missed >= MISSED_CLOSE) return end(`${missed} heartbeats missed`)
    if (missed >= MISSED_STALE && view.state === 'live') {
      view.state = 'stale'
      parts.onChange(session)
    }
    void announce()
  }

  /** One heartbeat at a time: towards a peer that does not read they must not pile up. */
  async function announce(): Promise<void> {
    if (!stream || !view || ended.signal.aborted) return
    if (announcing !== 'no') {
      announcing = 'again'
      return
    }
    try {
      do {
        announcing = 'now'
        await stream.send([words.heartbeat()])
      } while ((announcing as string) === 'again' && !ended.signal.aborted)
    } catch (error) {
      lost(error)
    }
    announcing = 'no'
  }
}

const visible = ({ state, presence, project, agents }: SessionView): string =>
  JSON.stringify([state, presence, project, agents])

const plainAgent = ({
  name,
  kind,
  presence,
}: {
  name: string
  kind?: string | undefined
  presence: Introduction['presence']
}) => ({
  name,
  presence,
  ...(kind === undefined ? {} : { kind }),
})
