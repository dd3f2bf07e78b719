import type { Clock } from '../base/clock.ts'
import { AgoraError } from '../base/errors.ts'
import type { Approval } from '../capabilities/approvals/schema.ts'
import type { Input, OperationName, Output } from '../operations.ts'
import { ApprovalPendingError, failed, problemError } from './errors.ts'
import { type ApiEvent, type EventOptions, followEvents } from './events.ts'
import { requestOf } from './request.ts'

export { type ApiEvent, ApprovalPendingError, type EventOptions }

export interface ClientOptions {
  /** Where the API is: `http://127.0.0.1:7313`. */
  url: string
  token?: string
  fetch?: typeof fetch
  /** For the pauses between attempts to reach the event stream again. */
  clock?: Clock
}

interface CallOptions {
  signal?: AbortSignal
}

// What takes nothing may be called with nothing.
type Arguments<Name extends OperationName> =
  Record<never, never> extends Input<Name>
    ? [input?: Input<Name>, options?: CallOptions]
    : [input: Input<Name>, options?: CallOptions]

export interface Client {
  /**
   * Asks the daemon for one operation.
   * @throws ApprovalPendingError when this is an agent's client and the operator must approve; AgoraError with the daemon's code; `not_running` when nothing answers at the URL. When aborted, the signal's reason.
   */
  call<Name extends OperationName>(name: Name, ...args: Arguments<Name>): Promise<Output<Name>>
  /** A page that is no operation, such as the file of a backup. Throws as `call` does. */
  get(path: string, options?: CallOptions): Promise<Response>
  /**
   * What happens, one event after another, until `signal` aborts. Comes back by itself after a break, without gap or double.
   * @throws AgoraError when it cannot be reached at first, or when the daemon refuses.
   */
  events(options?: EventOptions): AsyncGenerator<ApiEvent, void, undefined>
}

/** A client of one daemon, for Node and browsers. It carries no schemas: what is wrong with an input, the daemon says. */
export function createClient({ url, token, fetch = globalThis.fetch, clock }: ClientOptions): Client {
  const base = url.replace(/\/+$/, '')
  const authorization: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }

  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = { ...authorization, ...(init.headers as Record<string, string>) }
    // A redirect would carry the token elsewhere.
    const options: RequestInit = { ...init, headers, redirect: 'error', credentials: 'omit', cache: 'no-store' }
    const response = await fetch(base + path, options).catch((error) => failed(error, base, init.signal))
    if (!response.ok) throw await problemError(response, base)
    return response
  }

  return {
    async call(name, ...[input = {}, { signal } = {}]) {
      const { method, path, body } = requestOf(name, input)
      const response = await send(path, {
        method,
        ...(body !== undefined && { body, headers: { 'Content-Type': 'application/json' } }),
        ...(signal && { signal }),
      })
      const answer: unknown = await response.json().catch((error) => failed(error, base, signal))
      if (typeof answer !== 'object' || answer === null) throw new AgoraError('not_running', `${base} is not Agora.`)
      if (response.status === 202 && 'approval' in answer) throw new ApprovalPendingError(answer.approval as Approval)
      return answer as Output<typeof name>
    },
    get: (path, { signal } = {}) => send(path, { method: 'GET', ...(signal && { signal }) }),
    events: (options = {}) => followEvents({ send, clock }, options),
  }
}
