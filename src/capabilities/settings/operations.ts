import { z } from 'zod'
import { Empty, page } from '../../contract/common.ts'
import { operation } from '../../contract/operation.ts'
import { Setting, SettingValue } from './schema.ts'

export const settingOperations = [
  operation({
    name: 'settings.list',
    summary:
      'Show every setting of this node, its value, where that comes from, and what will be after the next start.',
    who: 'operator',
    input: Empty,
    output: page(Setting).extend({
      /** Where settings are written. */
      file: z.string(),
    }),
    http: { method: 'GET', path: '/settings' },
  }),
  operation({
    name: 'settings.set',
    summary: 'Set a setting in config.json, or take it out of there.',
    description:
      'What else stands there is kept. `applies` in the answer says whether it is in effect now or after the next start, and `overridden_by` what goes before it. `grants_need_owner` cannot be switched off this way: who has only a token could else grant what needs a passphrase.',
    who: 'operator',
    input: z.object({
      key: z.string().min(1).max(64),
      /** `null` takes it out, so that the default holds. */
      value: SettingValue.nullable(),
    }),
    output: Setting,
    http: { method: 'PATCH', path: '/settings' },
  }),
] as const
