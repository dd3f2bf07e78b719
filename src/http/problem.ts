import { AgoraError, type ErrorKind } from '../base/errors.ts'

/** An error as RFC 9457 `application/problem+json`. `type` leads to the list of codes on the documentation page. */
export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
  field?: string
  hint?: string
  candidates?: string[]
}

export const PROBLEM_TYPE = 'application/problem+json'

/** THE mapping of errors to HTTP. */
export const answers: Record<ErrorKind, { status: number; title: string }> = {
  invalid: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'This is not allowed' },
  not_found: { status: 404, title: 'There is no such thing' },
  conflict: { status: 409, title: 'The present state does not allow it' },
  too_large: { status: 413, title: 'The request is too large' },
  limited: { status: 429, title: 'Too many requests' },
  setup: { status: 500, title: 'This node is not set up rightly' },
  internal: { status: 500, title: 'Something went wrong in the daemon' },
  unavailable: { status: 503, title: 'It cannot be reached now' },
  storage: { status: 507, title: 'It could not be stored' },
}

/** What to answer for anything thrown. Unexpected errors say nothing of themselves: they may hold secrets. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof AgoraError) || error.kind === 'internal') {
    return { ...common('internal', 'internal'), detail: 'The daemon failed at this; its log says how.' }
  }
  const { code, kind, message, field, hint, candidates } = error
  return {
    ...common(code, kind),
    detail: message,
    ...(field !== undefined && { field }),
    ...(hint !== undefined && { hint }),
    ...(candidates !== undefined && { candidates }),
  }
}

const common = (code: string, kind: ErrorKind) => ({ type: `/docs#${code}`, ...answers[kind], code })
