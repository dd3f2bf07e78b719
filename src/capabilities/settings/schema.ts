import { z } from 'zod'

/** Of any kind of setting: a number, a switch, a text or a list of texts. */
export const SettingValue = z.union([
  z.number(),
  z.boolean(),
  z.string().max(8192),
  z.array(z.string().max(2048)).max(100),
])

export const Setting = z
  .object({
    key: z.string(),
    meaning: z.string(),
    /** Completes the sentence "it must be …". */
    expects: z.string(),
    kind: z.enum(['number', 'switch', 'text', 'list']),
    /** Where there are only some values. */
    choices: z.array(z.union([z.number(), z.string()])).optional(),
    minimum: z.int().optional(),
    maximum: z.int().optional(),
    default: SettingValue,
    /** As the daemon goes by it now. */
    value: SettingValue,
    source: z.enum(['flag', 'environment', 'file', 'default']),
    /** The flag, the variable or the file it comes from. */
    where: z.string(),
    /** When a change takes effect. */
    applies: z.enum(['at_once', 'next_start']),
    /** What it will be after the next start, if that is something else. */
    pending: SettingValue.optional(),
    /** What config.json says, if it says anything. */
    in_file: SettingValue.optional(),
    /** The flag or variable that goes before config.json: as long as it is given, what is set has no effect. */
    overridden_by: z.string().optional(),
  })
  .meta({ id: 'Setting' })
export type Setting = z.output<typeof Setting>
