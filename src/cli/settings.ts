import { runningDaemon } from '../store/daemon-file.ts'
import { type Home, prepareHome } from '../store/home.ts'
import { writePrivate } from '../store/private-file.ts'
import type { Command } from './command.ts'
import type { Context } from './context.ts'

const config = () => import('../config.ts')

export const settingCommands: Command[] = [
  {
    usage: 'config',
    alias: 'config list',
    group: 'Set-up',
    summary: 'Show every setting, its value, and where that comes from.',
    details:
      'A flag of `start` wins over the environment (AGORA_PORT), that over config.json in the home, that over the default.',
    examples: ['agora config', 'agora config --format json'],
    async run(context) {
      const { loadSettings, settingKeys, settingOf } = await config()
      const home = context.home({ create: true })
      const { settings, origins } = loadSettings({ env: context.io.env, path: home.config })
      const items = settingKeys.map((key) => ({
        key,
        value: settings[key],
        source: origins[key].source,
        where: origins[key].where,
        default: settingOf(key).default,
        meaning: settingOf(key).meaning,
      }))
      await context.answer({ items }, async () => {
        const rows = items.map(({ key, value, source, where, meaning }) => [
          key,
          shown(value),
          source === 'environment' ? where : source,
          meaning,
        ])
        return `${await context.table(['SETTING', 'VALUE', 'FROM', 'MEANING'], rows)}\nFile: ${home.config}\n`
      })
    },
  },
  {
    usage: 'config get <setting>',
    group: 'Set-up',
    summary: 'Print the value of a setting.',
    examples: ['agora config get port'],
    async run(context) {
      const { loadSettings, settingKey } = await config()
      const key = settingKey(context.inputs.arg('setting'))
      const { settings, origins } = loadSettings({ env: context.io.env, path: context.home({ create: true }).config })
      await context.answer({ key, value: settings[key], ...origins[key] }, ({ value }) => `${shown(value)}\n`)
    },
  },
  {
    usage: 'config set <setting> <value>',
    group: 'Set-up',
    summary: 'Set it in config.json; it takes effect at the next start.',
    details: 'Lists are written with commas.',
    examples: ['agora config set port 7400', 'agora config set connect bob.example:7312,carol.example:7312'],
    async run(context) {
      const { parseSetting, settingKey } = await config()
      const key = settingKey(context.inputs.arg('setting'))
      const value = parseSetting(key, context.inputs.arg('value'), 'config set')
      const home = await change(context, (values) => ({ ...values, [key]: value }))
      await context.answer(
        { key, value, file: home.config },
        () => `${key} is ${shown(value)} in ${home.config}.${restart(home)}\n`,
      )
    },
  },
  {
    usage: 'config unset <setting>',
    group: 'Set-up',
    summary: 'Take it out of config.json, so that the default holds.',
    examples: ['agora config unset port'],
    async run(context) {
      const { settingKey, settingOf } = await config()
      const key = settingKey(context.inputs.arg('setting'))
      const home = await change(context, ({ [key]: _, ...rest }) => rest)
      const preset = settingOf(key).default
      await context.answer(
        { key, default: preset, file: home.config },
        () => `${key} is ${shown(preset)} by default.${restart(home)}\n`,
      )
    },
  },
]

/** Reads config.json, which must be sound, and writes it back changed. */
async function change(context: Context, alter: (values: Record<string, unknown>) => object): Promise<Home> {
  const { readConfigFile } = await config()
  const home = context.home({ create: true })
  prepareHome(home)
  writePrivate(home.config, `${JSON.stringify(alter(readConfigFile(home.config)), null, 2)}\n`)
  return home
}

const shown = (value: unknown): string => (Array.isArray(value) ? value.join(',') || '-' : String(value))

const restart = (home: Home): string => (runningDaemon(home) ? ' It takes effect when the node is started again.' : '')
