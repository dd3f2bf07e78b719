import { AgoraError } from '../base/errors.ts'
import type { LoadedSettings, SettingKey, Settings } from '../config.ts'
import { prepareHome } from '../store/home.ts'
import { portHolder } from '../store/port-holder.ts'
import { banner, type Started } from './banner.ts'
import type { Command, Option } from './command.ts'
import type { Context } from './context.ts'
import { detach } from './detach.ts'
import { listenAddresses } from './tailscale.ts'

/** Ms within which a second signal is the first one again: a wrapper passes on what the terminal sent to all. */
const SAME_SIGNAL = 300

export const startCommands: Command[] = [
  {
    usage: 'start',
    group: 'Node',
    summary: 'Start the node: listen for peers, serve the API.',
    details:
      'The first start makes the node’s key. Every option can also be set by `agora config set`, or by a variable such as AGORA_PORT. Ctrl-C stops it cleanly; a second one at once.',
    options: startOptions,
    examples: [
      'agora --name alice start',
      'agora --name bob start --connect 192.168.1.10:7312',
      'agora --name bob start --port 0 --api-port 0      # a second node on one machine',
      'agora start --address tailscale --daemon',
      "agora --name alice start --auto-connect --wake-command './wake-agent.sh'",
    ],
    run: start,
  },
]

async function startOptions(): Promise<Option[]> {
  const { settingKeys, settingOf, settingsTable } = await import('../config.ts')
  return [
    { name: 'daemon', meaning: 'run in the background; returns when it is healthy' },
    { name: 'detached', meaning: 'is what --daemon runs', hidden: true },
    { name: 'folder', value: '<folder>', meaning: 'is where start was typed', hidden: true },
    { name: 'attached', meaning: 'ends with its standard input, and so with whoever holds that', hidden: true },
    ...settingKeys.map((key): Option => {
      const { kind, meaning, default: preset } = settingOf(key)
      const shown = Array.isArray(preset) ? preset.join(',') : String(preset)
      return {
        name: key.replaceAll('_', '-'),
        ...(kind === 'switch' ? { negatable: true } : { value: valueName(key, kind) }),
        meaning: `${meaning}${kind === 'switch' || shown === '' ? '' : ` (default ${shown})`}`,
        many: settingsTable[key].kind === 'list',
      }
    }),
  ]
}

const valueNames: Partial<Record<SettingKey, string>> = {
  log_level: '<level>',
  allowed_origins: '<origin>',
  wake_command: '<command>',
}
const valueName = (key: SettingKey, kind: string): string =>
  kind === 'number' ? '<n>' : (valueNames[key] ?? '<address>')

async function start(context: Context): Promise<number> {
  const { io, inputs } = context
  const home = context.home({ create: true })
  prepareHome(home)
  const { homeInUse, isLocked } = await import('../store/home-lock.ts')
  if (isLocked(home)) throw homeInUse(home)
  const { finishRestore } = await import('../store/backup/apply.ts')
  // Before its settings are read: they may come from there.
  finishRestore(home)
  const { loadSettings, settingKeys } = await import('../config.ts')
  const flags = Object.fromEntries(settingKeys.map((key) => [key, inputs.given[key.replaceAll('_', '-')]]))
  const { settings, origins } = loadSettings({ flags, env: io.env, path: home.config })
  const address = await listenAddresses(settings.address)
  if (inputs.flag('daemon')) return detach(context, home)
  return run(context, { ...settings, address }, origins)
}

async function run(context: Context, settings: Settings, origins: LoadedSettings['origins']): Promise<number> {
  const { io, inputs } = context
  const home = context.home({ create: true })
  const { startDaemon } = await import('../daemon.ts')
  const folder = inputs.text('folder') ?? process.cwd()
  const daemon = await startDaemon({ home, settings, origins, folder }).catch((error: unknown) => {
    throw explained(error, settings, context)
  })
  const signalled = Promise.withResolvers<unknown>()
  let asked: number | undefined
  const off = io.onSignal(() => {
    if (asked !== undefined && io.clock.now() - asked > SAME_SIGNAL) io.exit(1)
    asked ??= io.clock.now()
    signalled.resolve(undefined)
  })
  if (inputs.flag('attached')) void io.read().then(signalled.resolve, signalled.resolve)
  const quiet = inputs.flag('detached')
  const { name, did, api_url, addresses } = daemon
  const started: Started = { name, did, pid: process.pid, home: home.dir, api_url, addresses }
  if (!quiet) await context.answer(started, () => banner(started, context, 'Ctrl-C stops it.'))
  await Promise.race([daemon.stopRequested, signalled.promise])
  await daemon.stop()
  off()
  if (!quiet && !context.json) await io.out(`${name} has stopped.\n`)
  return 0
}

/** Who has the port, and how to choose another. */
function explained(error: unknown, settings: Settings, { io }: Context): unknown {
  if (!(error instanceof AgoraError) || error.code !== 'port_in_use') return error
  const key = error.field === 'api_port' ? 'api_port' : 'port'
  const holder = portHolder(settings[key], io.env)
  const flag = `--${key.replace('_', '-')}`
  return new AgoraError('port_in_use', holder ? `Port ${settings[key]} is taken by ${holder}.` : error.message, {
    field: key,
    hint: `Choose another by ${flag} <n>, or any free one by ${flag} 0.`,
    cause: error,
  })
}
