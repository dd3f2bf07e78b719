import { z } from 'zod'
import { AgoraError } from '../../base/errors.ts'
import {
  checkSetting,
  liveSettings,
  type Origin,
  readConfigFile,
  type SettingKey,
  type Settings,
  settingKey,
  settingKeys,
  settingOf,
} from '../../config.ts'
import type { Handlers } from '../../core/dispatch.ts'
import { type Events, OPERATOR_INBOX } from '../../core/events.ts'
import { writeSetting } from '../../store/config-store.ts'
import type { Database } from '../../store/database.ts'
import type { Setting } from './schema.ts'

export interface SettingParts {
  database: Database
  events: Events
  /** Where config.json lies. */
  path: string
  /** What the daemon goes by; those that it follows at once are changed here. */
  settings: Settings
  /** Where each came from at the start; empty for those that nobody said. */
  origins: Partial<Record<SettingKey, Origin>>
  /** One that is followed at once is another now. */
  onChange(key: SettingKey): void
}

const isEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

export function settingHandlers(parts: SettingParts): Pick<Handlers, 'settings.list' | 'settings.set'> {
  const { database, events, path, settings, onChange } = parts
  const origins = { ...parts.origins }
  const originOf = (key: SettingKey): Origin => origins[key] ?? { source: 'default', where: '' }

  function view(key: SettingKey, file: Partial<Record<SettingKey, unknown>>): Setting {
    const { meaning, expects, kind, schema, default: preset } = settingOf(key)
    const { source, where } = originOf(key)
    const isOverridden = source === 'flag' || source === 'environment'
    const value = settings[key]
    const inFile = file[key]
    const next = isOverridden ? value : (inFile ?? preset)
    return {
      ...{ key, meaning, expects, kind, ...boundsOf(schema) },
      ...{ default: preset as Setting['default'], value, source, where },
      applies: liveSettings.has(key) ? 'at_once' : 'next_start',
      ...(isEqual(next, value) ? {} : { pending: next as Setting['value'] }),
      ...(inFile === undefined ? {} : { in_file: inFile as Setting['value'] }),
      ...(isOverridden ? { overridden_by: where } : {}),
    }
  }

  return {
    'settings.list': () => {
      const file = readConfigFile(path)
      return { items: settingKeys.map((key) => view(key, file)), file: path }
    },

    'settings.set': async ({ key: name, value }) => {
      const { key, wanted } = asInput(() => {
        const key = settingKey(name)
        return { key, wanted: value === null ? undefined : checkSetting(key, value, 'value') }
      })
      const next = wanted ?? settingOf(key).default
      // Also where it was switched on and only waits for the next start.
      const isOn = () => settings.grants_need_owner || readConfigFile(path).grants_need_owner === true
      if (key === 'grants_need_owner' && next === false && isOn()) {
        throw new AgoraError(
          'not_permitted',
          'A token alone does not switch off that the owner’s passphrase is needed.',
          {
            field: 'value',
            hint: 'Stop the node, then: agora config set grants_need_owner false',
          },
        )
      }
      writeSetting(path, key, wanted)
      const { source } = originOf(key)
      if (liveSettings.has(key) && source !== 'flag' && source !== 'environment') {
        Object.assign(settings, { [key]: next })
        origins[key] = wanted === undefined ? { source: 'default', where: '' } : { source: 'file', where: path }
        onChange(key)
      }
      await database.write(() => events.emit('settings.changed', OPERATOR_INBOX, { key }))
      return view(key, readConfigFile(path))
    },
  }
}

/** What is wrong with a setting is here what is wrong with the call. */
function asInput<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof AgoraError) || error.code !== 'invalid_config') throw error
    const field = error.message.startsWith('value:') ? 'value' : 'key'
    throw new AgoraError('invalid_input', error.message, { field, ...(error.hint ? { hint: error.hint } : {}) })
  }
}

/** What an input for it needs to know. */
function boundsOf(schema: z.ZodType): Pick<Setting, 'choices' | 'minimum' | 'maximum'> {
  const { enum: choices, minimum, maximum } = z.toJSONSchema(schema, { io: 'input' })
  return {
    ...(choices ? { choices: choices as (number | string)[] } : {}),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  }
}
