import { readFileSync } from 'node:fs'
import { AgoraError, messageOf } from './base/errors.ts'

/**
 * The value of a JSON file written by a person; undefined when there is no such file.
 * @throws AgoraError `invalid_config` with line and column.
 */
export function readJsonFile(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new AgoraError('invalid_config', `${path} cannot be read: ${messageOf(cause)}.`, { cause })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    const before = text.slice(0, faultPosition(text, messageOf(cause))).split('\n')
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
    throw new AgoraError('invalid_config', `${path} is not valid JSON (${place}).`, {
      hint: 'Look there for a missing quote, comma or bracket.',
      cause,
    })
  }
}

/** V8 tells the place of most faults but not of an unexpected token: that is where the shortest prefix with that fault ends. */
function faultPosition(text: string, message: string): number {
  const told = /at position (\d+)/.exec(message)?.[1]
  if (told !== undefined) return Number(told)
  if (!message.startsWith('Unexpected token')) return text.length
  for (let end = 1; end <= Math.min(text.length, 65_536); end++) {
    try {
      JSON.parse(text.slice(0, end))
    } catch (error) {
      if (messageOf(error).startsWith('Unexpected token')) return end - 1
    }
  }
  return text.length
}
