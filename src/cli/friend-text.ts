import type { Friend, FriendRequest } from '../capabilities/friends/schema.ts'
import type { Context } from './context.ts'
import { ago, framed, shortId, shownName } from './text.ts'

export function friendsTable(items: Friend[], context: Context): Promise<string> | string {
  if (items.length === 0)
    return `There are no friends yet. To add one: ${context.next('friends add <peer> --trust 2')}\n`
  const now = context.io.clock.now()
  const owners = items.some(({ owner }) => owner !== undefined)
  // Nodes of one owner stand together.
  const sorted = items.toSorted((a, b) => ((a.owner ?? '') < (b.owner ?? '') ? -1 : a.owner === b.owner ? 0 : 1))
  return context.table(
    ['NAME', 'TRUST', 'THEIRS', 'VERIFIED', 'SEEN', ...(owners ? ['OWNER'] : []), 'NOTES'],
    sorted.map((friend) => [
      shownName(friend.name),
      String(friend.trust_level),
      friend.their_trust === undefined ? (friend.requested ? 'asked' : '-') : String(friend.their_trust),
      friend.verified ? 'yes' : 'no',
      friend.blocked ? 'blocked' : friend.online ? 'online' : ago(friend.last_seen, now) || 'never',
      ...(owners ? [friend.owner === undefined ? '-' : `…${friend.owner.slice(-6)}`] : []),
      friend.notes ?? '',
    ]),
  )
}

export function friendDetails(friend: Friend, context: Context): string {
  const now = context.io.clock.now()
  const theirs =
    friend.their_trust === undefined ? (friend.requested ? 'asked for' : 'none') : String(friend.their_trust)
  return `${context.style.bold(shownName(friend.name))}\n\n${context.pairs([
    ['DID', friend.did],
    ['Trust', `${friend.trust_level}${friend.given_by === 'owner' ? ', for being of an owner you trust' : ''}`],
    ['Their trust', theirs],
    ['Alias', friend.alias ?? '-'],
    ['Notes', friend.notes ?? '-'],
    ['Verified', friend.verified ? ago(friend.verified_at, now) : 'no'],
    ['Owner', friend.owner ?? '-'],
    ['Seen', friend.online ? 'online' : ago(friend.last_seen, now) || 'never'],
    ['Friend since', friend.friend_since],
    ['Blocked', friend.blocked ? 'yes' : 'no'],
    ...friend.addresses.map(({ address }, index) => [index === 0 ? 'Addresses' : '', address] as const),
  ])}`
}

export function requestParagraph(request: FriendRequest, { io, style, next }: Context): string {
  const { id, did, direction, name, trust_level, given: isGiven, message: text, status, reason: said } = request
  const who = style.bold(shownName(name))
  const offer = `${isGiven ? 'gives' : 'offers'} trust ${trust_level}`
  const head =
    direction === 'in' ? `${who} asks to be friends and ${offer}` : `You asked ${who}, with trust ${trust_level}`
  const about = style.dim(`${did} · ${ago(request.created_at, io.clock.now())} · ${shortId(id)}`)
  const lines = [
    `${head}  ${status === 'pending' ? '' : `${status} `}${about}`,
    ...(text === undefined ? [] : framed(text, io.columns)),
    ...(said === undefined ? [] : framed(said, io.columns)),
    ...(status === 'pending' && direction === 'in'
      ? [style.dim(`  ${next(`friends accept ${shownName(name)}`, { operator: true })}`)]
      : []),
  ]
  return `${lines.join('\n')}\n`
}
