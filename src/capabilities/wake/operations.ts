import { z } from 'zod'
import { COMMAND_MAX, parseCommandLine } from '../../base/command-line.ts'
import { Address, Cursor, Empty, Limit, Name, page, Why, wellFormed } from '../../contract/common.ts'
import { operation } from '../../contract/operation.ts'
import { Policy, REASON_MAX, WakeAsked, WakeHook, WakeRun } from './schema.ts'

const CommandLine = z
  .string()
  .max(COMMAND_MAX)
  .superRefine((text, context) => {
    const parsed = parseCommandLine(text)
    if ('fault' in parsed) context.addIssue({ code: 'custom', message: parsed.fault })
  })

export const wakeOperations = [
  operation({
    name: 'wake.show',
    summary: 'Show what is run to wake agents that are not there.',
    description:
      'The node’s hook wakes every agent that has none of its own, and who reads the operator’s inbox. An agent sees that one and its own.',
    who: 'agent',
    input: Empty,
    output: z.object({
      /** The node’s hook; null when there is none. */
      command: z.string().nullable(),
      hook: WakeHook.optional(),
      agents: z.array(WakeHook),
      running: z.array(WakeRun),
      latest: WakeRun.optional(),
    }),
    http: { method: 'GET', path: '/wake' },
  }),
  operation({
    name: 'wake.set',
    summary: 'Set what is run to wake an agent that is not there, or when it may run.',
    description:
      'The command is taken apart into a program and its arguments once, now, and never passes through a shell; what would need one is refused. `null` takes the hook away, and without `command` the one there is stays. Of `policy` only what is given changes.',
    who: 'operator',
    approvable: true,
    input: z.object({
      command: CommandLine.nullable().optional(),
      /** The agent whose hook it is; without it the node’s. */
      agent: Name.optional(),
      /** An absolute path: the folder it runs in, and from which a relative program is found. By default the node’s home. */
      cwd: wellFormed(z.string().min(1).max(4096)).optional(),
      policy: Policy.partial().optional(),
      why: Why.optional(),
    }),
    output: z.object({ command: z.string().nullable(), hook: WakeHook.optional() }),
    http: { method: 'POST', path: '/wake' },
  }),
  operation({
    name: 'wake.request',
    summary: 'Ask a peer, or an agent of this node, to be woken.',
    description:
      'It needs trust 3 there. The answer tells how far the request came; what follows is in `GET /wake/requests` and in events `wake.progress`.',
    who: 'agent',
    input: z.object({
      to: Address,
      reason: wellFormed(z.string().min(1).max(REASON_MAX)),
      /** Seconds to wait for the answer of a peer that is connected. */
      timeout: z.int().min(0).max(60).default(10),
    }),
    output: WakeAsked,
    http: { method: 'POST', path: '/wake/request', status: 202 },
  }),
  operation({
    name: 'wake.requests',
    summary: 'List the requests to be woken that were sent, latest first.',
    who: 'agent',
    input: z.object({ limit: Limit, cursor: Cursor.optional() }),
    output: page(WakeAsked),
    http: { method: 'GET', path: '/wake/requests' },
  }),
  operation({
    name: 'wake.runs',
    summary: 'List what was run to wake somebody, latest first, with its end and the end of what it printed.',
    description: 'Of one agent, or of all. An agent sees those that were to wake it.',
    who: 'agent',
    input: z.object({ agent: Name.optional(), limit: Limit, cursor: Cursor.optional() }),
    output: page(WakeRun),
    http: { method: 'GET', path: '/wake/runs' },
  }),
] as const
