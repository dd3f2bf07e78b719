import { agentDid, didTail } from '../base/did.ts'
import { skeleton } from '../base/skeleton.ts'
import type { Network } from './network.ts'
import type { PeerBook } from './peer-book.ts'

export interface NameIndexParts {
  self: { did: string; name: string }
  book: PeerBook
  network: Pick<Network, 'peers'>
  agentNames: () => string[]
}

/** Where a name is known from, in the order in which names are looked for. */
export type Place = 'agent' | 'self' | 'alias' | 'friend' | 'connected' | 'known'

export interface NameEntry {
  did: string
  name: string
  place: Place
}

export interface NameIndex {
  /** All whose names could be taken for this one, in the order of their places; among friends in the order in which they got their names. */
  alike(name: string): NameEntry[]
  all(): NameEntry[]
  /** The nodes of that name whose DID ends so; any name when it is undefined. */
  withTail(name: string | undefined, tail: string): string[]
  refresh(): void
}

/** Every name known here by what it looks like, made anew when something of it has changed. */
export function createNameIndex({ self, book, network, agentNames }: NameIndexParts): NameIndex {
  let made: { revision: number; entries: NameEntry[]; bySkeleton: Map<string, NameEntry[]> } | undefined

  function collect(): NameEntry[] {
    const list = book.list()
    const byName = (peer: { named_at?: number | undefined }) => peer.named_at ?? Number.MAX_SAFE_INTEGER
    const friends = book
      .friends()
      .filter((peer) => peer.name !== didTail(peer.did))
      .sort((a, b) => byName(a) - byName(b) || (a.did < b.did ? -1 : 1))
    const isFriend = new Set(friends.map(({ did }) => did))
    const others = list.filter((peer) => !isFriend.has(peer.did) && peer.name !== didTail(peer.did))
    const connected = network.peers().filter((peer) => !isFriend.has(peer.did))
    const here = new Set(connected.map(({ did }) => did))
    const at = (place: Place, named: readonly { did: string; name: string }[]): NameEntry[] =>
      named.map(({ did, name }) => ({ did, name, place }))
    return [
      ...at(
        'agent',
        agentNames().map((name) => ({ did: agentDid(self.did, name), name })),
      ),
      ...at('self', [self]),
      ...at(
        'alias',
        list.flatMap(({ did, alias }) => (alias === undefined ? [] : [{ did, name: alias }])),
      ),
      ...at('friend', friends),
      ...at('connected', connected),
      ...at(
        'known',
        others.filter(({ did }) => !here.has(did)),
      ),
    ]
  }

  function index() {
    if (made?.revision !== book.revision()) {
      const entries = collect()
      made = { revision: book.revision(), entries, bySkeleton: Map.groupBy(entries, ({ name }) => skeleton(name)) }
    }
    return made
  }

  return {
    alike: (name) => index().bySkeleton.get(skeleton(name)) ?? [],
    all: () => index().entries.filter(({ place }) => place !== 'agent' && place !== 'known'),
    withTail: (name, tail) => [
      ...new Set(
        [...index().entries, ...book.list().map(({ did }) => ({ did, name: didTail(did), place: 'known' }))]
          .filter((entry) => entry.place !== 'agent' && (name === undefined || entry.name === name))
          .map(({ did }) => did)
          .filter((did) => did !== self.did && did.endsWith(tail)),
      ),
    ],
    refresh: () => {
      made = undefined
    },
  }
}
