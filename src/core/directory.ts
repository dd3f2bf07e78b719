import { agentDid, didTail, isDid, parseDid } from '../base/did.ts'
import { AgoraError } from '../base/errors.ts'
import { nameFault } from '../base/names.ts'
import { skeleton } from '../base/skeleton.ts'
import { createNameIndex, type NameIndexParts } from './name-index.ts'

/**
 * Names to DIDs and back. Names are local and say nothing about rights; they match whole, never in part. In order: own agents, this node, aliases, friends, a
 * peer that is connected now. Whoever comes first in this order holds a name and all that look like it.
 */
export interface Directory {
  /**
   * The DID that `address` (a name, `agent@node`, or a DID) means here.
   * @throws AgoraError `unknown_name` or `ambiguous_name` with the candidates, naming `field`.
   */
  resolve(address: string, field: string): string
  /** The same for a node alone; `known`: peers that were met and are neither friends nor connected have names too. */
  resolveNode(address: string, field: string, known?: 'known'): string
  /** How a DID is called here: what one would type to reach it, and with its DID's tail where another has the same name. */
  nameOf(did: string): string
  /** The friend for which somebody who calls itself `name` could be taken, if that is not the friend itself. */
  imitated(did: string, name: string): string | undefined
  /** Who holds a name that looks like this one: this node, one of its agents, or a friend by name or alias. */
  holder(name: string): string | undefined
  /** Who is connected, or the agents of this node, have changed: what was computed from them is forgotten. */
  refresh(): void
}

export interface DirectoryParts extends NameIndexParts {
  hasAgent: (name: string) => boolean
}

export function createDirectory(parts: DirectoryParts): Directory {
  const { self, book, network, hasAgent, agentNames } = parts
  const index = createNameIndex(parts)

  function ambiguous(name: string, field: string, dids: string[]): AgoraError {
    const all = [...new Set(dids)]
    const many = all.length === 1 ? 'not the name of one peer alone' : `the name of ${all.length} peers`
    return new AgoraError('ambiguous_name', `${field}: ${JSON.stringify(name)} is ${many}, or looks like it.`, {
      field,
      hint: 'Give the DID of the one you mean, or its name as it is shown.',
      candidates: all,
    })
  }

  function unknown(name: string, field: string, address: string): AgoraError {
    const known = [...new Set([...agentNames(), ...index.all().map((entry) => entry.name)])]
    return new AgoraError('unknown_name', `${field}: nobody known here is called ${JSON.stringify(address)}.`, {
      field,
      hint: 'Names match whole. Connect to the peer first, or give its DID.',
      candidates: known.filter((other) => similar(other, name)).slice(0, 5),
    })
  }

  function one(name: string, field: string, address: string, known: boolean): string {
    const tail = /^(?:(.*) )?…([1-9A-HJ-NP-Za-km-z]{6,48})$/u.exec(name)
    if (tail) {
      const found = index.withTail(tail[1], tail[2] ?? '')
      const [did] = found
      if (did !== undefined && found.length === 1) return did
      if (found.length > 1) throw ambiguous(name, field, found)
    }
    const alike = index.alike(name).filter((entry) => entry.place !== 'agent' && (known || entry.place !== 'known'))
    const exact = alike.filter((entry) => entry.name === name)
    const [first] = alike
    if (!first || exact.length === 0) throw unknown(name, field, address)
    const rivals = alike.filter((entry) => entry.place === first.place)
    // Who has been called so first keeps the name; among those who only claim it nobody does.
    const held = first.name === name && (isFirm(first.place) || new Set(rivals.map(({ did }) => did)).size === 1)
    if (held) return first.did
    throw ambiguous(name, field, [...(isFirm(first.place) ? [first.did] : []), ...exact.map(({ did }) => did)])
  }

  function checkName(name: string, field: string): string {
    const normal = name.normalize('NFC')
    const fault = nameFault(normal)
    if (fault) throw new AgoraError('invalid_name', `${field}: a name ${fault}.`, { field })
    return normal
  }

  function resolveNode(address: string, field: string, known?: 'known'): string {
    if (address.startsWith('did:')) {
      if (!isDid(address))
        throw new AgoraError('invalid_input', `${field}: this is not an Agora DID.`, {
          field,
          hint: 'A DID looks like did:agora:z6Mk….',
        })
      return parseDid(address).node
    }
    return one(checkName(address, field), field, address, known !== undefined)
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
    const known = book.get(did)
    const name = known?.alias ?? known?.name ?? network.peers().find((peer) => peer.did === did)?.name
    if (name === undefined || name === didTail(did)) return didTail(did)
    const alike = index.alike(name)
    const others = alike.filter((entry) => entry.did !== did)
    const [first] = alike
    const isHolder = others.length === 0 || (first?.did === did && isFirm(first.place))
    // A name with a `…` of its own could look like somebody else's with the tail.
    if (isHolder && !name.includes('…')) return name
    // Nobody may take a key with the tail of another, and so its place.
    let length = 6
    while (others.some((other) => other.did.endsWith(did.slice(-length)))) length++
    return `${name} …${did.slice(-length)}`
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
      return hasAgent(name) ? agentDid(self.did, name) : one(name, field, address, false)
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
    imitated: (did, name) => {
      const friends = index.alike(name).filter(({ place }) => place === 'alias' || place === 'friend')
      return friends.some((entry) => entry.did === did) ? undefined : friends[0]?.did
    },
    holder: (name) => index.alike(name).find(({ place }) => isFirm(place))?.did,
    refresh() {
      names.clear()
      index.refresh()
    },
  }
}

/** Places whose names are held; whoever else claims a name only claims it. */
const isFirm = (place: string): boolean => place !== 'connected' && place !== 'known'

const similar = (a: string, b: string): boolean => {
  const [x, y] = [skeleton(a), skeleton(b)]
  return x.startsWith(y.slice(0, 3)) || y.startsWith(x) || x.includes(y)
}
