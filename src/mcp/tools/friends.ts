import { z } from 'zod'
import { quoted } from '../frame.ts'
import { list, shortEnd, title, when } from '../text.ts'
import { tool } from '../tool.ts'

const trust = z.int().min(0).max(4).optional()
const why = z.string().max(500).optional()
const peer = z.string()

/** Whom to trust is a person's to decide: what changes it asks the operator. `why` is what that person reads. */
export const friendTools = [
  tool({
    name: 'agora_list_friends',
    title: 'Friends',
    description: 'Trusted nodes: trust 0-4 given and received, who is online.',
    profile: 'default',
    input: z.object({}),
    hints: { readOnly: true },
    async run(_, { call, now }) {
      const { items } = await call('friends.list', {})
      const lines = items.map(({ name, trust_level, their_trust, online, verified, last_seen }) => {
        const seen = online ? 'online' : `last seen ${when(last_seen, now())}`
        return `${title(name)}: trust ${trust_level}, theirs ${their_trust ?? 'none'}, ${seen}${verified ? ', verified' : ''}`
      })
      return { text: list(lines, 'No friends yet.'), data: { friends: items.map(({ name, did }) => ({ name, did })) } }
    },
  }),
  tool({
    name: 'agora_add_friend',
    title: 'Add a friend',
    description: 'Asks the operator to trust a node. peer: name or DID.',
    profile: 'default',
    input: z.object({ peer, trust, why }),
    hints: {},
    async run({ peer: name, trust: trust_level, why: reason }, { call }) {
      const input = { ...(name.startsWith('did:') ? { did: name } : { name }), trust_level, why: reason }
      const friend = await call('friends.add', input)
      return { text: `${title(friend.name)} has trust ${friend.trust_level}.`, data: friend }
    },
  }),
  tool({
    name: 'agora_remove_friend',
    title: 'Remove a friend',
    description: 'Asks the operator to trust a node no more.',
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
    description: 'Who asks to be friends, and whom this node asked.',
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
    description: 'Asks the operator to send a friend request.',
    profile: 'default',
    input: z.object({ peer, trust, message: z.string().optional(), why }),
    hints: {},
    async run({ peer: peer_name, trust: trust_level, message, why: reason }, { call }) {
      const request = await call('friend_requests.send', { peer_name, trust_level, message, why: reason })
      return { text: `${title(request.name)} is asked.` }
    },
  }),
  tool({
    name: 'agora_respond_friend_request',
    title: 'Answer a friend request',
    description: 'Asks the operator to accept or reject one. id: of the request, or who asks.',
    profile: 'default',
    input: z.object({ id: z.string(), accept: z.boolean(), trust, why }),
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
