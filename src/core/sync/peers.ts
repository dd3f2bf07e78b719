import type { LogMessage } from '../../contract/log-message.ts'
import type { Replica } from '../../log/replica.ts'
import type { MessageLink } from '../network.ts'
import { createKnown, type Known } from './known.ts'
import type { Sender } from './sender.ts'

/** What is known of a connected member, space by space. */
export interface Peer {
  did: string
  link: MessageLink<LogMessage> | undefined
  sender: Sender | undefined
  spaces: Map<string, PeerSpace>
  /** Spaces of a backup of which it showed that it knows more of this node than is here. */
  tellsOf: Set<string>
}

export interface PeerSpace {
  known: Known
  /** This link has carried what is here. */
  wasTold: boolean
  /** It was asked to tell anew what it has: what was believed of it may be wrong. */
  isAsked: boolean
  /** Parents that it was asked for. */
  wanted: Set<string>
}

export interface Peers {
  get(did: string): Peer | undefined
  /** Those that there are, with a link or without. */
  all(): Iterable<Peer>
  /** Made when it is not there. */
  of(did: string): Peer
  /** What is known of a peer in one space; made when nothing is. */
  within(peer: Peer, space: string): PeerSpace
  /** Asks the peer to tell anew what it has, and forgets then what was believed of it. */
  ask(peer: Peer, space: string): void
  forget(did: string): void
}

export function createPeers(replica: (space: string) => Replica): Peers {
  const peers = new Map<string, Peer>()

  function within(peer: Peer, space: string): PeerSpace {
    const found = peer.spaces.get(space) ?? {
      known: createKnown(
        () => replica(space),
        () => ask(peer, space),
      ),
      wasTold: false,
      isAsked: false,
      wanted: new Set<string>(),
    }
    peer.spaces.set(space, found)
    return found
  }

  function ask(peer: Peer, space: string): void {
    within(peer, space).isAsked = true
    peer.sender?.have(space)
  }

  return {
    get: (did) => peers.get(did),
    all: () => peers.values(),
    of(did) {
      const peer = peers.get(did) ?? { did, link: undefined, sender: undefined, spaces: new Map(), tellsOf: new Set() }
      peers.set(did, peer)
      return peer
    },
    within,
    ask,
    forget: (did) => void peers.delete(did),
  }
}
