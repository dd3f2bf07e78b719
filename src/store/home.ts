import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { AgoraError } from '../base/errors.ts'
import { nameFault, nameHint } from '../base/names.ts'
import { byteLength } from '../base/text.ts'
import { runningDaemon } from './daemon-file.ts'

/** The folder of one node, and where in it everything lies. Absolute paths. */
export interface Home {
  name: string
  dir: string
  key: string
  token: string
  database: string
  daemon: string
  /** Leads a browser to the dashboard, signed in. */
  dashboard: string
  config: string
  log: string
  /** The owner's key, encrypted, and the owner's word that this node is theirs. */
  ownerKey: string
  owner: string
  agents: string
  /** Which agents' names programs on this machine use now. */
  sessions: string
  /** What a wake is about, while it runs. */
  wake: string
  /** Which project belongs to which checkout of a repository on this machine. */
  checkouts: string
  /** Encrypted copies of all this. */
  backups: string
  /** While a backup is put back: what it brings, and once that is whole, what is to be done. */
  restoring: string
  restore: string
  lock: string
}

export type Environment = Record<string, string | undefined>

/** The folder that holds the homes of all this user's nodes. */
export const homesFolder = (env: Environment): string => resolve(env['AGORA_HOME'] || join(homedir(), '.agora'))

/** @throws AgoraError `invalid_name` */
export function homeAt(folder: string, name: string): Home {
  const fault = nameFault(name) ?? (byteLength(name) > 200 ? 'is too long to name a folder' : undefined)
  if (fault) {
    throw new AgoraError('invalid_name', `The name ${JSON.stringify(name)} ${fault}.`, {
      field: 'name',
      hint: `A name has ${nameHint}.`,
    })
  }
  const dir = join(folder, name)
  const at = (file: string) => join(dir, file)
  return {
    name,
    dir,
    key: at('node.key'),
    token: at('token'),
    database: at('agora.db'),
    daemon: at('daemon.json'),
    dashboard: at('dashboard.html'),
    config: at('config.json'),
    log: at('log/agora.log'),
    ownerKey: at('owner.key'),
    owner: at('owner.json'),
    agents: at('agents'),
    sessions: at('sessions'),
    wake: at('wake'),
    checkouts: at('checkouts.json'),
    backups: at('backups'),
    restoring: at('restoring'),
    restore: at('restore.json'),
    lock: at('lock'),
  }
}

/** Where an agent's token lies. A name whose encoding no file name could hold is hashed; `%-` begins no encoded name. */
export function agentTokenFile(home: Home, agent: string): string {
  const encoded = encodeURIComponent(agent)
  const file = encoded.length <= 200 ? encoded : `%-${createHash('sha256').update(agent).digest('hex')}`
  return join(home.agents, `${file}.token`)
}

/** All homes of this user, by name. */
export function listHomes(env: Environment): Home[] {
  const folder = homesFolder(env)
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && nameFault(entry.name) === undefined)
    .map((entry) => homeAt(folder, entry.name))
    .filter((home) => [home.key, home.token, home.lock, home.daemon, home.config].some((path) => existsSync(path)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

export interface Choice {
  /** As given by --name. */
  name?: string | undefined
  env: Environment
  /** Whether a home that does not exist yet may be named: at `start`. */
  create?: boolean
  /** The machine's name; replaced by tests. */
  machine?: string
}

/**
 * Which node is meant: --name, else $AGORA_NAME, else the only one running, else the only home, else (where one may be made) the
 * machine's host name. Makes nothing.
 *
 * @throws AgoraError `ambiguous_node` naming the candidates; `not_running` when there is no such home.
 */
export function resolveHome({ name, env, create = false, machine = hostname() }: Choice): Home {
  const folder = homesFolder(env)
  const named = name ?? (env['AGORA_NAME'] || undefined)
  const homes = listHomes(env)
  if (named !== undefined) {
    const home = homeAt(folder, named.normalize('NFC'))
    if (create || homes.some((known) => known.name === home.name)) return home
    throw new AgoraError('not_running', `There is no node ${JSON.stringify(home.name)} in ${folder}.`, {
      hint: `Start it: agora --name ${home.name} start`,
      ...(homes.length > 0 ? { candidates: homes.map((known) => known.name) } : {}),
    })
  }
  const running = homes.filter((home) => runningDaemon(home))
  const fitting = running.length > 0 ? running : homes
  const [only] = fitting
  if (only && fitting.length === 1) return only
  if (only) {
    const those = running.length > 0 ? 'Several nodes are running' : 'There are several nodes, none of them running'
    throw new AgoraError('ambiguous_node', `${those}; which one is meant?`, {
      field: 'name',
      hint: 'Name it by --name or $AGORA_NAME.',
      candidates: fitting.map((home) => home.name),
    })
  }
  if (create) return homeAt(folder, nameOfMachine(machine))
  throw new AgoraError('not_running', 'There is no Agora node on this machine yet.', { hint: 'Start one: agora start' })
}

/** The first label of a host name, made a valid name. */
export function nameOfMachine(machine: string): string {
  const label = (machine.split('.')[0] ?? '').normalize('NFC').replace(/[@#/:\\\p{C}\s]/gu, '-')
  const trimmed = [...label.replace(/^[.-]+|[.-]+$/g, '')].slice(0, 40).join('')
  return nameFault(trimmed) === undefined ? trimmed : 'agora'
}

/**
 * Makes the home's folders, or checks that nobody else can change them.
 * @throws AgoraError `home_exposed`
 */
export function prepareHome(home: Home): void {
  mkdirSync(home.dir, { recursive: true, mode: 0o700 })
  if (process.platform !== 'win32') keepToOurselves(home.dir)
  for (const dir of [home.agents, join(home.log, '..')]) mkdirSync(dir, { mode: 0o700, recursive: true })
}

/** Whether a home holds nothing of an earlier identity: only then may a key be made. */
export const isNewHome = (home: Home): boolean =>
  ![home.key, home.database, home.token, home.daemon].some((path) => existsSync(path))

function keepToOurselves(dir: string): void {
  const { mode, uid } = statSync(dir)
  const me = process.getuid?.()
  if (me !== 0 && uid !== me) {
    throw new AgoraError('home_exposed', `The home ${dir} belongs to another user.`, {
      hint: 'Use a home of your own: another --name or $AGORA_HOME.',
    })
  }
  if (mode & 0o022) {
    throw new AgoraError(
      'home_exposed',
      `Others on this machine can write to ${dir} (mode ${(mode & 0o777).toString(8)}).`,
      {
        hint: `Whatever lies there may be theirs. If you trust it, run: chmod 700 ${dir}`,
      },
    )
  }
  // Readable by others is only a slip: nothing can have been put there.
  if (mode & 0o077) chmodSync(dir, 0o700)
}
