import { type Role, roleAllows } from '../authority/roles.ts'
import { nodeOf } from '../base/did.ts'
import type { SpacePermission } from '../contract/permissions.ts'
import { comparePlaces, isConcurrent, isPast, type LogView, type Placed } from '../log/types.ts'
import type { Pasts } from './pasts.ts'
import type { Act } from './standing.ts'

/** An entry that holds what its target wrote without having seen it. */
export interface Restriction {
  entry: Placed
  /** A node, with all that acts through it, or one agent. */
  target: string
  byOwner: boolean
  /** What the target may still do; nothing, when it is suspended or removed. */
  role: Role | undefined
}

/** Held entries that were brought back: these, and what their node wrote before them. */
interface Release {
  entry: Placed
  byOwner: boolean
  entries: Placed[]
}

export interface Holds {
  add(act: Act): void
  /** The same as it is now, over copies of what it asks; what is added to either is not in the other. */
  copy(parts: HoldParts): Holds
  /** The restriction that holds an entry which needs these permissions. `byOwner`: only the owner's word is asked, on restrictions and on releases. */
  holding(entry: Placed, permissions: readonly SpacePermission[], options?: { byOwner: boolean }): string | undefined
  on(node: string): readonly Restriction[]
}

export interface HoldParts {
  /** What the owner's acts alone say. */
  leaders: Pasts
  /** What all that count say. */
  everybody: Pasts
  log: LogView
}

export const createHolds = (parts: HoldParts): Holds => holdsOf(parts, new Map(), [])

function holdsOf(
  { leaders, everybody, log }: HoldParts,
  byNode: Map<string, readonly Restriction[]>,
  releases: Release[],
): Holds {
  function restrictionIn({ entry, read, rank }: Act): Restriction | undefined {
    const { type, facts } = read
    const byOwner = rank === 'owner'
    if (type === 'project.suspend' || type === 'project.remove')
      return { entry, target: facts.who, byOwner, role: undefined }
    return type === 'project.role' ? { entry, target: facts.who, byOwner, role: facts.role } : undefined
  }

  /** Whether it takes an overseer's place away. Asked when all leaders are known: some became so by answering an invitation. */
  const isUnmaking = ({ entry, target, role }: Restriction): boolean =>
    role !== undefined && role !== 'overseer' && leaders.before(entry).rankOf(target) === 'overseer'

  function strikes(
    { entry: by, target, byOwner, role }: Restriction,
    entry: Placed,
    needed: readonly SpacePermission[],
  ) {
    if (target !== entry.author && target !== entry.node) return false
    if (!isConcurrent(by, entry)) return false
    // An overseer strikes nobody whom the owner, by what either had seen, makes an overseer or the owner.
    if (!byOwner && leaders.beforeEither(by, entry).rankOf(target) !== 'member') return false
    if (role === undefined) return true
    const { stage, profile } = everybody.before(entry)
    return needed.some((permission) => !roleAllows(role, permission, stage, profile))
  }

  const isReleased = (restriction: Restriction, entry: Placed, onlyOwner: boolean): boolean =>
    releases.some(
      ({ entry: release, byOwner, entries }) =>
        (byOwner || !(onlyOwner || isUnmaking(restriction))) &&
        isPast(restriction.entry, release) &&
        entries.some((one) => one.node === entry.node && (one.id === entry.id || isPast(entry, one))),
    )

  return {
    copy: (parts) => holdsOf(parts, new Map(byNode), [...releases]),
    on: (node) => byNode.get(node) ?? [],
    add(act) {
      const { type, facts } = act.read
      if (type === 'project.reinstate') {
        const entries = facts.entries.flatMap((id) => log.placed(id) ?? [])
        releases.push({ entry: act.entry, byOwner: act.rank === 'owner', entries })
        return
      }
      const restriction = restrictionIn(act)
      if (!restriction) return
      const node = nodeOf(restriction.target)
      // By place, so that of several the same one is named everywhere.
      const sorted = [...(byNode.get(node) ?? []), restriction].sort((a, b) => comparePlaces(a.entry, b.entry))
      byNode.set(node, sorted)
    },
    holding: (entry, permissions, { byOwner } = { byOwner: false }) =>
      byNode
        .get(entry.node)
        ?.find(
          (restriction) =>
            (restriction.byOwner || !byOwner) &&
            strikes(restriction, entry, permissions) &&
            !isReleased(restriction, entry, byOwner),
        )?.entry.id,
  }
}
