import type { SpaceInfo, Spaces } from '../spaces.ts'

/**
 * A member may have everything; who was removed, what led to that, up to and with this entry. Of a space that this node is only joining, whoever was named to it
 * as a member is listened to, and told nothing of what is here: that may be of an earlier time, and the name a lie.
 */
export type Standing = 'member' | 'teller' | { until: string }

/** Who is spoken with about which space: whoever is not is told nothing, not even that there is such a space. */
export interface Standings {
  of(space: string, did: string): Standing | undefined
  /** Whether what it says of the space is heard. */
  isMember(space: string, did: string): boolean
  /** Those of the peers that are members. */
  members<Peer extends { did: string }>(space: string, peers: Iterable<Peer>): Peer[]
}

export function createStandings(
  spaces: Pick<Spaces, 'info' | 'members' | 'removal' | 'replica'>,
  self: string,
  mayRead?: (space: string, did: string) => boolean,
  /** Whether it has shown that it knows more of this node than is here, in a space that a backup brought: that it is a member may be part of that. */
  isTeller: (space: string, did: string) => boolean = () => false,
): Standings {
  const hasWritten = (space: string): boolean =>
    spaces
      .replica(space)
      .branches()
      .some(({ node }) => node === self)

  /** Who left goes on telling that it did, for some may not have heard; who only thought of joining tells nobody anything. */
  function spokenOf(space: string): SpaceInfo | undefined {
    const info = spaces.info(space)
    return info?.status === 'left' && !hasWritten(space) ? undefined : info
  }

  const mayHave = (space: string, did: string): boolean =>
    spaces.members(space).has(did) || mayRead?.(space, did) === true
  const isIn = ({ id, status, via }: SpaceInfo, did: string): boolean =>
    mayHave(id, did) || (status === 'joining' && via.includes(did)) || isTeller(id, did)

  return {
    of(space, did) {
      const info = spokenOf(space)
      if (!info) return undefined
      if (isIn(info, did)) return mayHave(space, did) ? 'member' : 'teller'
      const until = spaces.removal(space, did)
      return until === undefined ? undefined : { until }
    },
    isMember(space, did) {
      const info = spokenOf(space)
      return info !== undefined && isIn(info, did)
    },
    members(space, peers) {
      const info = spokenOf(space)
      return info ? [...peers].filter(({ did }) => isIn(info, did)) : []
    },
  }
}
