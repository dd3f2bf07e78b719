import type { IncomingMessage } from 'node:http'
import { bodyParser } from '@koa/bodyparser'
import type { Context, Middleware } from 'koa'
import { AgoraError, messageOf } from '../base/errors.ts'
import { BODY_MAX } from '../contract/envelope.ts'

/** The longest text, each byte written as a JSON escape of six, and room for the other fields. */
export const REQUEST_MAX = 6 * BODY_MAX + (64 << 10)

const JSON_TYPE = /^application\/json\s*(?:;|$)/i
const parser = bodyParser({ enableTypes: ['json'], jsonLimit: REQUEST_MAX, onError: refuse })
const notJson = 'It must be one JSON object in UTF-8, not compressed.'

/** Reads a JSON body into `ctx.request.body`. Other types are refused: a web form of another site can send those. */
export const readBody: Middleware = (ctx, next) => {
  const { 'content-type': type = '', 'content-length': length, 'transfer-encoding': transfer } = ctx.req.headers
  const empty = transfer === undefined && (length === undefined || length === '0')
  if (!empty && !JSON_TYPE.test(type)) {
    throw new AgoraError('malformed', `The body is ${type === '' ? 'of no stated type' : JSON.stringify(type)}.`, {
      hint: 'Send JSON, with the header Content-Type: application/json.',
    })
  }
  if (ctx.req.headers['content-encoding'] !== undefined) {
    throw new AgoraError('malformed', 'The body is compressed.', { hint: notJson })
  }
  return parser(ctx, () => {
    // What is not UTF-8 was replaced in decoding, and is of another length now. A text must not be changed quietly.
    const { rawBody = '' } = ctx.request
    if (rawBody.includes('\ufffd') && length !== undefined && Buffer.byteLength(rawBody) !== Number(length)) {
      throw new AgoraError('malformed', 'The body is not UTF-8.', { hint: notJson })
    }
    return next()
  })
}

function refuse(error: Error & { type?: string }): never {
  if (error.type === 'entity.too.large') {
    throw new AgoraError('too_large', `The body is larger than ${REQUEST_MAX} bytes.`, {
      hint: `The text of a message may have ${BODY_MAX} bytes.`,
    })
  }
  // What JSON.parse says names line and column.
  throw new AgoraError('malformed', `The body cannot be read: ${messageOf(error)}.`, {
    hint: notJson,
  })
}

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
  const body: unknown = ctx.request.body ?? {}
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new AgoraError('malformed', 'The body is not a JSON object.')
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
