import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '../../src/authority/may.ts'
import type { TrustLevel } from '../../src/authority/trust.ts'
import { agentDid } from '../../src/base/did.ts'
import { agentHandlers } from '../../src/capabilities/agents/handlers.ts'
import { createAgentRegistry } from '../../src/capabilities/agents/registry.ts'
import { createApprovals } from '../../src/capabilities/approvals/handlers.ts'
import { createFriends } from '../../src/capabilities/friends/handlers.ts'
import { messagingHandlers } from '../../src/capabilities/messaging/handlers.ts'
import { createMailbox } from '../../src/capabilities/messaging/mailbox.ts'
import { messagingWire } from '../../src/capabilities/messaging/receive.ts'
import { requestAskings } from '../../src/capabilities/messaging/strangers.ts'
import { nodeHandlers } from '../../src/capabilities/node/handlers.ts'
import { createOwners } from '../../src/capabilities/owner/handlers.ts'
import { createWake } from '../../src/capabilities/wake/wake.ts'
import { loadSettings, type Settings } from '../../src/config.ts'
import { createDirectory } from '../../src/core/directory.ts'
import { createDispatch, type Dispatch, type Handlers } from '../../src/core/dispatch.ts'
import { agentInbox, createEvents } from '../../src/core/events.ts'
import { createInbound } from '../../src/core/inbound.ts'
import { createOutbox } from '../../src/core/outbox.ts'
import { createPeerBook } from '../../src/core/peer-book.ts'
import { createReaders } from '../../src/core/readers.ts'
import { openKey } from '../../src/identity/key-file.ts'
import type { Input, OperationName, Output } from '../../src/operations.ts'
import { createSpaceParts } from '../../src/space-parts.ts'
import { openDatabase } from '../../src/store/database.ts'
import { agentTokenFile, type Home, homeAt, isNewHome, prepareHome } from '../../src/store/home.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import { fakeNetwork, type Remote, remoteNode } from './remote.ts'
import { recordedTelemetry } from './telemetry.ts'

export interface TestNodeOptions {
  settings?: Partial<Settings>
  clock?: FakeClock
}

/** Somebody who may call operations: the operator, or an agent with its token. */
export interface TestCaller {
  did: string
  inbox: string
  call<Name extends OperationName>(name: Name, input?: Input<Name>, signal?: AbortSignal): Promise<Output<Name>>
  /** Sends and answers the delivery. */
  send(to: string | undefined, body: string, more?: Partial<Input<'messages.send'>>): Promise<Output<'messages.send'>>
  /** What one read of the inbox shows, as texts. */
  texts(input?: Partial<Input<'messages.read'>>): Promise<string[]>
}

/** One whole node in a temporary home but for sockets: real disk, real keys, a clock that stands still, peers played by the test. */
export async function testNode(name: string, { settings = {}, clock = fakeClock() }: TestNodeOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'agora-node-'))
  const home = homeAt(folder, name)
  const recorded = recordedTelemetry()
  const network = fakeNetwork()
  const all = { ...loadSettings().settings, ...settings }
  const remotes: Remote[] = []
  let parts = assemble({ home, clock, settings: all, network, telemetry: recorded.telemetry })

  const caller = (actor: Actor & { did: string }): TestCaller => ({
    did: actor.did,
    inbox: actor.kind === 'agent' ? `agent:${actor.name}` : 'operator',
    call: <Name extends OperationName>(operation: Name, input?: Input<Name>, signal?: AbortSignal) =>
      parts.dispatch.call(operation, actor, input, signal) as Promise<Output<Name>>,
    send(to, body, more = {}) {
      return this.call('messages.send', { body, ...(to === undefined ? {} : { to }), ...more })
    },
    async texts(input = {}) {
      return (await this.call('messages.read', input)).items.map((item) => item.body)
    },
  })

  const node = {
    ...recorded,
    clock,
    home,
    network,
    did: parts.key.did,
    name,
    operator: caller({ kind: 'operator', did: parts.key.did }),
    /** Someone without a token. */
    nobody: (operation: string, input?: unknown) => parts.dispatch.call(operation, { kind: 'nobody' }, input),
    get parts() {
      return parts
    },
    /** An agent of this node by its name, registered or not. */
    as: (agent: string) => caller({ kind: 'agent', did: agentDid(parts.key.did, agent), name: agent }),
    /** Registers an agent. */
    async agent(agent: string, more: Partial<Input<'agents.register'>> = {}) {
      await node.operator.call('agents.register', { name: agent, ...more })
      return node.as(agent)
    },
    /** A peer, connected, and known with that trust when it is more than 0. */
    async peer(peer: string, trust: TrustLevel = 0): Promise<Remote> {
      const remote = remoteNode(peer, { clock, did: parts.key.did, parts: () => parts, network })
      if (trust > 0) await parts.database.write(() => parts.book.setTrust(remote.did, trust, peer))
      remote.connect()
      remotes.push(remote)
      return remote
    },
    /** Stops and starts again on the same disk, peers gone. */
    async restart() {
      for (const remote of remotes.splice(0)) remote.disconnect()
      await parts.close()
      parts = assemble({ home, clock, settings: all, network, telemetry: recorded.telemetry })
    },
    settle: () => parts.settle(),
    async [Symbol.asyncDispose]() {
      await parts.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return node
}
export type TestNode = Awaited<ReturnType<typeof testNode>>

interface AssembleParts {
  home: Home
  clock: FakeClock
  settings: Settings
  network: ReturnType<typeof fakeNetwork>
  telemetry: ReturnType<typeof recordedTelemetry>['telemetry']
}

/** The parts as the daemon puts them together, with a network that the test plays. */
function assemble({ home, clock, settings, network, telemetry }: AssembleParts) {
  prepareHome(home)
  const key = openKey(home.key, isNewHome(home))
  const database = openDatabase(home.database)
  const self = {
    did: key.did,
    name: home.name,
    peerId: key.peerId,
    version: '0',
    home: home.dir,
    startedAt: clock.now(),
  }
  const events = createEvents({ clock, database })
  const book = createPeerBook({ clock, database })
  const outbox = createOutbox({ clock, database, telemetry, timeToLive: settings.message_ttl_hours * 3_600_000 })
  const tokenFile = (name: string) => agentTokenFile(home, name)
  const readers = createReaders(clock)
  const onChange = () => directory.refresh()
  const registry = createAgentRegistry({ clock, database, tokenFile, readers, onChange })
  const directory = createDirectory({ self, book, network, hasAgent: registry.has, agentNames: registry.names })
  const { conversation_budget: conversationBudget, shown_trust: shownTrust } = settings
  const shared = { clock, key, database, events, outbox, book, directory, network, telemetry }
  const messaging = { ...shared, agents: registry, readers, conversationBudget, shownTrust }
  const mailbox = createMailbox(messaging)
  outbox.onProgress(mailbox.progress)
  const friends = createFriends({ ...shared, self, mail: mailbox })
  const owners = createOwners({
    ...shared,
    files: home,
    grantsNeedOwner: settings.grants_need_owner,
    announce: () => network.announce(),
  })
  const wake = createWake({
    ...shared,
    readers,
    log: telemetry.log,
    mail: mailbox,
    agents: registry,
    tokenFile,
    home,
    apiUrl: () => 'http://127.0.0.1:0',
    env: { ...process.env, LD_PRELOAD: '/tmp/evil.so', AWS_SECRET_ACCESS_KEY: 'secret' },
  })
  mailbox.onDelivered(wake.delivered)
  const inProjects = createSpaceParts({
    ...shared,
    self,
    agents: registry,
    messaging,
    mailbox,
    settings,
    owner: () => owners.claim()?.attestation.owner,
    signHandOver: owners.signHandOver,
    tell: (agent, body) => dispatch.call('messages.send', operator, { to: agentDid(key.did, agent), body }),
  })
  const inbound = createInbound({
    ...shared,
    handlers: [...messagingWire(messaging, mailbox), ...friends.wire, owners.wire, ...wake.wire, ...inProjects.wire],
  })
  const counts = {
    agents: () => registry.names().length,
    unread: mailbox.unread,
    requests: mailbox.tables.heldCount,
    friendRequests: friends.requestCount,
    projects: inProjects.count,
    invitations: inProjects.invitations.pendingCount,
    approvals: () => approvals.pendingCount(),
    wake: wake.counts,
    outbox: outbox.count,
    paused: mailbox.tables.pausedCount,
  }
  const { unread } = mailbox
  const onRemove = (name: string) => {
    mailbox.dropInbox(agentInbox(name))
    approvals.drop(name)
    wake.drop(name)
    inProjects.drop(name)
  }
  const operator: Actor = { kind: 'operator', did: key.did }
  const approvals = createApprovals({
    clock,
    database,
    events,
    log: telemetry.log,
    timeToLive: settings.approval_hours * 3_600_000,
    ...(settings.grants_need_owner ? { sign: owners.signGrant } : {}),
    askings: { ...requestAskings(messaging, mailbox), ...friends.askings, ...wake.askings, ...inProjects.askings },
    run: (operation, input) => dispatch.call(operation, operator, input),
    tell: (agent, conversation_id, body) =>
      dispatch.call('messages.send', operator, { to: agentDid(key.did, agent), body, conversation_id }),
  })
  const handlers: Handlers = {
    ...nodeHandlers({ ...shared, self, apiUrl: () => 'http://127.0.0.1:0', counts, requestStop: () => undefined }),
    ...agentHandlers({ database, events, registry, self, tokenFile, unread, onRemove }),
    ...messagingHandlers(messaging, mailbox),
    ...friends.handlers,
    ...approvals.handlers,
    ...owners.handlers,
    ...wake.handlers,
    ...inProjects.handlers,
  }
  const dispatch: Dispatch = createDispatch(handlers, approvals.ask, inProjects.gate)
  return {
    ...shared,
    registry,
    mailbox,
    inbound,
    dispatch,
    approvals,
    friends,
    owners,
    wake,
    inProjects,
    /** Resolves when nothing that arrived or can be sent now is still under way. */
    async settle() {
      await inbound.idle()
      await database.idle()
      await outbox.idle()
      await inProjects.idle()
    },
    async close() {
      await wake.stop()
      await inProjects.stop()
      await database.idle()
      await registry.stop()
      database.close()
    },
  }
}
export type NodeParts = ReturnType<typeof assemble>
