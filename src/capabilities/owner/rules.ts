import type { TrustLevel } from '../../authority/trust.ts'

/** The most that being of one owner gives; trust 4 is the operator's alone to give. */
const SHARED_MAX = 3
/** So many nodes of one owner become friends by the rule: one signature each must not fill the list. */
export const SHARED_NODES_MAX = 32

/** A node that proved to be of some owner, as the rule sees it. */
export interface OwnedNode {
  did: string
  trust: TrustLevel
  friend_since: number | undefined
  given_by: 'operator' | 'owner' | undefined
  blocked_at: number | undefined
}

/** Whether the operator has spoken about it: gave trust, took it away, or removed it. The rule never says otherwise. */
const isOperators = ({ given_by, friend_since }: OwnedNode): boolean =>
  given_by === 'operator' || (friend_since !== undefined && given_by !== 'owner')

/**
 * The trust that nodes of one owner have for being his: that of the most trusted friend among them, at most 3; as if that were 4 when it is this node's
 * own owner. 0: none.
 */
export function sharedTrust(nodes: readonly OwnedNode[], isOwn: boolean): TrustLevel {
  const given = nodes
    .filter((node) => isOperators(node) && node.friend_since !== undefined && node.blocked_at === undefined)
    .map((node) => node.trust)
  return Math.min(SHARED_MAX, Math.max(isOwn ? SHARED_MAX : 0, ...given)) as TrustLevel
}

/** What has to change so that the rule holds among all nodes of one owner: trust 0 ends a friendship that came from it. */
export function owed(nodes: readonly OwnedNode[], isOwn: boolean): { did: string; trust: TrustLevel }[] {
  const trust = sharedTrust(nodes, isOwn)
  const others = nodes.filter((node) => !isOperators(node))
  const kept = others.filter((node) => node.friend_since !== undefined)
  const room = trust === 0 ? 0 : Math.max(0, SHARED_NODES_MAX - kept.length)
  const added = others.filter((node) => node.friend_since === undefined && node.blocked_at === undefined).slice(0, room)
  return [...kept.filter((node) => node.trust !== trust), ...added].map(({ did }) => ({ did, trust }))
}
