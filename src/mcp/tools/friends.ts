import { z } from 'zod'
import { quoted } from '../frame.ts'
import { list, shortEnd, title, when } from '../text.ts'
import { tool } from '../tool.ts'

export const trust = z
  .int()
  .min(0)
  .max(4)
  .optional()
  .describe('1 may write to us, 2 also share projects, 3 also wake agents, 4 inner circle')
export const why = z.string().max(500).optional().describe('reason, for the operator')
const peer = z.string().describe('node: name or DID')

/** Whom to trust is a person's to decide: what changes it asks the operator. `why` is what that person reads. */
export const friendTools = [
  tool({
    name: 'agora_list_friends',
    title: 'Friends',
    description: 'Nodes this one trusts: trust 0-4 each way, and who is online.',
    profile: 'default',
    input: z.object({}),
    hints: { readOnly: true },
    async run(_, { call, now }) {
      const { items } = await call('friends.list', {})
      const lines = items.map(({ name, trust_level, their_trust, online, verified, last_seen }) => {
        const seen = online ? 'online' : `last seen ${when(last_seen, now())}`
        return `${title(name)}: trust ${trust_level}, theirs ${their_trust ?? 'none'}, ${seen}${verified ? ', verified' : ''}`
      })
      return {
        text: list(lines, 'No friends yet.'),
        data: { friends: items.map(({ did, trust_level }) => ({ did, trust: trust_level })) },
      }
    },
  }),
  tool({
    name: 'agora_add_friend',
    title: 'Add a friend',
    description: 'Asks the operator to trust a node, so that its messages reach you and it can join projects.',
    profile: 'default',
    input: z.object({ peer, trust, why }),
    hints: {},
    async run({ peer: name, trust: trust_level, why: reason }, { call }) {
      const input = { ...(name.startsWith('did:') ? { did: name } : { name }), trust_level, why: reason }
      const friend = await call('friends.add', input)
      return {
        text: `${title(friend.name)} has trust ${friend.trust_level}.`,
        data: { did: friend.did, trust: friend.trust_level },
      }
    },
  }),
  tool({
    name: 'agora_remove_friend',
    title: 'Remove a friend',
    description: 'Asks the operator to trust a node no more; its messages wait for the operator then.',
    profile: 'default',
    input: z.object({ peer, why }),
    hints: { destructive: true },
    async run({ peer: name, why: reason }, { call }) {
      const { removed } = await call('friends.remove', { name, why: reason })
      return { text: `${title(removed)} is no friend any more.` }
    },
  }),
  tool({
    name: 'agora_friend_requests',
    title: 'Friend requests',
    description: 'Open friend requests: nodes that ask to be friends, and those this node asked.',
    profile: 'default',
    input: z.object({}),
    hints: { readOnly: true },
    async run(_, { call, now }) {
      const { items } = await call('friend_requests.list', {})
      const lines = items.map(({ id, direction, name, trust_level, message, created_at }) => {
        const what =
          direction === 'in' ? `${title(name)} asks, offering trust ${trust_level}` : `${title(name)} was asked`
        return `[${shortEnd(id)}] ${what}, ${when(created_at, now())}${message === undefined ? '' : `; says:\n${quoted(message)}`}`
      })
      return { text: list(lines, 'No friend request waits.') }
    },
  }),
  tool({
    name: 'agora_send_friend_request',
    title: 'Ask to be friends',
    description: 'Asks the operator to send a node a friend request, offering it trust.',
    profile: 'default',
    input: z.object({ peer, trust, message: z.string().optional().describe('what the other side reads'), why }),
    hints: {},
    async run({ peer: peer_name, trust: trust_level, message, why: reason }, { call }) {
      const request = await call('friend_requests.send', { peer_name, trust_level, message, why: reason })
      return { text: `${title(request.name)} is asked.` }
    },
  }),
  tool({
    name: 'agora_respond_friend_request',
    title: 'Answer a friend request',
    description: 'Asks the operator to accept or reject a friend request.',
    profile: 'default',
    input: z.object({
      id: z.string().describe('of the request, or the name of who asks'),
      accept: z.boolean(),
      trust,
      why,
    }),
    hints: {},
    async run({ id, accept, trust: trust_level, why: reason }, { call }) {
      if (!accept) {
        const { name } = await call('friend_requests.reject', { id, why: reason })
        return { text: `The request of ${title(name)} is rejected.` }
      }
      const friend = await call('friend_requests.accept', { id, trust_level, why: reason })
      return { text: `${title(friend.name)} is a friend with trust ${friend.trust_level}.` }
    },
  }),
]
