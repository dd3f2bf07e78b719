import { isNodeDid, nodeOf } from '../base/did.ts'
import type { Author } from '../contract/space.ts'
import type { Directory } from './directory.ts'
import type { PeerBook } from './peer-book.ts'

export interface AuthorParts {
  self: { did: string }
  directory: Pick<Directory, 'nameOf'>
  book: Pick<PeerBook, 'trust'>
}

/** Who wrote an entry, as it is shown: what the log proves, and what this node thinks of them. */
export const authorView = ({ self, directory, book }: AuthorParts, did: string, role?: string | undefined): Author => {
  const node = nodeOf(did)
  const local = node === self.did
  return {
    did,
    name: directory.nameOf(did),
    ...(role === undefined ? {} : { role }),
    ...(local ? {} : { trust_level: book.trust(node) }),
    local,
    human: isNodeDid(did),
  }
}
