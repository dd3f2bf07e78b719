import type { Actor } from './authority/may.ts'
import type { Clock } from './base/clock.ts'
import { agentDid } from './base/did.ts'
import { agentHandlers } from './capabilities/agents/handlers.ts'
import { agentHistory } from './capabilities/agents/history.ts'
import { knownAgents } from './capabilities/agents/known.ts'
import { createAgentRegistry } from './capabilities/agents/registry.ts'
import { createApprovals } from './capabilities/approvals/handlers.ts'
import { attentionHandlers } from './capabilities/attention/handlers.ts'
import { createBackups } from './capabilities/backups/handlers.ts'
import { createFriends } from './capabilities/friends/handlers.ts'
import { messagingHandlers } from './capabilities/messaging/handlers.ts'
import { createMailbox } from './capabilities/messaging/mailbox.ts'
import { messagingWire } from './capabilities/messaging/receive.ts'
import { requestAskings } from './capabilities/messaging/strangers.ts'
import { nodeHandlers } from './capabilities/node/handlers.ts'
import { createOwners } from './capabilities/owner/handlers.ts'
import { createSessions } from './capabilities/sessions/handlers.ts'
import { settingHandlers } from './capabilities/settings/handlers.ts'
import { createWake } from './capabilities/wake/wake.ts'
import type { Origin, SettingKey, Settings } from './config.ts'
import { TIME_TO_LIVE } from './contract/envelope.ts'
import type { Alerts } from './core/alerts.ts'
import { createDirectory } from './core/directory.ts'
import { createDispatch, type Handlers } from './core/dispatch.ts'
import { agentInbox, type Events } from './core/events.ts'
import { createInbound } from './core/inbound.ts'
import type { Network } from './core/network.ts'
import { createOutbox } from './core/outbox.ts'
import { createPeerBook } from './core/peer-book.ts'
import { createReaders } from './core/readers.ts'
import type { Telemetry } from './core/telemetry.ts'
import { tokenHash } from './core/tokens.ts'
import type { NodeKey } from './identity/signing.ts'
import { createSpaceParts, type SpacePartsNeeds } from './space-parts.ts'
import type { Database } from './store/database.ts'
import { agentTokenFile, type Home } from './store/home.ts'

/** What was received is remembered for twice as long as anything may be under way. */
const SEEN_FOR = 2 * TIME_TO_LIVE + 24 * 3_600_000

export interface NodePartsNeeds {
  clock: Clock
  home: Home
  key: NodeKey
  operatorToken: string
  /** What the node goes by: those that can change while it runs are changed here. */
  settings: Settings
  /** Where each of them came from. */
  origins?: Partial<Record<SettingKey, Origin>>
  /** One of them is another now. */
  onSetting?(key: SettingKey): void
  version: string
  /** Ms since the epoch. */
  startedAt: number
  database: Database
  events: Events
  telemetry: Telemetry
  alerts: Alerts
  /** May be asked only once everything here is made. */
  network: Network
  seek?: SpacePartsNeeds['seek']
  unseek?: SpacePartsNeeds['unseek']
  apiUrl(): string
  /** What a hook may inherit. */
  env: Record<string, string | undefined>
  requestStop(): void
}

/** Everything of a node but its sockets, put together over its database and a network; for the daemon, and for nodes in tests. */
export function createNodeParts(needs: NodePartsNeeds) {
  const { clock, home, key, settings, version, startedAt, database, events, telemetry, alerts, network, apiUrl } = needs
  const { log } = telemetry
  const self = { did: key.did, name: home.name, peerId: key.peerId, version, home: home.dir, startedAt }
  const operator: Actor = { kind: 'operator', did: key.did }
  const asOperator = (name: string, input: unknown): Promise<unknown> => dispatch.call(name, operator, input)

  const book = createPeerBook({ clock, database })
  const outbox = createOutbox({ clock, database, telemetry, timeToLive: () => settings.message_ttl_hours * 3_600_000 })
  const tokenFile = (name: string) => agentTokenFile(home, name)
  const readers = createReaders(clock)
  const registry = createAgentRegistry({ clock, database, tokenFile, readers, onChange: tellOfAgents })
  const directory = createDirectory({ self, book, network, hasAgent: registry.has, agentNames: registry.names })
  const shared = { clock, key, self, database, events, outbox, book, directory, network, telemetry, alerts }
  const messaging = {
    ...{ ...shared, agents: registry, readers },
    shownTrust: () => settings.shown_trust,
    conversationBudget: () => settings.conversation_budget,
  }
  const mailbox = createMailbox(messaging)
  outbox.onProgress(mailbox.progress)
  const friends = createFriends({ ...shared, mail: mailbox })
  const owners = createOwners({
    ...shared,
    files: home,
    grantsNeedOwner: settings.grants_need_owner,
    announce: () => network.announce(),
  })
  const sessions = createSessions({ ...shared, operatorHash: tokenHash(needs.operatorToken) })
  const wake = createWake({
    ...shared,
    ...{ readers, log, tokenFile, home, apiUrl },
    mail: mailbox,
    agents: registry,
    env: needs.env,
  })
  mailbox.onDelivered(wake.delivered)
  const inProjects = createSpaceParts({
    ...shared,
    ...{ messaging, mailbox, settings },
    agents: registry,
    owner: () => owners.claim()?.attestation.owner,
    signHandOver: owners.signHandOver,
    ...(needs.seek ? { seek: needs.seek } : {}),
    ...(needs.unseek ? { unseek: needs.unseek } : {}),
    tell: (agent, body) => asOperator('messages.send', { to: agentDid(key.did, agent), body }),
  })
  const backups = createBackups({ ...shared, home, spaces: inProjects.spaces, restored: inProjects.restored })
  const inbound = createInbound({
    ...shared,
    handlers: [...messagingWire(messaging, mailbox), ...friends.wire, owners.wire, ...wake.wire, ...inProjects.wire],
  })
  const approvals = createApprovals({
    ...{ clock, database, events, log },
    timeToLive: () => settings.approval_hours * 3_600_000,
    ...(settings.grants_need_owner ? { sign: owners.signGrant } : {}),
    askings: { ...requestAskings(messaging, mailbox), ...friends.askings, ...wake.askings, ...inProjects.askings },
    run: asOperator,
    tell: (agent, conversation_id, body) =>
      asOperator('messages.send', { to: agentDid(key.did, agent), body, conversation_id }),
  })
  const mail = messagingHandlers(messaging, mailbox)
  const asIs = { actor: operator, signal: new AbortController().signal }
  const waiting = {
    friendRequests: async () => {
      const pending = { status: 'pending', direction: 'in' } as const
      return (await friends.handlers['friend_requests.list'](pending, asIs)).items
    },
    strangers: async () => (await mail['requests.list']({}, asIs)).items,
    invitations: inProjects.invitations.waiting,
    approvals: async () => (await approvals.handlers['approvals.list']({ status: 'pending', limit: 500 }, asIs)).items,
  }
  const handlers: Handlers = {
    ...nodeHandlers({
      ...shared,
      apiUrl,
      counts: {
        agents: () => registry.names().length,
        unread: mailbox.unread,
        requests: mailbox.tables.heldCount,
        friendRequests: friends.requestCount,
        projects: inProjects.count,
        invitations: inProjects.invitations.pendingCount,
        approvals: approvals.pendingCount,
        alerts: alerts.openCount,
        wake: wake.counts,
        outbox: outbox.count,
        paused: mailbox.tables.pausedCount,
      },
      requestStop: needs.requestStop,
    }),
    ...agentHandlers({
      ...{ database, events, registry, self, tokenFile },
      unread: mailbox.unread,
      known: knownAgents({
        ...{ clock, self, registry, directory, network, book },
        projects: inProjects.projects,
        claimedUntil: inProjects.claimedUntil,
        lastWrote: inProjects.written.lastBy,
        unread: mailbox.unread,
      }),
      history: agentHistory({
        ...{ self, directory },
        projects: inProjects.projects,
        written: inProjects.written.by,
        wakeRuns: wake.runs,
      }),
      onRemove(name) {
        mailbox.dropInbox(agentInbox(name))
        approvals.drop(name)
        wake.drop(name)
        inProjects.drop(name)
      },
    }),
    ...mail,
    ...friends.handlers,
    ...approvals.handlers,
    ...attentionHandlers({ ...shared, projectName: inProjects.nameOf, waiting }),
    ...owners.handlers,
    ...sessions.handlers,
    ...wake.handlers,
    ...backups.handlers,
    ...settingHandlers({
      ...{ database, events, settings, path: home.config },
      origins: needs.origins ?? {},
      onChange: needs.onSetting ?? (() => undefined),
    }),
    ...inProjects.handlers,
  }
  const dispatch = createDispatch(handlers, approvals.ask, inProjects.gate)

  function tellOfAgents() {
    directory.refresh()
    network.announce()
  }

  return {
    ...shared,
    registry,
    mailbox,
    inbound,
    dispatch,
    approvals,
    backups,
    friends,
    owners,
    sessions,
    wake,
    inProjects,
    /** Within a write: ends and forgets what its time has come for. */
    keepHouse() {
      outbox.expire()
      approvals.expire()
      alerts.trim()
      owners.expire()
      sessions.expire()
      wake.trim()
      inProjects.expire()
      events.trim(settings.event_retention)
      inbound.forget(clock.now() - SEEN_FOR)
    },
    /** Resolves when nothing that arrived or can be sent now is still under way. */
    async idle() {
      await inbound.idle()
      await database.idle()
      await outbox.idle()
      await inProjects.idle()
    },
  }
}
export type NodeParts = ReturnType<typeof createNodeParts>
