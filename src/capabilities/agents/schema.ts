import { z } from 'zod'
import { Name, Time } from '../../contract/common.ts'
import { Did } from '../../contract/envelope.ts'
import { Presence } from '../node/schema.ts'

const Tag = z.string().min(1).max(64)
export const Capabilities = z.object({
  domains: z.array(Tag).max(50).optional(),
  tools: z.array(Tag).max(50).optional(),
  languages: z.array(Tag).max(50).optional(),
})

export const AgentProfile = z.object({
  /** What runs it, e.g. `claude-code`, `codex`, `ollama`, `script`. */
  kind: z.string().min(1).max(64).optional(),
  model: z.string().min(1).max(128).optional(),
  capabilities: Capabilities.optional(),
})

export const Agent = AgentProfile.extend({
  name: Name,
  did: Did,
  presence: Presence,
  /** Whether mail to the bare node also goes to this agent. */
  default: z.boolean(),
  unread: z.int(),
  registered_at: Time,
  last_seen_at: Time.optional(),
}).meta({ id: 'Agent' })
export type Agent = z.output<typeof Agent>

export const Token = z.string()
