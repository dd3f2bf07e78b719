import { z } from 'zod'
import { Empty, Name, page } from '../../contract/common.ts'
import { operation } from '../../contract/operation.ts'
import { Presence } from '../node/schema.ts'
import { Agent, AgentProfile, Token } from './schema.ts'

const ByName = z.object({ name: Name })

export const agentOperations = [
  operation({
    name: 'agents.register',
    summary: 'Register an agent on this node and make its token.',
    description:
      'The token is told here once and kept in a file of its own under the home, readable by this user alone.',
    who: 'operator',
    input: AgentProfile.extend({ name: Name, default: z.boolean().optional() }),
    output: Agent.extend({ token: Token, token_file: z.string() }),
    http: { method: 'POST', path: '/agents', status: 201 },
  }),
  operation({
    name: 'agents.list',
    summary: 'List the agents of this node.',
    who: 'agent',
    input: Empty,
    output: page(Agent),
    http: { method: 'GET', path: '/agents' },
  }),
  operation({
    name: 'agents.show',
    summary: 'Show one agent of this node.',
    who: 'agent',
    input: ByName,
    output: Agent,
    http: { method: 'GET', path: '/agents/:name' },
  }),
  operation({
    name: 'agents.update',
    summary: 'Change what is said of an agent, or name it the one that also gets mail to the bare node.',
    who: 'operator',
    input: AgentProfile.extend({ name: Name, default: z.boolean().optional() }),
    output: Agent,
    http: { method: 'PATCH', path: '/agents/:name' },
  }),
  operation({
    name: 'agents.presence',
    summary: 'Say how available an agent is: online, idle, busy or sleeping.',
    description: 'An agent says it for itself alone, the operator for any. `offline` withdraws what was said.',
    who: 'agent',
    input: z.object({ name: Name, presence: Presence }),
    output: Agent,
    http: { method: 'POST', path: '/agents/:name/presence' },
  }),
  operation({
    name: 'agents.token',
    summary: "Replace an agent's token; the old one stops working at once.",
    who: 'operator',
    input: ByName,
    output: z.object({ name: Name, token: Token, token_file: z.string() }),
    http: { method: 'POST', path: '/agents/:name/token' },
  }),
  operation({
    name: 'agents.remove',
    summary: 'Remove an agent, its token and its inbox; the messages themselves stay in the conversations.',
    who: 'operator',
    input: ByName,
    output: z.object({ removed: Name }),
    http: { method: 'DELETE', path: '/agents/:name' },
  }),
] as const
