import type { AgentBrief, Presence } from '../capabilities/node/schema.ts'

/**
 * What the rest of the daemon needs of the network, and what the network needs of it. `p2p/` implements the first half and is given the second;
 * neither knows how the other is made.
 */
export interface Network {
  start(): Promise<void>
  stop(): Promise<void>
  /** Dials `host:port`, a multiaddr, or either with a DID, and resolves when both sides have said hello. */
  connect(address: string, options?: { signal?: AbortSignal }): Promise<ConnectedPeer>
  /** Closes every connection to the node and does not dial it again until asked to. */
  disconnect(did: string): Promise<boolean>
  peers(): ConnectedPeer[]
  peer(did: string): ConnectedPeer | undefined
  /** The multiaddrs others can dial, each ending in this node's peer ID. */
  addresses(): string[]
  /** Tells connected peers at once what `Local.hello` and `Local.presence` say now. */
  announce(): void
}

/** A peer whose hello was received on a connection that is open now. */
export interface ConnectedPeer {
  did: string
  peer_id: string
  /** As the peer calls itself; a claim, never an identity. */
  name: string
  version: string
  direction: 'inbound' | 'outbound'
  /** Where it can be dialled, as far as that is known; of one that came by itself and told no address, where it came from. */
  address: string
  /** What the connection is encrypted by: `/tls/1.0.0` or `/noise`. */
  encryption: string
  state: 'live' | 'stale'
  presence: Presence
  project: string | undefined
  load: number | undefined
  latency_ms: number | undefined
  /** Ms since the epoch. */
  connected_at: number
  last_heartbeat_at: number
  agents: AgentBrief[]
}

/** What a node says of itself in `hello` and heartbeats. */
export interface Introduction {
  name: string
  version: string
  agents: AgentBrief[]
  presence: Presence
  project?: string
  load: number
  /** What it shows of its owner; when it comes from a peer, a claim of any shape. */
  owner?: unknown
  /** Multiaddrs without `/p2p/…` where it can be dialled; told to those who may know, and when it comes from a peer, a claim. */
  addresses?: string[]
}

/** A way to send frames to one peer; ends with the connection. */
export interface Link {
  /** Resolves when all frames were handed to the transport, respecting its backpressure; rejects when the link is gone. */
  send(frames: Uint8Array[]): Promise<void>
}

/** What became of frames that were kept. */
export interface Taken {
  /** The peer has broken the rules too often. */
  close: boolean
  /** What the frames cost here beside being frames, in what the lane counts: no more of the peer is kept until it may have caused that much. */
  cost?: number
}

/** Takes frames that a peer sent on one lane. */
export interface Inbound {
  /**
   * Checks and handles frames in order and resolves after the commit that holds their effects.
   * Rejects when the frames could not be kept (full disk): nothing of the batch counts as received then.
   */
  receive(did: string, frames: Uint8Array[]): Promise<Taken>
  /**
   * The same in two steps: what takes long and depends on nothing before it, such as checking signatures, is begun at once; what is answered does the rest, and
   * is called when all that came before is kept, or never. Where there is none, frames wait untouched.
   */
  begin?(did: string, frames: Uint8Array[]): () => Promise<Taken>
}

/** Whoever sends to peers is told of links here. */
export interface LinkListener {
  linkUp(did: string, link: Link): void
  /** `frames` frames sent on this link have been kept by the other side, counted from its beginning. */
  linkAcknowledged(did: string, link: Link, frames: number): void
  linkDown(did: string, link: Link): void
}

/** One protocol for frames both ways between connected peers: frames arrive in order, and are acknowledged once they are kept. */
export interface Lane {
  protocol: string
  /** Its short name, as in `direct_malformed`. */
  name: string
  /** What is limited on it: `envelopes`. */
  counts: string
  /** Of that, how many a second from one peer, and how many at once, by default two seconds' worth; more is read later. */
  perSecond: number
  burst?: number
  /** Unread bytes of one peer at which reading pauses; what is handled in large pieces needs the next at hand when it is done with one. */
  readAhead?: number
  inbound: Inbound
  links: LinkListener
}

/** A link on which whole messages are sent, each a frame. */
export interface MessageLink<Message> {
  send(messages: Message[]): Promise<void>
}

/** Both ends of a lane for whoever speaks in messages, which were read and have the right shape. As `Inbound` and `LinkListener`. */
export interface MessagePort<Message> {
  receive(did: string, messages: Message[]): Promise<Taken>
  begin?(did: string, messages: Message[]): () => Promise<Taken>
  linkUp(did: string, link: MessageLink<Message>): void
  linkAcknowledged(did: string, link: MessageLink<Message>, messages: number): void
  linkDown(did: string, link: MessageLink<Message>): void
}
