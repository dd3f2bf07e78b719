import { parseDid } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { nameFault } from '../../base/names.ts'
import type { Directory } from '../../core/directory.ts'
import type { KnownPeer, PeerBook } from '../../core/peer-book.ts'
import type { FriendTables, RequestRow } from './tables.ts'

interface FindingParts {
  self: { did: string; name: string }
  book: PeerBook
  directory: Directory
  tables: FriendTables
}

/** Whom the operator means. All of it throws AgoraError, naming the field. */
export function createFinding({ self, book, directory, tables }: FindingParts) {
  function notSelf(did: string, field: string): string {
    if (did !== self.did) return did
    throw new AgoraError('invalid_input', `${field}: this is this node itself.`, { field })
  }

  /** A node by its DID, or by a name that is known here. */
  const node = (address: string, field: string): string =>
    notSelf(directory.resolveNode(address, field, 'known'), field)

  return {
    node,

    /** A node's own DID; an agent's says nothing about whom one trusts. */
    did(did: string, field: string): string {
      if (parseDid(did).agent === undefined) return notSelf(did, field)
      throw new AgoraError('invalid_input', `${field}: this is the DID of an agent; friends are nodes.`, {
        field,
        hint: `Leave away what stands from the # on: ${parseDid(did).node}`,
      })
    },

    friend(address: string): KnownPeer {
      const did = node(address, 'name')
      const peer = book.get(did)
      if (peer?.friend_since !== undefined) return peer
      throw new AgoraError('not_found', `name: ${JSON.stringify(address)} is no friend.`, {
        field: 'name',
        hint: '`agora friends` lists them; `agora friends add` makes one.',
      })
    },

    blocked(address: string): KnownPeer {
      const all = book.listBlocked()
      const found = all.filter(
        (peer) => peer.did === address || directory.nameOf(peer.did) === address || peer.alias === address,
      )
      const named = found.length > 0 ? found : all.filter((peer) => peer.name === address)
      const [one, other] = named
      if (one && !other) return one
      throw new AgoraError(
        one ? 'ambiguous_name' : 'not_found',
        one
          ? `name: several peers called ${JSON.stringify(address)} are blocked.`
          : `name: ${JSON.stringify(address)} is not blocked.`,
        { field: 'name', hint: '`agora friends blocked` lists who is.', candidates: named.map(({ did }) => did) },
      )
    },

    notBlocked(did: string, field: string): string {
      if (!book.isBlocked(did)) return did
      throw new AgoraError('blocked', `${field}: ${directory.nameOf(did)} is blocked.`, {
        field,
        hint: 'Unblock it first: `agora friends unblock`.',
      })
    },

    /** A request that waits for this node's answer: by its id, or part of it, or by who asks. */
    asked(id: string): RequestRow {
      const all = tables.requests({ status: 'pending', direction: 'in' }).filter(({ did }) => !book.isBlocked(did))
      const part = /^[0-9a-f-]{4,36}$/i.test(id) ? id.toLowerCase() : undefined
      const fits = all.filter(
        (row) =>
          row.did === id ||
          directory.nameOf(row.did) === id ||
          (part !== undefined && (row.id.startsWith(part) || row.id.endsWith(part))),
      )
      const [one, other] = fits
      if (one && !other) return one
      // Trust is given to a DID: a name that somebody else here has too says nothing about whose it is.
      const claimed = one ? fits : all.filter(({ did }) => book.get(did)?.name === id)
      throw new AgoraError(
        claimed.length > 0 ? 'ambiguous_name' : 'not_found',
        claimed.length > 0
          ? `id: ${JSON.stringify(id)} says not for sure whose friend request is meant.`
          : `id: no friend request waits from ${JSON.stringify(id)}.`,
        {
          field: 'id',
          hint: '`agora friends requests` lists them; a DID, or a name as it is shown there, says whose is meant.',
          candidates: (claimed.length > 0 ? claimed : all.slice(0, 10)).map(({ did }) => did),
        },
      )
    },

    /** An alias is there to tell apart: it leads to one peer alone, and nobody else here is called so or nearly so. */
    checkAlias(alias: string, did: string): void {
      const holder = directory.holder(alias)
      if (holder === undefined || holder === did) return
      const what = `is the name of ${directory.nameOf(holder)}, or looks like it`
      throw new AgoraError('already_exists', `alias: ${JSON.stringify(alias)} ${what}.`, { field: 'alias' })
    },

    /** What a peer given by its DID is to be called. */
    checkName(name: string): string {
      const normal = name.normalize('NFC')
      const fault = nameFault(normal)
      if (fault) throw new AgoraError('invalid_name', `name: a name ${fault}.`, { field: 'name' })
      return normal
    },
  }
}
export type Finding = ReturnType<typeof createFinding>
