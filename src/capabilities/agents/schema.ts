import { z } from 'zod'
import { Name, Sentence, Time } from '../../contract/common.ts'
import { EntryId, SpaceId } from '../../contract/entry.ts'
import { Did } from '../../contract/envelope.ts'
import { Who } from '../../contract/space.ts'
import { Presence } from '../node/schema.ts'

export const Tag = z.string().min(1).max(64)
export const Capabilities = z.object({
  domains: z.array(Tag).max(50).optional(),
  tools: z.array(Tag).max(50).optional(),
  languages: z.array(Tag).max(50).optional(),
})

const Kind = z.string().min(1).max(64)
const Model = z.string().min(1).max(128)

export const AgentProfile = z.object({
  /** What runs it, e.g. `claude-code`, `codex`, `ollama`, `script`. */
  kind: Kind.optional(),
  model: Model.optional(),
  capabilities: Capabilities.optional(),
})
/** What of it changes; null takes it away. */
export const ProfileChanges = AgentProfile.extend({
  kind: Kind.nullable().optional(),
  model: Model.nullable().optional(),
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

const InProject = z.object({
  project_id: SpaceId,
  /** The project’s name. */
  project: z.string(),
})

/** An agent of this node, or of another as far as its node and common projects tell of it. */
export const KnownAgent = AgentProfile.extend({
  /** As one would write to it from here: `claude-1`, or `codex@bob`. */
  name: z.string(),
  did: Did,
  /** Where it lives. */
  node: Who,
  local: z.boolean(),
  /** How far its node is trusted; left out for this node’s own. */
  trust_level: z.int().min(0).max(4).optional(),
  /** Left out when nothing is known of it: its node is not connected, or does not tell of it. */
  presence: Presence.optional(),
  /** The last sign of life: of a local one its last call; of a remote one what its node told last while it was there, or what it wrote last in a common project, by its clock. */
  last_seen_at: Time.optional(),
  /** Of local ones. */
  default: z.boolean().optional(),
  unread: z.int().optional(),
  /** Where it is clocked in, since when and with which focus. The focus is text of others. */
  clocked_in: z.array(InProject.extend({ since: Time, focus: z.string().optional() })),
  /** What it has claimed. */
  tasks: z.array(
    InProject.extend({
      task_id: z.uuid(),
      title: z.string(),
      since: Time,
      /** When the claim lapses if nothing more is heard of it, as far as this node is told. */
      until: Time.optional(),
    }),
  ),
}).meta({ id: 'KnownAgent' })
export type KnownAgent = z.output<typeof KnownAgent>

export const AgentDeed = z
  .object({
    /** Of the entry or the wake run. */
    id: z.string(),
    at: Time,
    /** Of the entry; `wake.run` for a run of its hook. */
    type: z.string(),
    /** What was done, as the end of a sentence that begins with the agent’s name. */
    deed: Sentence,
    ...InProject.partial().shape,
    task_id: z.uuid().optional(),
    entry: EntryId.optional(),
    /** Of an entry that has no effect: why. */
    state: z.enum(['held', 'denied', 'refused']).optional(),
  })
  .meta({ id: 'AgentDeed' })
export type AgentDeed = z.output<typeof AgentDeed>
