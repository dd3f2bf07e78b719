import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Connection, Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { TrustLevel } from '../../src/authority/trust.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { ConnectedPeer, Inbound, Introduction, Lane, Link } from '../../src/core/network.ts'
import type { KnownPeer, PeerBook } from '../../src/core/peer-book.ts'
import type { Telemetry } from '../../src/core/telemetry.ts'
import { keyFromSeed } from '../../src/identity/signing.ts'
import { directLane } from '../../src/p2p/direct/index.ts'
import { createNetwork, type NetworkParts } from '../../src/p2p/node.ts'

/** A value that tests wait for: resolves as soon as `poke` finds the condition true. */
function watcher() {
  const waiting = new Set<{ check: () => boolean; resolve: () => void }>()
  return {
    poke() {
      for (const one of waiting) {
        if (!one.check()) continue
        waiting.delete(one)
        one.resolve()
      }
    },
    until: (check: () => boolean) =>
      new Promise<void>((resolve) => {
        if (check()) resolve()
        else waiting.add({ check, resolve })
      }),
  }
}

export interface LinkEvent {
  what: 'up' | 'down' | 'ack'
  did: string
  link: Link
  frames: number
}

let seeds = 1
export const newKey = () => keyFromSeed(new Uint8Array(32).fill(seeds++))

/** A network with stubs for all it needs; they record what they are told and wake whoever waits with `until`. */
export async function startNode(
  name: string,
  {
    lanes = [],
    ...options
  }: Partial<Omit<NetworkParts, 'lanes'>> & {
    trust?: Record<string, TrustLevel>
    known?: KnownPeer[]
    /** Of the direct lane. */
    inbound?: Inbound
    envelopesPerSecond?: number
    /** Further lanes. */
    lanes?: Lane[]
  } = {},
) {
  const { poke, until } = watcher()
  const key = options.key ?? newKey()
  const changes: { change: string; peer: ConnectedPeer }[] = []
  const links: LinkEvent[] = []
  const received: { did: string; frames: string[] }[] = []
  const security: { reason: string; who: string; detail: Record<string, unknown> | undefined }[] = []
  const counts = new Map<string, number>()
  const met: { did: string; name: string; address: string | undefined }[] = []
  const shown: { did: string; owner: unknown }[] = []
  const logged: string[] = []
  let introduction: Introduction = { name, version: '0.1.0', agents: [], presence: 'online', load: 0 }

  const log = (fields: object, message: string) => {
    logged.push(`${message} ${JSON.stringify(fields)}`)
    poke()
  }
  const telemetry: Telemetry = {
    log: { debug: log, info: log, warn: log, error: log },
    count(counter, labels = {}) {
      const id = [counter, ...Object.values(labels)].join(' ')
      counts.set(id, (counts.get(id) ?? 0) + 1)
      poke()
    },
    security(reason, who, detail) {
      security.push({ reason, who, detail })
      poke()
    },
  }
  const known = new Map((options.known ?? []).map((peer) => [peer.did, peer]))
  const book: PeerBook = options.book ?? {
    get: (did) => known.get(did),
    current: (did) => known.get(did),
    owned: () => [],
    onChange: () => undefined,
    trust: (did) => options.trust?.[did] ?? known.get(did)?.trust ?? 0,
    list: (trust = 0) => [...known.values()].filter((peer) => peer.trust >= trust),
    async met(did, peerName, address) {
      met.push({ did, name: peerName, address })
      poke()
    },
    friends: () => [...known.values()].filter((peer) => peer.friend_since !== undefined),
    listBlocked: () => [],
    isBlocked: (did) => known.get(did)?.blocked_at !== undefined,
    learn: () => Promise.resolve(),
    unlearn: () => Promise.resolve(),
    change: () => undefined,
    setTrust: () => undefined,
    revision: () => 0,
  }
  const inbound: Inbound = {
    async receive(did, frames) {
      received.push({ did, frames: frames.map((frame) => Buffer.from(frame).toString()) })
      poke()
      return { close: false }
    },
  }
  const note = (what: LinkEvent['what'], did: string, link: Link, frames = 0) => {
    links.push({ what, did, link, frames })
    poke()
  }
  const network = createNetwork({
    clock: systemClock,
    key,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    announce: [],
    minTrust: 0,
    autoConnect: false,
    limits: { connections: 64, streamsPerConnection: 64, pendingHandshakes: 100 },
    book,
    lanes: [
      directLane({
        inbound: options.inbound ?? inbound,
        perSecond: options.envelopesPerSecond ?? 1e6,
        links: {
          linkUp: (did, link) => note('up', did, link),
          linkAcknowledged: (did, link, frames) => note('ack', did, link, frames),
          linkDown: (did, link) => note('down', did, link),
        },
      }),
      ...lanes,
    ],
    version: '0.1.0',
    introduction: () => introduction,
    telemetry,
    onPeer(change, peer) {
      changes.push({ change, peer })
      poke()
    },
    onOwner(did, _, owner) {
      shown.push({ did, owner })
      poke()
    },
    random: () => 0.5,
    ...options,
  })
  book.onChange((before, after) => queueMicrotask(() => network.peerChanged(before, after)))
  await network.start()
  const node = {
    key,
    did: key.did,
    network,
    changes,
    links,
    received,
    security,
    counts,
    met,
    shown,
    logged,
    known,
    until,
    poke,
    address: () => network.addresses()[0] ?? '',
    /** `host:port` of the first address. */
    hostPort: () =>
      /ip4\/([^/]+)\/tcp\/(\d+)/
        .exec(network.addresses()[0] ?? '')
        ?.slice(1)
        .join(':') ?? '',
    introduce(change: Partial<Introduction>) {
      introduction = { ...introduction, ...change }
    },
    withoutProject() {
      const { project: _, ...rest } = introduction
      introduction = rest
    },
    frames: () => received.flatMap(({ frames }) => frames),
    names: () => changes.map(({ change }) => change),
    connected: (did: string) => until(() => network.peer(did) !== undefined),
    gone: (did: string) => until(() => network.peer(did) === undefined),
    /** The link to a peer, once there is one. */
    async link(did: string): Promise<Link> {
      const live = () => links.findLast((event) => event.did === did && event.what !== 'ack')
      await until(() => live()?.what === 'up')
      return live()?.link ?? never()
    },
    acknowledged: (frames: number) =>
      until(() => links.some((event) => event.what === 'ack' && event.frames === frames)),
    book,
    stop: () => network.stop(),
    [Symbol.asyncDispose]: () => network.stop(),
  }
  return node
}
export type TestNode = Awaited<ReturnType<typeof startNode>>

/** A libp2p peer that does nothing by itself: what an attacker has. */
export async function rawPeer(options: { listen?: boolean } = {}) {
  const key = newKey()
  const libp2p = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', key.seed),
    addresses: { listen: options.listen ? ['/ip4/127.0.0.1/tcp/0'] : [] },
    transports: [tcp()],
    connectionEncrypters: [tls()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    services: { identify: identify() },
  })
  return {
    key,
    did: key.did,
    libp2p,
    dial: (address: string): Promise<Connection> => libp2p.dial(multiaddr(address)),
    [Symbol.asyncDispose]: async () => {
      await libp2p.stop()
    },
  }
}

/** One frame as the wire has it. */
export function wire(message: unknown): Uint8Array {
  const body = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message))
  const length = []
  for (let rest = body.length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) {
      length.push(rest)
      break
    }
    length.push((rest % 128) | 0x80)
  }
  return Buffer.concat([Uint8Array.from(length), body])
}

export const hello = (change: object = {}) =>
  wire({
    type: 'hello',
    v: 1,
    name: 'mallory',
    version: '0.1.0',
    protocols: ['1.0'],
    agents: [],
    presence: 'online',
    load: 0,
    ...change,
  })

/** Opens a session as a well-behaved dialler would. */
export async function sayHello(connection: Connection, change: object = {}): Promise<Stream> {
  const stream = await connection.newStream(['/agora/session/1.0.0'])
  stream.send(hello(change))
  return stream
}

export const closed = (target: Connection | Stream): Promise<void> =>
  new Promise((resolve) => {
    if (target.status !== 'open') return resolve()
    ;(target as EventTarget).addEventListener('close', () => resolve(), { once: true })
  })

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

function never(): never {
  throw new Error('this cannot be')
}
