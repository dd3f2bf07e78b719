import { availableParallelism, loadavg } from 'node:os'
import { type Clock, every, systemClock } from './base/clock.ts'
import { nodePresence } from './capabilities/agents/rules.ts'
import type { Origin, SettingKey, Settings } from './config.ts'
import { createAlerts } from './core/alerts.ts'
import type { Dispatch } from './core/dispatch.ts'
import { createEvents, type Events, OPERATOR_INBOX } from './core/events.ts'
import { createLog } from './core/log.ts'
import { createTelemetry, securityRecorder } from './core/metrics.ts'
import type { ConnectedPeer, Network } from './core/network.ts'
import { authenticator } from './core/tokens.ts'
import { BUILT_DASHBOARD } from './http/dashboard.ts'
import { createHttpServer } from './http/server.ts'
import { openKey } from './identity/key-file.ts'
import { watchEndedSessions } from './mcp/ended-sessions.ts'
import type { LocalMcp } from './mcp/local.ts'
import { createNodeParts } from './node-parts.ts'
import { directLane } from './p2p/direct/index.ts'
import { keeperLane } from './p2p/keeper/index.ts'
import { logLane } from './p2p/log/index.ts'
import { createNetwork } from './p2p/node.ts'
import { finishRestore } from './store/backup/apply.ts'
import { removeDaemonInfo, writeDaemonInfo } from './store/daemon-file.ts'
import { openDatabase } from './store/database.ts'
import { type Home, isNewHome, prepareHome } from './store/home.ts'
import { lockHome } from './store/home-lock.ts'
import { openToken } from './store/private-file.ts'
import { version } from './store/version.ts'

export interface DaemonOptions {
  home: Home
  settings: Settings
  /** Where each of them came from; told to who asks. */
  origins?: Partial<Record<SettingKey, Origin>>
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
/** Ms in which what a peer tells of itself is told once, however often it says it. */
const PASS_ON_WITHIN = 500
/** Ms after the start: until then there is more urgent work. */
const DISCOVER_AFTER = 1000

/** The composition root: makes every part, starts them in order, and stops them in reverse. */
export async function startDaemon({
  home,
  settings: given,
  origins,
  folder = process.cwd(),
  clock = systemClock,
}: DaemonOptions): Promise<Daemon> {
  await using started = new AsyncDisposableStack()
  // Some of them change while it runs.
  const settings = { ...given }
  prepareHome(home)
  finishRestore(home)
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
  const events = createEvents({ clock, database })
  const alerts = createAlerts({ clock, database, events })
  const record = securityRecorder({ database, events, alerts, log })
  const { telemetry, metrics } = createTelemetry({ clock, log, record })
  let apiUrl = ''
  const stopRequested = Promise.withResolvers<void>()
  // The network needs the other parts and they need it: what is called only once it runs is looked up then.
  const later: Network = {
    start: () => network.start(),
    stop: () => network.stop(),
    connect: (address, options) => network.connect(address, options),
    disconnect: (did) => network.disconnect(did),
    peers: () => network.peers(),
    peer: (did) => network.peer(did),
    addresses: () => network.addresses(),
    announce: () => network.announce(),
  }
  const parts = createNodeParts({
    clock,
    home,
    key,
    operatorToken,
    settings,
    ...(origins ? { origins } : {}),
    onSetting: (key) => key === 'log_level' && log.setLevel(settings.log_level),
    version,
    startedAt,
    database,
    events,
    telemetry,
    alerts,
    network: later,
    seek: (did, addresses, teller) => network.seek(did, addresses, teller),
    unseek: (did) => network.unseek(did),
    apiUrl: () => apiUrl,
    env: process.env,
    requestStop: () => stopRequested.resolve(),
  })
  const { book, outbox, directory, registry, inbound, dispatch, friends, owners, sessions, wake, inProjects } = parts
  if (settings.wake_command !== '') await wake.install(settings.wake_command, folder)
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

  const passing = new Map<string, string>()
  inProjects.spaces.onCommitted(({ added }) => {
    if (added.some(({ node, type }) => node === key.did && CLOCKED.has(type))) network.announce()
  })

  book.onChange((before, after) =>
    database.afterCommit(() => {
      network.peerChanged(before, after)
      if (before?.owner !== after.owner) inProjects.sync.reconsider(after.did)
    }),
  )

  function tellOfPeer(change: string, peer: ConnectedPeer) {
    directory.refresh()
    if (change === 'updated') return passOn(peer)
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

  /** What a peer says of itself with every heartbeat, such as who is there and how long a message takes. */
  function passOn({ did, name }: ConnectedPeer) {
    if (passing.size === 0)
      clock.after(PASS_ON_WITHIN, () => {
        const told = [...passing]
        passing.clear()
        for (const [did, name] of told) events.pass('peer.updated', OPERATOR_INBOX, { did, name })
      })
    passing.set(did, name)
  }

  metrics.gauge('peers', 'Connected peers', () => network.peers().length)
  metrics.gauge('outbox', 'Envelopes under way', outbox.count)
  metrics.gauge('agents', 'Registered agents', () => registry.names().length)
  metrics.gauge('database_bytes', 'Size of the database', database.bytes)

  const keepHouse = () =>
    database.write(parts.keepHouse).catch((error) => log.error({ error: String(error) }, 'housekeeping failed'))
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

  const ended = watchEndedSessions({ clock, home, dispatch, did: key.did, agents: registry, log })
  started.defer(ended.stop)

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
    authenticate: authenticator({
      did: key.did,
      operatorToken,
      agentByToken: registry.byToken,
      sessionByToken: sessions.byToken,
      touch: registry.touch,
    }),
    requestsPerSecond: settings.requests_per_second,
    allowedOrigins: settings.allowed_origins,
    metrics: metrics.render,
    backup: parts.backups.file,
    version,
    dashboard: BUILT_DASHBOARD,
    async mcp(req, res, body, caller) {
      mcp ??= openMcp()
      await (await mcp).handle(req, res, body, caller)
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

  const running = started.move()
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
    idle: parts.idle,
    stopRequested: stopRequested.promise,
    stop() {
      stopping ??= (async () => {
        log.info({}, 'stopping')
        await database.idle()
        await running.disposeAsync()
      })()
      return stopping
    },
  }
}

/** Processes that want a processor, for each there is, over the last minute; 0 where the system does not tell. */
const machineLoad = (): number => Math.round(((loadavg()[0] ?? 0) / availableParallelism()) * 100) / 100
