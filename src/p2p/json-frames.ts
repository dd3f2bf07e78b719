import { AgoraError, messageOf } from '../base/errors.ts'
import { displayLine } from '../base/text.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The JSON value of a frame.
 * @throws AgoraError `malformed` when it is not UTF-8 or not JSON.
 */
export function readJson(frame: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(frame))
  } catch (cause) {
    throw new AgoraError('malformed', `A frame is not JSON: ${displayLine(messageOf(cause)).slice(0, 100)}.`, { cause })
  }
}

export const writeJson = (message: object): Uint8Array => Buffer.from(JSON.stringify(message))
