import type { z } from 'zod'
import type { Capabilities } from '../../capabilities/agents/schema.ts'
import type { GivenRole } from '../../capabilities/projects/schema.ts'

type Given = z.output<typeof GivenRole>

/** The nodes, in order; the first owns the project, and its operator looks at the dashboard. */
export const nodeNames = ['alice', 'bob', 'carol'] as const
/** A fourth that comes by as a stranger, and goes. */
export const VISITOR = 'dave'
/** What each node is in the project; an agent is never more than its node. */
export const nodeRoles: readonly (Given | 'owner')[] = ['owner', 'developer', 'reviewer']

export interface Part {
  /** Which node runs it, by its place above. */
  seat: number
  kind: string
  role: Given
  capabilities: Required<z.output<typeof Capabilities>>
}

/** Five agents. None of them is the program its kind names: what they do is written in the script. */
export const cast = {
  'claude-1': {
    seat: 0,
    kind: 'claude-code',
    role: 'overseer',
    capabilities: { domains: ['planning', 'architecture'], tools: ['git', 'shell'], languages: ['javascript'] },
  },
  ci: {
    seat: 0,
    kind: 'script',
    role: 'tester',
    capabilities: { domains: ['testing'], tools: ['node-test'], languages: ['javascript'] },
  },
  'codex-1': {
    seat: 1,
    kind: 'codex',
    role: 'developer',
    capabilities: { domains: ['library'], tools: ['git', 'shell'], languages: ['javascript', 'typescript'] },
  },
  'qwen-1': {
    seat: 1,
    kind: 'ollama',
    role: 'developer',
    capabilities: { domains: ['documentation', 'library'], tools: ['git'], languages: ['javascript', 'markdown'] },
  },
  'gemini-1': {
    seat: 2,
    kind: 'gemini-cli',
    role: 'reviewer',
    capabilities: { domains: ['review', 'security'], tools: ['git'], languages: ['javascript', 'python'] },
  },
} as const satisfies Record<string, Part>

export type AgentName = keyof typeof cast
export const agentNames = Object.keys(cast) as AgentName[]
