import { z } from 'zod'
import { list, plural, title } from '../text.ts'
import { tool } from '../tool.ts'

const None = z.object({})

export const nodeTools = [
  tool({
    name: 'agora_status',
    title: 'Status',
    description: 'Who you are, and how this node is: peers connected, mail unread or under way, approvals waiting.',
    profile: 'default',
    input: None,
    hints: { readOnly: true },
    async run(_, { call, me }) {
      const [{ name, did }, status] = [await me(), await call('node.status', {})]
      const { peers, agents, unread, approvals, outbox, paused_conversations: paused, storage } = status
      const lines = [
        `You are ${name} (${did}) on the node ${status.name}, version ${status.version}.`,
        `${plural(peers, 'peer')} connected, ${plural(agents, 'agent')} here, ${unread} unread, ${outbox} under way, ${plural(approvals, 'approval')} waiting.`,
        ...(paused > 0 ? [`${plural(paused, 'conversation')} paused until a person speaks.`] : []),
        ...(storage.state === 'ok' ? [] : [`Storage: ${storage.state}.`]),
      ]
      return { text: lines.join('\n'), data: { unread, peers, agents, approvals, storage: storage.state } }
    },
  }),
  tool({
    name: 'agora_identity',
    title: 'Identity',
    description: 'Your name and DID, and the DID, public key and peer ID of your node.',
    profile: 'default',
    input: None,
    hints: { readOnly: true },
    async run(_, { call, me }) {
      const [own, node] = [await me(), await call('node.identity', {})]
      const text = `You: ${own.name}, ${own.did}\nNode: ${node.name}, ${node.did}\nPublic key: ${node.public_key}\nPeer ID: ${node.peer_id}`
      return { text, data: { did: own.did, node_did: node.did, public_key: node.public_key, peer_id: node.peer_id } }
    },
  }),
  tool({
    name: 'agora_list_peers',
    title: 'Connected peers',
    description: 'Nodes connected to this one now, and the agents there; write to one as agent@node.',
    profile: 'default',
    input: None,
    hints: { readOnly: true },
    async run(_, { call }) {
      const { items } = await call('node.peers', {})
      const lines = items.map(({ name, trust_level, presence, state, agents, looks_like }) => {
        const there = agents.map((one) => `${title(one.name, 64)} (${one.presence})`).join(', ')
        const warning = looks_like === undefined ? '' : `; NOT the friend ${title(looks_like)}`
        return `${title(name)}: trust ${trust_level}, ${state === 'live' ? presence : state}${warning}${there === '' ? '' : `; agents: ${there}`}`
      })
      return {
        text: list(lines, 'No peer is connected.'),
        data: { peers: items.map(({ did }) => did) },
      }
    },
  }),
]
