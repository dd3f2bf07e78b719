import { randomBytes } from 'node:crypto'
import { agentDid } from '../../src/base/did.ts'
import type { Envelope } from '../../src/contract/envelope.ts'
import type { Receipt } from '../../src/contract/receipt.ts'
import { type EnvelopeParts, seal } from '../../src/core/envelopes.ts'
import type { ConnectedPeer, Link, Network } from '../../src/core/network.ts'
import { keyFromSeed, type NodeKey } from '../../src/identity/signing.ts'
import type { FakeClock } from './fake-clock.ts'
import type { NodeParts } from './node.ts'

/** A network without sockets: who is connected is what the test says. */
export function fakeNetwork(): Network & { connected: Map<string, ConnectedPeer> } {
  const connected = new Map<string, ConnectedPeer>()
  const unable = () => Promise.reject(new Error('this network has no sockets'))
  return {
    connected,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    connect: unable,
    disconnect: async (did) => connected.delete(did),
    peers: () => [...connected.values()],
    peer: (did) => connected.get(did),
    addresses: () => [],
    announce: () => undefined,
  }
}

export const connectedPeer = (key: NodeKey, name: string, now = 0): ConnectedPeer => ({
  did: key.did,
  peer_id: key.peerId,
  name,
  version: '0',
  direction: 'inbound',
  address: '/ip4/127.0.0.1/tcp/1',
  encryption: '/tls/1.0.0',
  state: 'live',
  presence: 'online',
  project: undefined,
  load: undefined,
  latency_ms: undefined,
  connected_at: now,
  last_heartbeat_at: now,
  agents: [],
})

export const newKey = (): NodeKey => keyFromSeed(new Uint8Array(randomBytes(32)))

type Words = Partial<Omit<EnvelopeParts, 'from' | 'to'>> & { from?: string; to?: string }

/** Another node, as the test plays it. */
export interface Remote {
  key: NodeKey
  did: string
  name: string
  /** Every envelope it was sent, in order. */
  received: Envelope[]
  /** The receipts among them. */
  receipts(): Receipt[]
  /** Seals an envelope of its own. `from` and `to` are agents' names; without them its operator and the node itself. */
  seal(text: string, words?: Words): ReturnType<typeof seal>
  /** Sends a message and answers the receipt for it. */
  say(text: string, words?: Words): Promise<Receipt | undefined>
  /** Sends an envelope of any type from its node and answers the receipt for it. */
  post(type: string, body: Record<string, unknown>): Promise<Receipt | undefined>
  /** Tells what became of an envelope it was sent. */
  receipt(id: string, stage: Receipt['stage'], more?: Partial<Receipt>): Promise<void>
  connect(): void
  disconnect(): void
}

interface RemoteParts {
  clock: FakeClock
  /** The node it talks to. */
  did: string
  parts: () => NodeParts
  network: ReturnType<typeof fakeNetwork>
}

export function remoteNode(name: string, { clock, did: node, parts, network }: RemoteParts): Remote {
  const key = newKey()
  const received: Envelope[] = []
  const receipts = () => received.flatMap((envelope) => (envelope.body['receipts'] as Receipt[] | undefined) ?? [])
  let link: Link | undefined

  const take = async (text: string) => {
    await parts().inbound.receive(key.did, [Buffer.from(text)])
    await parts().settle()
  }
  const sealed: Remote['seal'] = (text, { from, to, ...rest } = {}) =>
    seal(
      { key, clock },
      {
        type: 'message',
        body: { text },
        ...rest,
        from: from === undefined ? key.did : agentDid(key.did, from),
        to: to === undefined ? node : agentDid(node, to),
      },
    )

  return {
    key,
    did: key.did,
    name,
    received,
    receipts,
    seal: sealed,
    async say(text, words) {
      const { envelope, text: bytes } = sealed(text, words)
      await take(bytes)
      return receipts().findLast((receipt) => receipt.id === envelope.id)
    },
    async post(type, body) {
      const { envelope, text } = seal({ key, clock }, { type, from: key.did, to: node, body })
      await take(text)
      return receipts().findLast((receipt) => receipt.id === envelope.id)
    },
    async receipt(id, stage, more = {}) {
      const receipt = { id, stage, at: new Date(clock.now()).toISOString(), ...more }
      const parts = { type: 'receipt', from: key.did, to: node, body: { receipts: [receipt] } }
      await take(seal({ key, clock }, parts).text)
    },
    connect() {
      let frames = 0
      const mine: Link = {
        async send(batch) {
          received.push(...batch.map((frame) => JSON.parse(Buffer.from(frame).toString())))
          frames += batch.length
          parts().outbox.linkAcknowledged(key.did, mine, frames)
        },
      }
      link = mine
      const peer = connectedPeer(key, name, clock.now())
      network.connected.set(key.did, peer)
      parts().directory.refresh()
      parts().outbox.linkUp(key.did, mine)
      parts().friends.onPeer('connected', peer)
    },
    disconnect() {
      network.connected.delete(key.did)
      parts().directory.refresh()
      if (link) parts().outbox.linkDown(key.did, link)
    },
  }
}
