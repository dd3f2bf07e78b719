import { isIP } from 'node:net'
import { z } from 'zod'
import { parseCommandLine } from './base/command-line.ts'
import { AgoraError } from './base/errors.ts'
import { nearest } from './base/nearest.ts'
import { readJsonFile } from './config-file.ts'

/** One thing that can be set. `expects` completes the sentence "it must be …". */
interface Setting<Schema extends z.ZodType = z.ZodType> {
  schema: Schema
  default: z.output<Schema>
  meaning: string
  expects: string
  /** How its text on a command line or in the environment is read. */
  kind: 'number' | 'switch' | 'text' | 'list'
}

const whole = (min: number, max: number, preset: number, meaning: string, more = ''): Setting<z.ZodInt> => ({
  schema: z.int().min(min).max(max),
  default: preset,
  meaning,
  expects: `a whole number from ${min} to ${max}${more}`,
  kind: 'number',
})

const list = (item: z.ZodType<string>, preset: string[], meaning: string, expects: string) => ({
  schema: z.array(item).max(100),
  default: preset,
  meaning,
  expects,
  kind: 'list' as const,
})

const logLevels = ['debug', 'info', 'warn', 'error'] as const
const ListenHost = z.string().refine((host) => host === 'tailscale' || isIP(host) !== 0)
const DialAddress = z.string().regex(/^[^\s\p{C}]{1,1024}$/u)
const CommandLine = z.string().superRefine((text, context) => {
  const parsed = text === '' ? undefined : parseCommandLine(text)
  if (parsed && 'fault' in parsed) context.addIssue({ code: 'custom', message: `It ${parsed.fault}.` })
})
const WebOrigin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text)

/** THE table of settings: the schema of `config.json`, the flags of `start` and the AGORA_* variables are all made from it. */
export const settingsTable = {
  port: whole(0, 65_535, 7312, 'TCP port for peers', '; 0 picks a free one'),
  api_port: whole(0, 65_535, 7313, 'TCP port of the API, on 127.0.0.1 only', '; 0 picks a free one'),
  address: list(
    ListenHost,
    ['0.0.0.0'],
    'addresses to listen on for peers; `tailscale` stands for the tailnet address of this machine',
    'IP addresses of this machine, or `tailscale`',
  ),
  connect: list(
    DialAddress,
    [],
    'peers to connect to at start, and again when they are lost',
    'host:port, multiaddrs or DID@host:port',
  ),
  announce: list(DialAddress, [], 'addresses told to others in place of those found', 'host:port or multiaddrs'),
  auto_connect: {
    schema: z.boolean(),
    default: false,
    meaning: 'keep connected to all peers of trust 1 or more, wherever they are',
    expects: 'true or false',
    kind: 'switch',
  } as Setting<z.ZodBoolean>,
  mdns: {
    schema: z.boolean(),
    default: true,
    meaning: 'find friends on the local network, and be found there',
    expects: 'true or false',
    kind: 'switch',
  } as Setting<z.ZodBoolean>,
  min_trust: {
    schema: z.literal([0, 1, 2, 3, 4]),
    default: 0,
    meaning: 'refuse connections from peers of lower trust',
    expects: 'a whole number from 0 to 4',
    kind: 'number',
  } as Setting<z.ZodLiteral<0 | 1 | 2 | 3 | 4>>,
  wake_command: {
    schema: CommandLine,
    default: '',
    meaning: 'program to run when mail comes for an agent that is not there; relative to where `start` is typed',
    expects: 'a program and its arguments, as one would type them, with nothing that needs a shell',
    kind: 'text',
  } as Setting<z.ZodString>,
  message_ttl_hours: whole(1, 168, 168, 'hours after which an undelivered message is given up'),
  shown_trust: whole(2, 5, 2, 'peers of lower trust are not told that a message was read', '; 5 tells nobody'),
  approval_hours: whole(1, 720, 72, 'hours after which what an agent asked the operator for is not done any more'),
  grants_need_owner: {
    schema: z.boolean(),
    default: false,
    meaning: 'ask for the owner’s passphrase to grant what agents ask for',
    expects: 'true or false',
    kind: 'switch',
  } as Setting<z.ZodBoolean>,
  auto_accept_invitations: {
    schema: z.boolean(),
    default: false,
    meaning: 'join the projects that peers of trust 4 invite this node to, without asking',
    expects: 'true or false',
    kind: 'switch',
  } as Setting<z.ZodBoolean>,
  conversation_budget: whole(
    1,
    1_000_000,
    40,
    'messages agents may send each other until a person speaks; then the conversation pauses',
  ),
  log_level: {
    schema: z.enum(logLevels),
    default: 'info',
    meaning: 'how much is written to the log',
    expects: `one of ${logLevels.join(', ')}`,
    kind: 'text',
  } as Setting<z.ZodEnum<{ [Level in (typeof logLevels)[number]]: Level }>>,
  allowed_origins: list(
    WebOrigin,
    [],
    'web origins whose pages may call the API with a token',
    'origins such as http://localhost:5173',
  ),
  envelopes_per_second: whole(1, 1_000_000, 100, 'envelopes a peer may send each second; more is delayed'),
  lease_minutes: whole(
    1,
    1_440,
    15,
    'minutes after which a claim that this node granted lapses when nothing is heard of its holder',
  ),
  log_entries_per_second: whole(
    1,
    10_000_000,
    2000,
    'entries of projects and threads a peer may send each second; more is delayed',
  ),
  requests_per_second: whole(1, 1_000_000, 200, 'API requests each caller may make a second'),
  max_connections: whole(1, 100_000, 256, 'connections to peers at the same time'),
  max_pending_handshakes: whole(1, 10_000, 20, 'inbound connections that have not yet proved who they are'),
  max_streams_per_connection: whole(4, 10_000, 64, 'streams a peer may open on one connection'),
  event_retention: whole(1_000, 100_000_000, 100_000, 'events kept for readers that come back'),
} satisfies Record<string, Setting>

type Table = typeof settingsTable
export type SettingKey = keyof Table
export type Settings = { [Key in SettingKey]: z.output<Table[Key]['schema']> }

/** Where a value came from, as a person would look for it. */
export interface Origin {
  source: 'flag' | 'environment' | 'file' | 'default'
  /** `--port`, `AGORA_PORT`, the path of config.json, or empty. */
  where: string
}
export interface LoadedSettings {
  settings: Settings
  origins: Record<SettingKey, Origin>
}

/** Those whose change the daemon follows at once; all others are read when it starts. */
export const liveSettings: ReadonlySet<SettingKey> = new Set<SettingKey>([
  'message_ttl_hours',
  'shown_trust',
  'approval_hours',
  'auto_accept_invitations',
  'conversation_budget',
  'log_level',
  'event_retention',
])

export const settingKeys = Object.keys(settingsTable) as SettingKey[]
export const settingOf = (key: SettingKey): Setting => settingsTable[key] as Setting
export const flagOf = (key: SettingKey): string => `--${key.replaceAll('_', '-')}`
export const variableOf = (key: SettingKey): string => `AGORA_${key.toUpperCase()}`

export interface SettingSources {
  /** Flags by setting, as typed. */
  flags?: Record<string, string | boolean | string[] | undefined>
  env?: Record<string, string | undefined>
  /** config.json; need not exist. */
  path?: string
}

/**
 * Reads every setting once: a flag wins over the environment, that over config.json, that over the default.
 * @throws AgoraError `invalid_config` naming the flag, variable or file, what was wrong, and what would be right.
 */
export function loadSettings({ flags = {}, env = {}, path }: SettingSources = {}): LoadedSettings {
  refuseMisspelt(env)
  const file = path === undefined ? {} : readConfigFile(path)
  const settings: Record<string, unknown> = {}
  const origins: Record<string, Origin> = {}
  for (const key of settingKeys) {
    const flag = flags[key]
    const variable = env[variableOf(key)]
    let value: unknown
    if (flag !== undefined) {
      origins[key] = { source: 'flag', where: flagOf(key) }
      value = typeof flag === 'boolean' ? flag : parseSetting(key, flag, flagOf(key))
    } else if (variable !== undefined && variable !== '') {
      origins[key] = { source: 'environment', where: variableOf(key) }
      value = parseSetting(key, variable, variableOf(key))
    } else if (Object.hasOwn(file, key)) {
      origins[key] = { source: 'file', where: path ?? '' }
      value = file[key]
    } else {
      origins[key] = { source: 'default', where: '' }
      value = settingOf(key).default
    }
    settings[key] = value
  }
  return { settings: settings as Settings, origins: origins as Record<SettingKey, Origin> }
}

/** A setting's value from text (a list: several texts, or one with commas). @throws AgoraError `invalid_config` */
export function parseSetting(key: SettingKey, text: string | readonly string[], where: string): unknown {
  return checkSetting(key, fromText(settingOf(key).kind, text), where)
}

/** @throws AgoraError `invalid_config` with the nearest setting as hint. */
export function settingKey(text: string, where?: string): SettingKey {
  const key = text.replaceAll('-', '_')
  if (Object.hasOwn(settingsTable, key)) return key as SettingKey
  const meant = nearest(key, settingKeys)
  throw new AgoraError(
    'invalid_config',
    `There is no setting ${JSON.stringify(text)}${where ? ` (in ${where})` : ''}.`,
    {
      field: text,
      hint: meant ? `Did you mean ${meant}?` : '`agora config` lists all settings.',
    },
  )
}

/**
 * What config.json holds, checked; empty when there is none.
 * @throws AgoraError `invalid_config` with line and column when it is no JSON, or naming the key that is wrong.
 */
export function readConfigFile(path: string): Partial<Record<SettingKey, unknown>> {
  const values = readJsonFile(path)
  if (values === undefined) return {}
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new AgoraError('invalid_config', `${path} does not hold a JSON object.`, {
      hint: 'An example: { "port": 7400 }',
    })
  }
  for (const [key, value] of Object.entries(values)) checkSetting(settingKey(key, path), value, path)
  return values
}

/** @throws AgoraError `invalid_config` saying where it stands, what is wrong with it, and what would be right. */
export function checkSetting(key: SettingKey, value: unknown, where: string): unknown {
  const { schema, expects, kind } = settingOf(key)
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const [at] = issue?.path ?? []
  const wrong = kind === 'list' && Array.isArray(value) && typeof at === 'number' ? value[at] : value
  throw new AgoraError('invalid_config', `${where}: ${key} cannot be ${JSON.stringify(wrong)}.`, {
    field: where.startsWith('-') ? where : key,
    hint: `${issue?.message.startsWith('It ') ? `${issue.message} ` : ''}It must be ${expects}.`,
  })
}

function fromText(kind: Setting['kind'], text: string | readonly string[]): unknown {
  if (kind === 'list') {
    const texts = typeof text === 'string' ? [text] : text
    return texts
      .flatMap((part) => part.split(','))
      .map((part) => part.trim())
      .filter((part) => part !== '')
  }
  const one = typeof text === 'string' ? text.trim() : text.join(',')
  if (kind === 'number') return /^-?\d{1,15}$/.test(one) ? Number(one) : one
  if (kind === 'switch') return { true: true, yes: true, '1': true, false: false, no: false, '0': false }[one] ?? one
  return one
}

/** What a wake hook finds in its environment, and passes on. */
const hookVariables = 'AGENT API_URL FROM FROM_NAME NODE TOKEN_FILE WAKE_COUNT WAKE_FILE WAKE_KIND'
  .split(' ')
  .map((name) => `AGORA_${name}`)

/**
 * A variable that is almost a setting's is a mistake that would stay unnoticed. Others that begin with AGORA_ are left alone: scripts
 * have their own.
 */
function refuseMisspelt(env: Record<string, string | undefined>): void {
  const known = new Set(['AGORA_HOME', 'AGORA_NAME', ...hookVariables, ...settingKeys.map(variableOf)])
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('AGORA_') || known.has(variable)) continue
    const meant = nearest(
      variable.slice(6),
      [...known].map((name) => name.slice(6)),
    )
    if (meant === undefined) continue
    throw new AgoraError('invalid_config', `The environment variable ${variable} is not known.`, {
      field: variable,
      hint: `Did you mean AGORA_${meant}?`,
    })
  }
}
