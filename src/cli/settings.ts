import type { Setting } from '../capabilities/settings/schema.ts'
import type { SettingKey } from '../config.ts'
import { runningDaemon } from '../store/daemon-file.ts'
import { prepareHome } from '../store/home.ts'
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
      const { items, file } = await listed(context)
      await context.answer({ items }, async () => {
        const rows = items.map(({ key, value, source, where, meaning, pending }) => [
          key,
          pending === undefined ? shown(value) : `${shown(value)} (then ${shown(pending)})`,
          source === 'environment' ? where : source,
          meaning,
        ])
        const isWaiting = items.some(({ pending }) => pending !== undefined)
        const then = isWaiting ? 'What stands in brackets holds from the next start on.\n' : ''
        return `${await context.table(['SETTING', 'VALUE', 'FROM', 'MEANING'], rows)}\n${then}File: ${file}\n`
      })
    },
  },
  {
    usage: 'config get <setting>',
    group: 'Set-up',
    summary: 'Print the value of a setting.',
    examples: ['agora config get port'],
    async run(context) {
      const { settingKey } = await config()
      const key = settingKey(context.inputs.arg('setting'))
      const { value, source, where, pending } = (await listed(context)).items.find((one) => one.key === key) as Listed
      const answer = { key, value, source, where, ...(pending === undefined ? {} : { pending }) }
      await context.answer(answer, () => `${shown(value)}\n`)
    },
  },
  {
    usage: 'config set <setting> <value>',
    group: 'Set-up',
    summary: 'Set it in config.json, by the node if it runs; some take effect at once.',
    details: 'Lists are written with commas. The answer says when it takes effect, and what goes before it.',
    examples: ['agora config set port 7400', 'agora config set connect bob.example:7312,carol.example:7312'],
    async run(context) {
      const { parseSetting, settingKey } = await config()
      const key = settingKey(context.inputs.arg('setting'))
      const value = parseSetting(key, context.inputs.arg('value'), 'config set')
      await change(context, key, value)
    },
  },
  {
    usage: 'config unset <setting>',
    group: 'Set-up',
    summary: 'Take it out of config.json, so that the default holds.',
    examples: ['agora config unset port'],
    async run(context) {
      const { settingKey } = await config()
      await change(context, settingKey(context.inputs.arg('setting')), undefined)
    },
  },
]

type Listed = Pick<Setting, 'key' | 'value' | 'source' | 'where' | 'default' | 'meaning' | 'pending'>

/** As the node goes by them, if it runs; else as it would if it were started here and now. */
async function listed(context: Context): Promise<{ items: Listed[]; file: string }> {
  const home = context.home({ create: true })
  if (runningDaemon(home)) return context.call('settings.list', {})
  const { loadSettings, settingKeys, settingOf } = await config()
  const { settings, origins } = loadSettings({ env: context.io.env, path: home.config })
  const items = settingKeys.map((key): Listed => {
    const { meaning, default: preset } = settingOf(key)
    return { key, value: settings[key], ...origins[key], default: preset as Setting['default'], meaning }
  })
  return { items, file: home.config }
}

async function change(context: Context, key: SettingKey, value: unknown): Promise<void> {
  const home = context.home({ create: true })
  if (runningDaemon(home)) {
    const wanted = (value ?? null) as Setting['value'] | null
    const setting = await context.call('settings.set', { key, value: wanted })
    return context.answer(setting, () => `${told(setting, value === undefined)}\n`)
  }
  const { settingOf } = await config()
  const { writeSetting } = await import('../store/config-store.ts')
  prepareHome(home)
  writeSetting(home.config, key, value)
  const { default: preset } = settingOf(key)
  if (value === undefined) {
    await context.answer({ key, default: preset, file: home.config }, () => `${key} is ${shown(preset)} by default.\n`)
  } else {
    await context.answer({ key, value, file: home.config }, () => `${key} is ${shown(value)} in ${home.config}.\n`)
  }
}

/** What a node that runs has made of it. */
function told(
  { key, value, pending, default: preset, in_file, applies, overridden_by }: Setting,
  isUnset: boolean,
): string {
  const what = isUnset ? `${key} is ${shown(preset)} by default.` : `${key} is set to ${shown(in_file)}.`
  if (overridden_by !== undefined) return `${what} But ${overridden_by} goes before it: it stays ${shown(value)}.`
  if (pending !== undefined)
    return `${what} It takes effect when the node is started again; until then it is ${shown(value)}.`
  return applies === 'at_once' ? `${what} It is in effect.` : what
}

const shown = (value: unknown): string => (Array.isArray(value) ? value.join(',') || '-' : String(value))
