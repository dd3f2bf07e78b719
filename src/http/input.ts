import type { IncomingMessage } from 'node:http'
import type { Context, Middleware } from 'koa'
import { AgoraError } from '../base/errors.ts'
import { BODY_MAX } from '../contract/envelope.ts'

/** The longest text, each byte written as a JSON escape of six, and room for the other fields. */
export const REQUEST_MAX = 6 * BODY_MAX + (64 << 10)

const JSON_TYPE = /^application\/json\s*(?:;|$)/i
const notJson = 'It must be one JSON object in UTF-8, not compressed.'
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads a JSON body into `ctx.state.body`. Other types are refused: a web form of another site can send those. */
export const readBody: Middleware = async (ctx, next) => {
  const { 'content-type': type = '', 'content-length': length, 'transfer-encoding': transfer } = ctx.req.headers
  const empty = transfer === undefined && (length === undefined || length === '0')
  if (empty) return next()
  if (!JSON_TYPE.test(type)) {
    throw new AgoraError('malformed', `The body is ${type === '' ? 'of no stated type' : JSON.stringify(type)}.`, {
      hint: 'Send JSON, with the header Content-Type: application/json.',
    })
  }
  if (ctx.req.headers['content-encoding'] !== undefined) {
    throw new AgoraError('malformed', 'The body is compressed.', { hint: notJson })
  }
  if (Number(length) > REQUEST_MAX) throw tooLarge()
  ctx.state['body'] = parseBody(await bytesOf(ctx.req))
  return next()
}

function bytesOf(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const done = () => req.off('data', onData).off('end', onEnd).off('close', onClose)
    const onData = (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= REQUEST_MAX) return
      done()
      req.pause()
      reject(tooLarge())
    }
    const onEnd = () => {
      done()
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
    }
    const onClose = () => {
      done()
      reject(new AgoraError('malformed', 'The body was not sent to its end.'))
    }
    req.on('data', onData).on('end', onEnd).on('close', onClose)
  })
}

function parseBody(bytes: Buffer): unknown {
  try {
    const text = utf8.decode(bytes)
    return text === '' ? undefined : JSON.parse(text)
  } catch (error) {
    // What JSON.parse says names line and column.
    const why = error instanceof SyntaxError ? error.message : 'it is not UTF-8'
    throw new AgoraError('malformed', `The body cannot be read: ${why}.`, { hint: notJson })
  }
}

const tooLarge = (): AgoraError =>
  new AgoraError('too_large', `The body is larger than ${REQUEST_MAX} bytes.`, {
    hint: `The text of a message may have ${BODY_MAX} bytes.`,
  })

const DISCARD_MAX = 64 << 20

/**
 * Takes the rest of a refused body off the wire, up to a bound: answered in the middle of sending, a caller would see a broken
 * connection in place of the answer.
 */
export function discardBody(req: IncomingMessage): Promise<void> | undefined {
  if (req.complete || req.destroyed) return undefined
  return new Promise((resolve) => {
    let left = DISCARD_MAX
    req.on('data', (chunk: Buffer) => {
      left -= chunk.length
      if (left < 0) resolve(void req.pause())
    })
    req.once('end', resolve)
    req.once('close', resolve)
    req.resume()
  })
}

/**
 * Path parameters, query and body as the one input of an operation.
 * @throws AgoraError `malformed` when the body is no object, `invalid_input` when a field is given twice with different values.
 */
export function inputOf(ctx: Context): Record<string, unknown> {
  const { body = {} } = ctx.state as { body?: unknown }
  if (typeof body !== 'object' || body === null || Array.isArray(body) || Object.hasOwn(body, '__proto__')) {
    throw new AgoraError('malformed', 'The body is not a JSON object.', { hint: notJson })
  }
  const fields = new Map<string, unknown>(Object.entries(body))
  const add = ([name, value]: [string, unknown]) => {
    if (fields.has(name) && fields.get(name) !== value) {
      throw new AgoraError('invalid_input', `${name} is given twice, with different values.`, { field: name })
    }
    fields.set(name, value)
  }
  if (ctx.querystring !== '') Object.entries(ctx.query).forEach(add)
  Object.entries((ctx['params'] ?? {}) as Record<string, string>).forEach(add)
  return Object.fromEntries(fields)
}
