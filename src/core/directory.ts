import { agentDid, didTail, isDid, parseDid } from '../base/did.ts'
import { AgoraError } from '../base/errors.ts'
import { nameFault } from '../base/names.ts'
import type { Network } from './network.ts'
import type { PeerBook } from './peer-book.ts'

/**
 * Names to DIDs and back. Names are local and say nothing about rights; they match whole, never in part. In order: own agents, this node, aliases, friends, a
 * peer that is connected now.
 */
export interface Directory {
  /**
   * The DID that `address` (a name, `agent@node`, or a DID) means here.
   * @throws AgoraError `unknown_name` or `ambiguous_name` with the candidates, naming `field`.
   */
  resolve(address: string, field: string): string
  /** The same for a node alone. */
  resolveNode(address: string, field: string): string
  /** How a DID is called here: what one would type to reach it, and with its DID's tail where another has the same name. */
  nameOf(did: string): string
  /** Who is connected, or the agents of this node, have changed: what was computed from them is forgotten. */
  refresh(): void
}

export interface DirectoryParts {
  self: { did: string; name: string }
  book: PeerBook
  network: Pick<Network, 'peers'>
  hasAgent: (name: string) => boolean
  agentNames: () => string[]
}

interface Named {
  did: string
  name: string
}

export function createDirectory({ self, book, network, hasAgent, agentNames }: DirectoryParts): Directory {
  /** The rounds in which a node's name is looked for; the first that has it decides. */
  const rounds = (): Named[][] => [
    [{ did: self.did, name: self.name }],
    book.list().flatMap(({ did, alias }) => (alias === undefined ? [] : [{ did, name: alias }])),
    book.list(1),
    network.peers(),
  ]

  function lookUp(name: string): Named[] {
    for (const round of rounds()) {
      const found = new Map(round.filter((peer) => peer.name === name).map((peer) => [peer.did, peer]))
      if (found.size > 0) return [...found.values()]
    }
    return []
  }

  function one(name: string, field: string, address: string): string {
    const [found, ...others] = lookUp(name)
    if (found && others.length === 0) return found.did
    if (found) {
      throw new AgoraError(
        'ambiguous_name',
        `${field}: ${JSON.stringify(name)} is the name of ${others.length + 1} peers.`,
        {
          field,
          hint: 'Give the DID of the one you mean.',
          candidates: [found, ...others].map((peer) => peer.did),
        },
      )
    }
    const known = [
      ...new Set([
        ...agentNames(),
        ...rounds()
          .flat()
          .map((peer) => peer.name),
      ]),
    ]
    throw new AgoraError('unknown_name', `${field}: nobody known here is called ${JSON.stringify(address)}.`, {
      field,
      hint: 'Names match whole. Connect to the peer first, or give its DID.',
      candidates: known.filter((other) => similar(other, name)).slice(0, 5),
    })
  }

  function checkName(name: string, field: string): string {
    const normal = name.normalize('NFC')
    const fault = nameFault(normal)
    if (fault) throw new AgoraError('invalid_name', `${field}: a name ${fault}.`, { field })
    return normal
  }

  function resolveNode(address: string, field: string): string {
    if (address.startsWith('did:')) {
      if (!isDid(address))
        throw new AgoraError('invalid_input', `${field}: this is not an Agora DID.`, {
          field,
          hint: 'A DID looks like did:agora:z6Mk….',
        })
      return parseDid(address).node
    }
    return one(checkName(address, field), field, address)
  }

  function ownAgent(name: string, field: string): string {
    if (hasAgent(name)) return agentDid(self.did, name)
    throw new AgoraError('unknown_name', `${field}: this node has no agent ${JSON.stringify(name)}.`, {
      field,
      hint: '`agora agents` lists them; `agora agents add` makes one.',
      candidates: agentNames()
        .filter((other) => similar(other, name))
        .slice(0, 5),
    })
  }

  let names = new Map<string, string>()
  let revision = -1

  function nodeName(did: string): string {
    if (did === self.did) return self.name
    const connected = network.peers()
    const known = book.get(did)
    const name = known?.alias ?? known?.name ?? connected.find((peer) => peer.did === did)?.name
    if (name === undefined || name === didTail(did)) return didTail(did)
    const others = [
      self,
      ...book.list().map((peer) => ({ did: peer.did, name: peer.alias ?? peer.name })),
      ...connected,
      ...agentNames().map((agent) => ({ did: agentDid(self.did, agent), name: agent })),
    ]
    // A name with a `…` of its own could look like somebody else's with the tail.
    const taken =
      name.includes('…') || others.some((other) => other.did !== did && skeleton(other.name) === skeleton(name))
    return taken ? `${name} ${didTail(did)}` : name
  }

  return {
    resolveNode,
    resolve(address, field) {
      if (address.startsWith('did:')) {
        if (!isDid(address))
          throw new AgoraError('invalid_input', `${field}: this is not an Agora DID.`, {
            field,
            hint: 'A DID looks like did:agora:z6Mk…, or did:agora:z6Mk…#agent.',
          })
        const { node, agent } = parseDid(address)
        return node === self.did && agent !== undefined ? ownAgent(agent, field) : address
      }
      const at = address.lastIndexOf('@')
      if (at >= 0) {
        const agent = checkName(address.slice(0, at), field)
        const node = resolveNode(address.slice(at + 1), field)
        return node === self.did ? ownAgent(agent, field) : agentDid(node, agent)
      }
      const name = checkName(address, field)
      return hasAgent(name) ? agentDid(self.did, name) : one(name, field, address)
    },
    nameOf(did) {
      if (book.revision() !== revision || names.size > 4096) {
        names = new Map()
        revision = book.revision()
      }
      let name = names.get(did)
      if (name === undefined) {
        const { node, agent } = parseDid(did)
        name = agent === undefined ? nodeName(node) : node === self.did ? agent : `${agent}@${nodeName(node)}`
        names.set(did, name)
      }
      return name
    },
    refresh: () => names.clear(),
  }
}

/** Names a reader could take for one another. */
const skeleton = (name: string): string => name.normalize('NFKC').toLowerCase()

const similar = (a: string, b: string): boolean => {
  const [x, y] = [skeleton(a), skeleton(b)]
  return x.startsWith(y.slice(0, 3)) || y.startsWith(x) || x.includes(y)
}
