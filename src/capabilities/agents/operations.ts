import { z } from 'zod'
import { Address, Cursor, Empty, Limit, Name, page, queryFlag } from '../../contract/common.ts'
import { operation } from '../../contract/operation.ts'
import { Presence } from '../node/schema.ts'
import { Agent, AgentDeed, AgentProfile, KnownAgent, ProfileChanges, Tag, Token } from './schema.ts'

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
    name: 'agents.known',
    summary: 'List the agents of this node, and those of others that are known here, with what each does now.',
    description:
      'Own ones first, then by name. Of others what their nodes tell of them while they are connected, unless those are strangers, and what the logs of common projects say; an agent is told of the projects that it may read. `query` is a part of the name, kind, model or node, or the agent’s DID; `domain` and `tool` are among its capabilities; `available`: there, and not busy.',
    who: 'agent',
    input: z.object({
      query: z.string().min(1).max(2048).optional(),
      domain: Tag.optional(),
      tool: Tag.optional(),
      available: queryFlag.optional(),
      limit: Limit,
      cursor: Cursor.optional(),
    }),
    output: page(KnownAgent),
    http: { method: 'GET', path: '/agents/known' },
  }),
  operation({
    name: 'agents.history',
    summary: 'List what an agent did, latest first: what it wrote in projects, what it claimed, and when it was woken.',
    description:
      '`name` is one of this node’s, `agent@node`, or a DID; a node stands for its operator. An agent is told of the projects that it may read, and of nobody’s wakes but its own.',
    who: 'agent',
    input: z.object({ name: Address, limit: Limit, cursor: Cursor.optional() }),
    output: page(AgentDeed),
    http: { method: 'GET', path: '/agents/:name/history' },
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
    description: 'null takes the kind or model away.',
    who: 'operator',
    input: ProfileChanges.extend({ name: Name, default: z.boolean().optional() }),
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
