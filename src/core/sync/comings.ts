import type { Spaces } from '../spaces.ts'

export interface ComingsParts {
  spaces: Pick<Spaces, 'list' | 'info' | 'members'>
  /** This node's DID. */
  self: string
  /** Is to be spoken with about a space from now on, or again. */
  onCome(did: string, space: string): void
  /** Is no member of a space any more. */
  onGone(did: string, space: string): void
  /** A member that is to be connected to; called again whenever there is reason to. */
  seek(did: string): void
  /** A member of no space any more. */
  unseek(did: string): void
}

/** Sees who becomes a member of which space, and who is none any more. */
export interface Comings {
  /** Looks for the members of all spaces. */
  start(): void
  /** Something has come into the log of a space. */
  look(space: string): void
  /** This node begins to join a space: who was named to it as a member may tell what is there. */
  join(space: string): void
}

export function createComings({ spaces, self, onCome, onGone, seek, unseek }: ComingsParts): Comings {
  /** As they were when somebody looked last. */
  const known = new Map<string, ReadonlySet<string>>()
  const isAnywhere = (did: string): boolean => [...known.values()].some((members) => members.has(did))

  return {
    start() {
      for (const { id, status, via } of spaces.list()) {
        if (status === 'left' || status === 'removed') continue
        const members = spaces.members(id)
        known.set(id, members)
        for (const did of new Set([...members, ...(status === 'joining' ? via : [])])) if (did !== self) seek(did)
      }
    },
    look(space) {
      const now = spaces.members(space)
      const before = known.get(space)
      if (before === now) return
      known.set(space, now)
      for (const did of now) if (did !== self && !before?.has(did)) onCome(did, space)
      for (const did of before ?? []) {
        if (now.has(did)) continue
        if (!isAnywhere(did)) unseek(did)
        onGone(did, space)
      }
    },
    join(space) {
      for (const did of spaces.info(space)?.via ?? []) onCome(did, space)
    },
  }
}
