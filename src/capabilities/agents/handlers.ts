import { rmSync } from 'node:fs'
import { rfc3339 } from '../../base/clock.ts'
import { agentDid } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import type { CallContext, Handlers } from '../../core/dispatch.ts'
import { agentInbox, type Events } from '../../core/events.ts'
import type { Database } from '../../store/database.ts'
import type { agentHistory } from './history.ts'
import type { knownAgents } from './known.ts'
import type { AgentRegistry } from './registry.ts'
import type { Agent } from './schema.ts'
import type { AgentRow } from './tables.ts'

export interface AgentParts {
  database: Database
  events: Events
  registry: AgentRegistry
  self: { did: string; name: string }
  tokenFile: (name: string) => string
  unread: (inbox: string) => number
  /** Within a write: what others keep for the agent goes with it. */
  onRemove: (name: string) => void
  known: ReturnType<typeof knownAgents>
  history: ReturnType<typeof agentHistory>
}

/** `GET /agents/known` lists agents, and must not mean one of them. */
const KNOWN = 'known'

type Names =
  | 'agents.register'
  | 'agents.list'
  | 'agents.known'
  | 'agents.history'
  | 'agents.show'
  | 'agents.update'
  | 'agents.presence'
  | 'agents.token'
  | 'agents.remove'

export function agentHandlers({
  database,
  events,
  registry,
  self,
  tokenFile,
  unread,
  onRemove,
  known,
  history,
}: AgentParts): Pick<Handlers, Names> {
  const view = (row: AgentRow): Agent => ({
    name: row.name,
    did: agentDid(self.did, row.name),
    ...(row.kind === null ? {} : { kind: row.kind }),
    ...(row.model === null ? {} : { model: row.model }),
    capabilities: JSON.parse(row.capabilities),
    presence: registry.presence(row.name),
    default: row.is_default === 1,
    unread: unread(agentInbox(row.name)),
    registered_at: rfc3339(row.registered_at),
    ...(row.last_seen === null ? {} : { last_seen_at: rfc3339(row.last_seen) }),
  })

  function find(name: string): AgentRow {
    const row = registry.get(name)
    if (row) return row
    throw new AgoraError('not_found', `name: this node has no agent ${JSON.stringify(name)}.`, {
      field: 'name',
      hint: '`agora agents` lists them.',
      candidates: registry.names().slice(0, 10),
    })
  }

  /** An agent speaks for itself alone. */
  function checkSelf(name: string, { actor }: CallContext) {
    if (actor.kind === 'agent' && actor.name !== name) {
      throw new AgoraError('not_permitted', `name: ${JSON.stringify(actor.name)} can only say this of itself.`, {
        field: 'name',
      })
    }
  }

  return {
    'agents.register': (input) =>
      database
        .write(() => {
          if (registry.taken(input.name)) {
            throw new AgoraError(
              'already_exists',
              `name: this node already has an agent ${JSON.stringify(input.name)}.`,
              {
                field: 'name',
                hint: `Its token is in ${tokenFile(input.name)}; \`agora agents token\` prints it.`,
              },
            )
          }
          if (input.name === KNOWN) {
            throw new AgoraError('invalid_name', `name: ${KNOWN} is what the list of all agents is called.`, {
              field: 'name',
              hint: 'Choose another, such as claude-1.',
            })
          }
          if (input.name === self.name) {
            throw new AgoraError('already_exists', `name: ${JSON.stringify(input.name)} is the name of this node.`, {
              field: 'name',
              hint: 'Choose another, such as claude-1.',
            })
          }
          const token = registry.add({
            name: input.name,
            kind: input.kind ?? null,
            model: input.model ?? null,
            capabilities: JSON.stringify(input.capabilities ?? {}),
            is_default: input.default ? 1 : 0,
          })
          events.emit('agent.registered', agentInbox(input.name), { name: input.name })
          return { name: input.name, token }
        })
        .then(({ name, token }) => ({ ...view(find(name)), token, token_file: tokenFile(name) })),

    'agents.list': () => ({ items: registry.names().map((name) => view(find(name))) }),

    'agents.known': (input, { actor }) => known(input, actor),

    'agents.history': (input, { actor }) => history(input, actor),

    'agents.show': ({ name }) => view(find(name)),

    'agents.update': async ({ name, default: isDefault, kind, model, capabilities }) => {
      find(name)
      await database.write(() => {
        const values: Partial<AgentRow> = {}
        if (kind !== undefined) values.kind = kind
        if (model !== undefined) values.model = model
        if (capabilities !== undefined) values.capabilities = JSON.stringify(capabilities)
        if (isDefault !== undefined) values.is_default = isDefault ? 1 : 0
        if (Object.keys(values).length > 0) registry.change(name, values)
        events.emit('agent.updated', agentInbox(name), { name })
      })
      return view(find(name))
    },

    'agents.presence': async ({ name, presence }, context) => {
      checkSelf(name, context)
      find(name)
      await database.write(() => {
        registry.change(name, { presence: presence === 'offline' ? null : presence })
        events.emit('agent.presence', agentInbox(name), { name, presence })
      })
      return view(find(name))
    },

    'agents.token': async ({ name }) => {
      find(name)
      const token = await database.write(() => registry.renew(name))
      return { name, token, token_file: tokenFile(name) }
    },

    'agents.remove': async ({ name }) => {
      find(name)
      await database.write(() => {
        registry.remove(name)
        onRemove(name)
        events.emit('agent.removed', undefined, { name })
      })
      rmSync(tokenFile(name), { force: true })
      return { removed: name }
    },
  }
}
