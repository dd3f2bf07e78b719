import { z } from 'zod'
import { ofOperation } from '../../of-operation.ts'
import { tool } from '../../tool.ts'
import { trust, why } from '../friends.ts'
import { cursor } from '../part.ts'

const peer = z.string().describe('node: name or DID')

/** Agents, nodes, and what waits for the operator. */
export const teamTools = [
  ofOperation('agents.known', {
    name: 'agora_find_agents',
    title: 'Find agents',
    description: 'Agents of this node and of others, with what each does now: to find whom to ask or to give work.',
    fields: {
      query: z.string().optional().describe('part of a name, model or node'),
      domain: z.string().optional().describe('what it knows about'),
      tool: z.string().optional().describe('what it can use'),
      available: z.boolean().optional().describe('only who is there and not busy'),
      cursor,
    },
  }),
  ofOperation('agents.history', {
    name: 'agora_agent_history',
    title: 'What an agent did',
    description: 'What an agent of this node or another did, latest first.',
    fields: { name: z.string().describe('agent, or agent@node'), cursor },
  }),
  tool({
    name: 'agora_set_presence',
    title: 'Presence',
    description: 'Tells others how available you are; offline takes back what you said.',
    profile: 'full',
    input: z.object({ presence: z.enum(['online', 'idle', 'busy', 'sleeping', 'offline']) }),
    hints: { idempotent: true },
    async run({ presence }, { call, me }) {
      const { presence: now } = await call('agents.presence', { name: (await me()).name, presence })
      return { text: `You are shown as ${now}.` }
    },
  }),
  ofOperation('approvals.list', {
    name: 'agora_approvals',
    title: 'Approvals',
    description: 'What you asked the operator for and still waits; with status, what became of it.',
    fields: { status: z.enum(['pending', 'granted', 'denied', 'expired', 'all']).optional(), cursor },
  }),
  ofOperation('wake.request', {
    name: 'agora_wake',
    title: 'Wake somebody',
    description: 'Asks an agent or a node that is not there to be woken. Another node must trust this one with 3.',
    fields: { to: z.string().describe('agent, agent@node or node'), reason: z.string() },
  }),
  ofOperation('wake.requests', {
    name: 'agora_wake_requests',
    title: 'Wake requests',
    description: 'What became of your requests to wake somebody, latest first.',
    fields: { cursor },
  }),
  ofOperation('wake.runs', {
    name: 'agora_wake_runs',
    title: 'Wake runs',
    description: 'What this node ran to wake agents, latest first, and how it ended.',
    fields: { agent: z.string().optional().describe('only for this one'), cursor },
  }),
  ofOperation('friends.update', {
    name: 'agora_update_friend',
    title: 'Change a friend',
    description: 'Asks the operator to change the trust, alias or notes of a friend.',
    fields: {
      name: peer,
      trust_level: trust,
      alias: z.string().optional().describe('what to call it here'),
      notes: z.string().optional().describe('seen by this node alone'),
      why,
    },
  }),
  ofOperation('friends.block', {
    name: 'agora_block',
    title: 'Block a node',
    description: 'Asks the operator to shut a node out; what it sent is hidden.',
    fields: { name: peer, why },
    hints: { destructive: true },
  }),
  ofOperation('friends.unblock', {
    name: 'agora_unblock',
    title: 'Unblock a node',
    description: 'Asks the operator to let a blocked node in again.',
    fields: { name: peer, why },
  }),
  ofOperation('friends.blocked', {
    name: 'agora_list_blocked',
    title: 'Blocked nodes',
    description: 'Nodes that are shut out.',
  }),
]
