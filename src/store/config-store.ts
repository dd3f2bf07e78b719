import { readConfigFile, type SettingKey } from '../config.ts'
import { writePrivate } from './private-file.ts'

/** Writes config.json anew with one setting another, or without it; undefined: without. What else stands there stays. @throws AgoraError `invalid_config` when it is not sound. */
export function writeSetting(path: string, key: SettingKey, value: unknown): void {
  const { [key]: _, ...others } = readConfigFile(path)
  const values = value === undefined ? others : { ...readConfigFile(path), [key]: value }
  writePrivate(path, `${JSON.stringify(values, null, 2)}\n`)
}
