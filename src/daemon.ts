import { availableParallelism, loadavg } from 'node:os'
import type { Actor } from './authority/may.ts'
import { type Clock, every, systemClock } from './base/clock.ts'
import { agentDid } from './base/did.ts'
import { agentHandlers } from './capabilities/agents/handlers.ts'
import { createAgentRegistry } from './capabilities/agents/registry.ts'
import { nodePresence } from './capabilities/agents/rules.ts'
import { createApprovals } from './capabilities/approvals/handlers.ts'
import { createFriends } from './capabilities/friends/handlers.ts'
import { messagingHandlers } from './capabilities/messaging/handlers.ts'
import { createMailbox } from './capabilities/messaging/mailbox.ts'
import { messagingWire } from './capabilities/messaging/receive.ts'
import { requestAskings } from './capabilities/messaging/strangers.ts'
import { nodeHandlers } from './capabilities/node/handlers.ts'
import { createOwners } from './capabilities/owner/handlers.ts'
import { createWake } from './capabilities/wake/wake.ts'
import type { Settings } from './config.ts'
import { TIME_TO_LIVE } from './contract/envelope.ts'
import { createDirectory } from './core/directory.ts'
import { createDispatch, type Dispatch, type Handlers } from './core/dispatch.ts'
import { agentInbox, createEvents, type Events, OPERATOR_INBOX } from './core/events.ts'
import { createInbound } from './core/inbound.ts'
import { createLog } from './core/log.ts'
import { createTelemetry, securityRecorder } from './core/metrics.ts'
import type { ConnectedPeer, Network } from './core/network.ts'
import { createOutbox } from './core/outbox.ts'
import { createPeerBook } from './core/peer-book.ts'
import { createReaders } from './core/readers.ts'
import { authenticator } from './core/tokens.ts'
import { createHttpServer } from './http/server.ts'
import { openKey } from './identity/key-file.ts'
import type { LocalMcp } from './mcp/local.ts'
import { directLane } from './p2p/direct/index.ts'
import { keeperLane } from './p2p/keeper/index.ts'
import { logLane } from './p2p/log/index.ts'
import { createNetwork } from './p2p/node.ts'
import { createSpaceParts } from './space-parts.ts'
import { removeDaemonInfo, writeDaemonInfo } from './store/daemon-file.ts'
import { openDatabase } from './store/database.ts'
import { agentTokenFile, type Home, isNewHome, prepareHome } from './store/home.ts'
import { lockHome } from './store/home-lock.ts'
import { openToken } from './store/private-file.ts'
import { version } from './store/version.ts'

export interface DaemonOptions {
  home: Home
  settings: Settings
  /** The folder from which a relative `wake_command` is found; by default where this process stands. */
  folder?: string
  /** Replaced by tests. */
  clock?: Clock
}

export interface Daemon {
  name: string
  did: string
  api_url: string
  /** Multiaddrs, each with this node's peer ID. */
  addresses: string[]
  operator_token: string
  network: Network
  dispatch: Dispatch
  events: Events
  /** Resolves when nothing that arrived or can be sent now is still under way. */
  idle(): Promise<void>
  /** Asked to stop by `POST /stop`. */
  stopRequested: Promise<void>
  stop(): Promise<void>
}

/** What changes in which project a node says it works. */
const CLOCKED = new Set(['project.clock_in', 'project.clock_out'])
const HOUSEKEEPING = 60_000
/** Ms after the start: until then there is more urgent work. */
const DISCOVER_AFTER = 1000
/** What was received is remembered for twice as long as anything may be under way. */
const SEEN_FOR = 2 * TIME_TO_LIVE + 24 * 3_600_000

/** The composition root: makes every part, starts them in order, and stops them in reverse. */
export async function startDaemon({
  home,
  settings,
  folder = process.cwd(),
  clock = systemClock,
}: DaemonOptions): Promise<Daemon> {
  await using started = new AsyncDisposableStack()
  prepareHome(home)
  const unlock = lockHome(home)
  started.defer(unlock)

  const isNew = isNewHome(home)
  const key = openKey(home.key, isNew)
  const operatorToken = openToken(home.token)
  const log = createLog(home.log, settings.log_level)
  started.defer(() => log.flush())
  const database = openDatabase(home.database)
  started.defer(() => database.close())

  const startedAt = clock.now()
  const self = { did: key.did, name: home.name, peerId: key.peerId, version, home: home.dir, startedAt }
  const events = createEvents({ clock, database })
  const { telemetry, metrics } = createTelemetry({ clock, log, record: securityRecorder({ database, events, log }) })
  const book = createPeerBook({ clock, database })
  const outbox = createOutbox({ clock, database, telemetry, timeToLive: settings.message_ttl_hours * 3_600_000 })
  const tokenFile = (name: string) => agentTokenFile(home, name)
  // The network needs what is below it and is needed by it: what is called only once it runs is looked up then.
  const readers = createReaders(clock)
  const registry = createAgentRegistry({ clock, database, tokenFile, readers, onChange: tellOfAgents })
  const peers = { peers: () => network.peers(), peer: (did: string) => network.peer(did) }
  const directory = createDirectory({ self, book, network: peers, hasAgent: registry.has, agentNames: registry.names })
  const messaging = {
    clock,
    key,
    database,
    events,
    outbox,
    book,
    directory,
    network: peers,
    agents: registry,
    readers,
    telemetry,
    shownTrust: settings.shown_trust,
    conversationBudget: settings.conversation_budget,
  }
  const mailbox = createMailbox(messaging)
  let apiUrl = ''
  outbox.onProgress(mailbox.progress)
  const friends = createFriends({
    clock,
    key,
    self,
    database,
    book,
    outbox,
    events,
    directory,
    network: peers,
    telemetry,
    mail: mailbox,
  })
  const owners = createOwners({
    clock,
    key,
    database,
    book,
    events,
    outbox,
    directory,
    network: peers,
    telemetry,
    files: home,
    grantsNeedOwner: settings.grants_need_owner,
    announce: () => network.announce(),
  })
  const wake = createWake({
    clock,
    key,
    database,
    events,
    outbox,
    book,
    directory,
    network: peers,
    readers,
    log,
    mail: mailbox,
    agents: registry,
    tokenFile,
    home,
    apiUrl: () => apiUrl,
    env: process.env,
  })
  mailbox.onDelivered(wake.delivered)
  const inProjects = createSpaceParts({
    clock,
    key,
    self,
    database,
    book,
    events,
    outbox,
    directory,
    network: peers,
    telemetry,
    agents: registry,
    messaging,
    mailbox,
    settings,
    owner: () => owners.claim()?.attestation.owner,
    seek: (did, addresses, teller) => network.seek(did, addresses, teller),
    unseek: (did) => network.unseek(did),
    signHandOver: owners.signHandOver,
    tell: (agent, body) => dispatch.call('messages.send', operator, { to: agentDid(key.did, agent), body }),
  })
  if (settings.wake_command !== '') await wake.install(settings.wake_command, folder)
  const inbound = createInbound({
    key,
    clock,
    database,
    book,
    outbox,
    telemetry,
    handlers: [...messagingWire(messaging, mailbox), ...friends.wire, owners.wire, ...wake.wire, ...inProjects.wire],
  })
  const network = createNetwork({
    clock,
    key,
    listen: settings.address.map((host) => `/${host.includes(':') ? 'ip6' : 'ip4'}/${host}/tcp/${settings.port}`),
    announce: settings.announce,
    minTrust: settings.min_trust,
    autoConnect: settings.auto_connect,
    limits: {
      connections: settings.max_connections,
      streamsPerConnection: settings.max_streams_per_connection,
      pendingHandshakes: settings.max_pending_handshakes,
    },
    book,
    lanes: [
      directLane({ inbound, links: outbox, perSecond: settings.envelopes_per_second }),
      logLane({ port: inProjects.sync, perSecond: settings.log_entries_per_second, telemetry }),
      keeperLane({ port: inProjects.keeper.port, telemetry }),
    ],
    version,
    introduction: (did) => ({
      name: home.name,
      version,
      agents: registry.briefs(),
      presence: nodePresence(registry.briefs()),
      load: machineLoad(),
      owner: owners.claim(),
      ...inProjects.projects.workedIn(did),
    }),
    telemetry,
    onPeer: tellOfPeer,
    onOwner: owners.shown,
  })

  inProjects.spaces.onCommitted(({ added }) => {
    if (added.some(({ node, type }) => node === key.did && CLOCKED.has(type))) network.announce()
  })

  book.onChange((before, after) =>
    database.afterCommit(() => {
      network.peerChanged(before, after)
      if (before?.owner !== after.owner) inProjects.sync.reconsider(after.did)
    }),
  )

  function tellOfAgents() {
    directory.refresh()
    network.announce()
  }

  function tellOfPeer(change: string, peer: ConnectedPeer) {
    directory.refresh()
    if (change === 'updated') return
    friends.onPeer(change, peer)
    if (change === 'disconnected') {
      owners.gone(peer.did)
      // Until now it was there.
      book.met(peer.did, peer.name).catch((error) => log.error({ did: peer.did, error: String(error) }, 'not noted'))
    }
    const data = { did: peer.did, name: peer.name, address: peer.address, encryption: peer.encryption }
    database
      .write(() => events.emit(`peer.${change}`, OPERATOR_INBOX, data))
      .catch((error) => log.error({ did: peer.did, error: String(error) }, 'an event could not be kept'))
  }

  const operator: Actor = { kind: 'operator', did: key.did }
  const approvals = createApprovals({
    clock,
    database,
    events,
    log,
    timeToLive: settings.approval_hours * 3_600_000,
    ...(settings.grants_need_owner ? { sign: owners.signGrant } : {}),
    askings: { ...requestAskings(messaging, mailbox), ...friends.askings, ...wake.askings, ...inProjects.askings },
    run: (operation, input) => dispatch.call(operation, operator, input),
    tell: (agent, conversation_id, body) =>
      dispatch.call('messages.send', operator, { to: agentDid(key.did, agent), body, conversation_id }),
  })

  const stopRequested = Promise.withResolvers<void>()
  const handlers: Handlers = {
    ...nodeHandlers({
      clock,
      database,
      network,
      directory,
      book,
      self,
      apiUrl: () => apiUrl,
      counts: {
        agents: () => registry.names().length,
        unread: mailbox.unread,
        requests: mailbox.tables.heldCount,
        friendRequests: friends.requestCount,
        projects: inProjects.count,
        invitations: inProjects.invitations.pendingCount,
        approvals: approvals.pendingCount,
        wake: wake.counts,
        outbox: outbox.count,
        paused: mailbox.tables.pausedCount,
      },
      requestStop: () => stopRequested.resolve(),
    }),
    ...agentHandlers({
      database,
      events,
      registry,
      self,
      tokenFile,
      unread: mailbox.unread,
      onRemove(name) {
        mailbox.dropInbox(agentInbox(name))
        approvals.drop(name)
        wake.drop(name)
        inProjects.drop(name)
      },
    }),
    ...messagingHandlers(messaging, mailbox),
    ...friends.handlers,
    ...approvals.handlers,
    ...owners.handlers,
    ...wake.handlers,
    ...inProjects.handlers,
  }
  const dispatch: Dispatch = createDispatch(handlers, approvals.ask, inProjects.gate)
  metrics.gauge('peers', 'Connected peers', () => network.peers().length)
  metrics.gauge('outbox', 'Envelopes under way', outbox.count)
  metrics.gauge('agents', 'Registered agents', () => registry.names().length)
  metrics.gauge('database_bytes', 'Size of the database', database.bytes)

  const keepHouse = () =>
    database
      .write(() => {
        outbox.expire()
        approvals.expire()
        owners.expire()
        wake.trim()
        inProjects.expire()
        events.trim(settings.event_retention)
        inbound.forget(clock.now() - SEEN_FOR)
      })
      .catch((error) => log.error({ error: String(error) }, 'housekeeping failed'))
  await database.write(owners.begin)
  await keepHouse()
  started.defer(every(clock, HOUSEKEEPING, () => void keepHouse()))
  registry.start()
  started.defer(() => registry.stop())

  started.defer(() => inProjects.stop())
  await network.start()
  started.defer(() => network.stop())
  await inProjects.start()
  for (const address of settings.connect) network.keepConnected(address)

  // Loaded when the first client comes: most start by themselves, through the bridge, or never.
  let mcp: Promise<LocalMcp> | undefined
  const openMcp = async () => {
    const { createLocalMcp } = await import('./mcp/local.ts')
    return createLocalMcp({ clock, dispatch, events, node: home.name, version })
  }
  started.defer(async () => (await mcp)?.stop())
  const http = createHttpServer({
    clock,
    dispatch,
    events,
    telemetry,
    port: settings.api_port,
    host: '127.0.0.1',
    authenticate: authenticator({ did: key.did, operatorToken, agentByToken: registry.byToken, touch: registry.touch }),
    requestsPerSecond: settings.requests_per_second,
    allowedOrigins: settings.allowed_origins,
    metrics: metrics.render,
    version,
    async mcp(req, res, body, actor) {
      mcp ??= openMcp()
      await (await mcp).handle(req, res, body, actor)
    },
  })
  const api = await http.start()
  apiUrl = api.url
  started.defer(() => http.stop())
  const discover = () =>
    network.discover().catch((error) => log.warn({ error: String(error) }, 'not to be found on the local network'))
  if (settings.mdns) started.defer(clock.after(DISCOVER_AFTER, discover))
  await wake.start()
  started.defer(() => wake.stop())

  writeDaemonInfo(home, {
    pid: process.pid,
    name: home.name,
    did: key.did,
    port: Number(/\/tcp\/(\d+)/.exec(network.addresses()[0] ?? '')?.[1] ?? settings.port),
    api_port: api.port,
    api_url: api.url,
    started_at: new Date(startedAt).toISOString(),
    version,
  })
  started.defer(() => removeDaemonInfo(home))
  log.info({ did: key.did, api: api.url, addresses: network.addresses() }, 'started')

  const parts = started.move()
  let stopping: Promise<void> | undefined
  return {
    name: home.name,
    did: key.did,
    api_url: api.url,
    addresses: network.addresses(),
    operator_token: operatorToken,
    network,
    dispatch,
    events,
    async idle() {
      await inbound.idle()
      await database.idle()
      await outbox.idle()
      await inProjects.idle()
    },
    stopRequested: stopRequested.promise,
    stop() {
      stopping ??= (async () => {
        log.info({}, 'stopping')
        await database.idle()
        await parts.disposeAsync()
      })()
      return stopping
    },
  }
}

/** Processes that want a processor, for each there is, over the last minute; 0 where the system does not tell. */
const machineLoad = (): number => Math.round(((loadavg()[0] ?? 0) / availableParallelism()) * 100) / 100
