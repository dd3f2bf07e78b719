import { z } from 'zod'
import { title, when } from '../text.ts'
import { tool } from '../tool.ts'

export const wakeTools = [
  tool({
    name: 'agora_get_wake',
    title: 'Wake hook',
    description: 'Which program this node runs to wake an agent that has mail and is not there.',
    profile: 'default',
    input: z.object({}),
    hints: { readOnly: true },
    async run(_, { call, now }) {
      const { command, agents, latest } = await call('wake.show', {})
      const lines = [
        `Node: ${command === null ? 'no hook' : title(command)}`,
        ...agents.map((hook) => `${hook.agent ?? ''}: ${title(hook.command)}`),
        ...(latest === undefined
          ? []
          : [`Latest run: ${latest.outcome ?? 'running'}, ${when(latest.started_at, now())}`]),
      ]
      return { text: lines.join('\n') }
    },
  }),
  tool({
    name: 'agora_set_wake',
    title: 'Set the wake hook',
    description: 'Asks the operator to set the program that wakes agents, or one agent.',
    profile: 'default',
    input: z.object({
      command: z.string().nullable().describe('shell command; empty: none'),
      agent: z.string().optional().describe('only for this agent'),
      why: z.string().optional().describe('reason, for the operator'),
    }),
    hints: { destructive: true, idempotent: true },
    async run(input, { call }) {
      const { command } = await call('wake.set', { ...input, command: input.command || null })
      return { text: command === null ? 'There is no hook any more.' : `The hook is ${title(command)}.` }
    },
  }),
]
