import { existsSync, statfsSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { AgoraError, messageOf } from '../base/errors.ts'
import { readDaemonInfo, runningDaemon } from '../store/daemon-file.ts'
import type { Home } from '../store/home.ts'
import { portHolder } from '../store/port-holder.ts'
import { readToken } from '../store/private-file.ts'
import type { Io } from './io.ts'
import { bytes, shownName } from './text.ts'

export interface Finding {
  check: string
  state: 'ok' | 'warn' | 'fail'
  detail: string
  /** What to do about it. */
  hint?: string
}

type Check = (home: Home, io: Io) => Promise<Finding | Finding[]> | Finding | Finding[]

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** So long before the owner's word on this node ends it is time to renew it. */
const RENEW_DAYS = 30
/** Ms since the epoch when this was written: a clock before it is wrong. */
const WRITTEN = Date.UTC(2026, 0, 1)
const DISK_LOW = 500 << 20
const DISK_FULL = 20 << 20

const ok = (check: string, detail: string): Finding => ({ check, state: 'ok', detail })
const warn = (check: string, detail: string, hint: string): Finding => ({ check, state: 'warn', detail, hint })
const fail = (check: string, detail: string, hint = ''): Finding => ({
  check,
  state: 'fail',
  detail,
  ...(hint && { hint }),
})

/** What `doctor` looks at, in this order; each alone, so that one fault does not hide another. */
export const checks: Record<string, Check> = {
  node: () => ok('node', `Node ${process.versions.node} on ${process.platform}-${process.arch}`),
  home: checkHome,
  key: checkKey,
  owner: checkOwner,
  token: checkToken,
  config: checkConfig,
  database: checkDatabaseFile,
  daemon: checkDaemon,
  wake: checkWake,
  names: checkNames,
  ports: checkPorts,
  clock: checkClock,
  disk: checkDisk,
}

/** Runs them all; a check that itself fails is a finding. */
export async function examine(home: Home, io: Io): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [name, check] of Object.entries(checks)) {
    try {
      findings.push(...[await check(home, io)].flat())
    } catch (error) {
      findings.push(fail(name, messageOf(error), error instanceof AgoraError ? error.hint : undefined))
    }
  }
  return findings
}

function checkHome(home: Home): Finding[] {
  if (!existsSync(home.dir))
    return [warn('home', `${home.dir} does not exist yet`, 'The first `agora start` makes it.')]
  if (process.platform === 'win32') return [ok('home', home.dir)]
  // Everything is behind the folder; beyond it only what is refused when others can read it matters.
  const open = [home.dir, home.key, home.token, home.ownerKey]
    .map((path) => ({ path, mode: (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777 }))
    .filter(({ mode }) => mode & 0o077)
  if (open.length === 0) return [ok('home', home.dir)]
  return open.map(({ path, mode }) =>
    fail(
      'home',
      `${path} is open to others (mode ${mode.toString(8)})`,
      `If nobody has used that, run: chmod go-rwx ${path}`,
    ),
  )
}

async function checkKey(home: Home): Promise<Finding> {
  if (!existsSync(home.key) && !existsSync(home.database))
    return warn('key', 'there is none yet', 'The first `agora start` makes it.')
  const { openKey } = await import('../identity/key-file.ts')
  return ok('key', openKey(home.key, false).did)
}

async function checkOwner(home: Home, io: Io): Promise<Finding> {
  const { createKeyring } = await import('../capabilities/owner/keyring.ts')
  const { readAttestation } = await import('../capabilities/owner/own-attestation.ts')
  const owner = createKeyring({ clock: io.clock, path: home.ownerKey }).did()
  if (!existsSync(home.owner)) {
    if (owner === undefined) return ok('owner', 'none; `agora owner init` makes you one')
    return warn('owner', 'the key is here, but this node is not attested', 'Run: agora owner attest')
  }
  const { openKey } = await import('../identity/key-file.ts')
  const attestation = readAttestation(home.owner, openKey(home.key, false).did)
  if (typeof attestation !== 'object') return fail('owner', attestation ?? '', 'Attest anew: agora owner attest')
  if ((await ownState(home)) === 'revoked') {
    return fail('owner', 'its owner revoked this node, for ever', 'Begin with a new node, under another --name.')
  }
  const left = Date.parse(attestation.expires_at) - io.clock.now()
  const until = attestation.expires_at.slice(0, 10)
  const hint = 'Run: agora owner attest'
  if (left <= 0) return fail('owner', `this node is nobody’s since ${until}: its attestation expired`, hint)
  if (owner !== undefined && owner !== attestation.owner)
    return warn('owner', 'this node is attested by another key than the one that is here', hint)
  const detail = `${attestation.owner}, until ${until}`
  return left < RENEW_DAYS * DAY ? warn('owner', detail, hint) : ok('owner', detail)
}

/** What the running daemon says: revocations are in its database. */
async function ownState(home: Home): Promise<string | undefined> {
  const daemon = runningDaemon(home)
  if (!daemon) return undefined
  const { createClient } = await import('../client/index.ts')
  return (await createClient({ url: daemon.api_url, token: readToken(home.token) }).call('owner.show', {})).state
}

function checkToken(home: Home): Finding {
  if (!existsSync(home.token)) return warn('token', 'there is none yet', '`agora start` makes it.')
  readToken(home.token)
  return ok('token', home.token)
}

async function checkConfig(home: Home, io: Io): Promise<Finding> {
  const { loadSettings } = await import('../config.ts')
  const { origins } = loadSettings({ env: io.env, path: home.config })
  const own = Object.values(origins).filter(({ source }) => source !== 'default').length
  return ok('config', own === 0 ? 'all settings have their defaults' : `${own} set, the others have their defaults`)
}

async function checkDatabaseFile(home: Home): Promise<Finding> {
  if (!existsSync(home.database)) return warn('database', 'there is none yet', 'The first `agora start` makes it.')
  const { checkDatabase } = await import('../store/check-database.ts')
  const found = checkDatabase(home.database)
  if (found === 'ok') return ok('database', `${bytes(statSync(home.database).size)}, sound`)
  return fail('database', found, `Stop the node and put back a good copy of ${home.database}.`)
}

async function checkDaemon(home: Home): Promise<Finding> {
  const daemon = runningDaemon(home)
  if (!daemon) {
    const left = readDaemonInfo(home)
    const died = left ? `it is not running; process ${left.pid} ended without stopping cleanly` : 'it is not running'
    return warn('daemon', died, `Start it: agora --name ${home.name} start`)
  }
  const { createClient } = await import('../client/index.ts')
  const { status, version } = await createClient({ url: daemon.api_url }).call('node.health', {})
  const detail = `process ${daemon.pid}, version ${version}, ${daemon.api_url}`
  return status === 'ok'
    ? ok('daemon', detail)
    : fail('daemon', `${detail}: ${status}`, 'See `agora status` and `agora logs`.')
}

/** What the running daemon says of its hooks: they are in its database. */
async function operatorClient(home: Home) {
  const daemon = runningDaemon(home)
  if (!daemon) return undefined
  const { createClient } = await import('../client/index.ts')
  return createClient({ url: daemon.api_url, token: readToken(home.token) })
}

async function checkNames(home: Home): Promise<Finding[]> {
  const client = await operatorClient(home)
  if (!client) return []
  const { items } = await client.call('node.peers', {})
  const alike = items.filter((peer) => peer.looks_like !== undefined)
  if (alike.length === 0) return [ok('names', 'no connected peer has the name of a friend that it is not')]
  return alike.map(({ name, looks_like, did }) =>
    warn(
      'names',
      `${shownName(name)} is connected, and is not your friend ${shownName(looks_like ?? '')}`,
      `If you do not know it: agora friends block ${did}`,
    ),
  )
}

async function checkWake(home: Home): Promise<Finding[]> {
  const client = await operatorClient(home)
  if (!client) return []
  const { hook, agents } = await client.call('wake.show', {})
  const hooks = [...(hook ? [hook] : []), ...agents]
  const broken = hooks.flatMap(({ fault }) => fault ?? [])
  if (broken.length === 0) return [ok('wake', hooks.length === 0 ? 'no hook is set' : 'every hook can be run')]
  return broken.map((fault) => warn('wake', `a hook cannot be run: ${fault}`, 'See `agora wake`; set it anew.'))
}

async function checkPorts(home: Home, io: Io): Promise<Finding[]> {
  const daemon = runningDaemon(home)
  if (daemon) return [ok('ports', `${daemon.port} for peers, ${daemon.api_port} for the API`)]
  const { flagOf, loadSettings } = await import('../config.ts')
  const { settings } = loadSettings({ env: io.env, path: home.config })
  const findings: Finding[] = []
  for (const key of ['port', 'api_port'] as const) {
    const port = settings[key]
    if (await isFree(port)) continue
    const holder = portHolder(port, io.env)
    findings.push(
      warn(
        'ports',
        `${port} is taken${holder ? ` by ${holder}` : ''}`,
        `Start with ${flagOf(key)} <n>; 0 picks a free one.`,
      ),
    )
  }
  return findings.length > 0 ? findings : [ok('ports', `${settings.port} and ${settings.api_port} are free`)]
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

function checkClock(home: Home, io: Io): Finding {
  const now = io.clock.now()
  const shown = new Date(now).toISOString()
  const hint = 'Set it, best by NTP: peers refuse what seems to come from more than 10 minutes ahead.'
  if (now < WRITTEN) return fail('clock', `it says ${shown}, which is in the past`, hint)
  const newest = Math.max(
    0,
    ...[home.database, home.daemon, home.key].map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0),
  )
  if (newest > now + MINUTE) return warn('clock', `it says ${shown}, but files here were written later`, hint)
  return ok('clock', shown)
}

function checkDisk(home: Home): Finding {
  if (!existsSync(home.dir)) return ok('disk', 'nothing kept yet')
  const { bavail, bsize } = statfsSync(home.dir)
  const free = bavail * bsize
  const detail = `${bytes(free)} free`
  if (free < DISK_FULL) return fail('disk', detail, 'Free some space: new messages are refused when the disk is full.')
  return free < DISK_LOW ? warn('disk', detail, 'Free some space before it is full.') : ok('disk', detail)
}
