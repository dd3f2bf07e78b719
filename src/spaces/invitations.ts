import { nodeOf } from '../base/did.ts'
import { comparePlaces, isPast, type Placed } from '../log/types.ts'
import type { GivenRole } from './project-facts.ts'

export interface Invitation {
  id: string
  to: string
  role: GivenRole
  by: string
  byOwner: boolean
  at: number
  expiresAt: string
  entry: Placed
  status: 'pending' | 'accepted' | 'withdrawn' | 'expired' | 'declined'
}

/**
 * By id. Its inviter chooses the id, so somebody who reads one can sign another of the same id and pretend not to know it: then there are several, the owner's
 * first, else by place. What is said of an id means one of those that its author knew, never one beside them.
 */
export type Invitations = ReadonlyMap<string, readonly Invitation[]>

const before = (one: Invitation, other: Invitation): number =>
  Number(other.byOwner) - Number(one.byOwner) || comparePlaces(one.entry, other.entry)

/** All of them, one of each id. */
export const invitationsIn = (invitations: Invitations): Invitation[] =>
  [...invitations.values()].flatMap(([first]) => first ?? [])

/** What an id means to somebody who knows all that was written. */
export const invitationOf = (invitations: Invitations, id: string): Invitation | undefined => invitations.get(id)?.[0]

/** What an id means to a node that is invited, or one of its agents. */
export const invitationFor = (invitations: Invitations, id: string, node: string): Invitation | undefined =>
  invitations.get(id)?.find(({ to }) => nodeOf(to) === node)

/** That which one entry invited to. */
export const invitedBy = (invitations: Invitations, id: string, entry: string): Invitation | undefined =>
  invitations.get(id)?.find((one) => one.entry.id === entry)

/** Those of an id that whoever wrote an entry could know of. */
const knownTo = (invitations: Invitations, id: string, entry: Placed): readonly Invitation[] =>
  (invitations.get(id) ?? []).filter((one) => isPast(one.entry, entry))

/** The one that an entry takes back. */
export const takenBack = (invitations: Invitations, id: string, entry: Placed): Invitation | undefined =>
  knownTo(invitations, id, entry)[0]

/** The one that an entry answers: the first that is for its author, or, said by an operator, for an agent of the node. */
export const answered = (invitations: Invitations, id: string, entry: Placed): Invitation | undefined =>
  knownTo(invitations, id, entry).find(
    ({ to }) => nodeOf(to) === entry.node && (entry.author === entry.node || entry.author === to),
  )

/** The same with another of an id. */
export function withInvitation(invitations: Map<string, readonly Invitation[]>, one: Invitation): void {
  const others = (invitations.get(one.id) ?? []).filter(({ entry }) => entry.id !== one.entry.id)
  invitations.set(one.id, [...others, one].sort(before))
}
