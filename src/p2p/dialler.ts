import type { Connection } from '@libp2p/interface'
import type { Clock } from '../base/clock.ts'
import { didOfPeerId } from '../base/did.ts'
import { AgoraError } from '../base/errors.ts'
import { parseAddress } from './address.ts'
import { DIAL_STAGGER } from './constants.ts'
import { blockedPeer, dialFault, selfDialled, wrongIdentity } from './faults.ts'
import { firstOf } from './first-of.ts'
import type { Transport } from './libp2p.ts'
import type { Peers } from './peers.ts'
import { resolveTold } from './reach.ts'
import type { Session } from './session/index.ts'
import type { Whereabouts } from './whereabouts.ts'

export interface DiallerParts {
  clock: Clock
  /** This node's DID. */
  self: string
  /** Undefined while the network is not running. */
  transport: () => Transport | undefined
  peers: Pick<Peers, 'open' | 'has' | 'session'>
  whereabouts: Whereabouts
  isBlocked(did: string): boolean
}

export interface Dialler {
  /** Dials one address for the operator, and resolves when both sides have said hello. */
  dial(address: string, signal?: AbortSignal): Promise<Session>
  /** Dials a peer at these addresses and wherever else it may be. */
  find(did: string, given: readonly string[], signal: AbortSignal): Promise<Session>
  /** The address that a connection was dialled by. */
  dialledAt(connection: Connection): string
}

export function createDialler(parts: DiallerParts): Dialler {
  const { clock, self, peers, whereabouts } = parts
  const dialled = new WeakMap<Connection, string>()

  async function dial(
    address: string,
    signal: AbortSignal | undefined,
    sought?: { did: string; isGiven: boolean },
  ): Promise<Session> {
    const { multiaddr, expected = sought?.did } = parseAddress(address)
    const transport = parts.transport()
    if (!transport) throw new AgoraError('stopping', 'The network is not running.')
    if (expected === self || transport.listening().includes(multiaddr)) throw selfDialled(address)
    if (expected !== undefined && parts.isBlocked(expected)) throw blockedPeer(expected)
    const open = expected === undefined ? undefined : peers.session(expected)
    if (open) return open
    const isTold = sought !== undefined && whereabouts.isTold(sought.did, multiaddr)
    const where = () => (isTold ? resolveTold(multiaddr) : Promise.resolve([multiaddr]))
    const connection = await connectTo(transport, address, where, signal)
    const actual = didOfPeerId(connection.remotePeer.toString())
    if (actual === undefined || (expected !== undefined && actual !== expected)) {
      // Compared before anything is said; others may be waiting for this connection with nobody in particular in mind.
      if (!peers.has(connection)) connection.abort(new Error('not who was expected'))
      const found = actual ?? connection.remotePeer.toString()
      if (sought) whereabouts.wrong(sought.did, multiaddr, found, sought.isGiven)
      throw wrongIdentity(address, expected ?? 'a node with an Ed25519 key', found)
    }
    dialled.set(connection, multiaddr)
    const session = peers.open(connection, actual)
    const onAbort = () => session.view ?? session.end('cancelled')
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    await session.ready.finally(() => signal?.removeEventListener('abort', onAbort))
    return session
  }

  async function connectTo(
    transport: Transport,
    address: string,
    where: () => Promise<string[]>,
    signal: AbortSignal | undefined,
  ): Promise<Connection> {
    try {
      const places = await where()
      if (places.length === 0) throw new AgoraError('unreachable', `${address} leads nowhere from here.`)
      return await transport.dial(places, signal)
    } catch (error) {
      throw dialFault(address, error)
    }
  }

  return {
    dial: (address, signal) => dial(address, signal),
    dialledAt: (connection) => dialled.get(connection) ?? connection.remoteAddr.toString(),
    async find(did, given, signal) {
      const plan = whereabouts.plan(did, given)
      if (plan.length === 0)
        throw new AgoraError('unreachable', `No address of ${did} is known that is worth a try now.`)
      return firstOf({ clock, stagger: DIAL_STAGGER, signal }, plan, async (address, stop) => {
        try {
          return await dial(address, stop, { did, isGiven: given.includes(address) })
        } catch (error) {
          if (!stop.aborted) whereabouts.failed(did, address)
          throw error
        }
      })
    },
  }
}
