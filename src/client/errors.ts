import { AgoraError, isErrorCode, messageOf } from '../base/errors.ts'
import type { Approval } from '../capabilities/approvals/schema.ts'

/** An agent asked for what only the operator may decide: it was not done, and waits for the operator. */
export class ApprovalPendingError extends AgoraError {
  readonly approval: Approval
  constructor(approval: Approval) {
    super('needs_approval', `The operator has been asked: ${approval.summary}.`, {
      hint: `It waits as approval ${approval.id} until ${approval.expires_at}; the answer comes as a message.`,
    })
    this.approval = approval
  }
}

/** The error that an answer other than 2xx stands for. A code this version does not know becomes `internal`. */
export async function problemError(response: Response, base: string): Promise<AgoraError> {
  const problem = await problemIn(response)
  if (!problem) {
    return new AgoraError('not_running', `What answers at ${base} is not Agora (status ${response.status}).`, {
      hint: 'Another program may have taken its port.',
    })
  }
  const { code, detail, field, hint, candidates } = problem
  return new AgoraError(isErrorCode(code) ? code : 'internal', String(detail ?? code), {
    ...(typeof field === 'string' && { field }),
    ...(typeof hint === 'string' && { hint }),
    ...(Array.isArray(candidates) && { candidates: candidates.map(String) }),
  })
}

async function problemIn(response: Response): Promise<Record<string, unknown> | undefined> {
  if (!response.headers.get('Content-Type')?.startsWith('application/problem+json')) return undefined
  try {
    return (await response.json()) as Record<string, unknown>
  } catch {
    // Cut short or no JSON: then it is as good as no answer of Agora's.
    return undefined
  }
}

/**
 * Throws what a failed `fetch` means: the signal's reason when it was aborted, `not_running` when nothing listens (browsers do not
 * say more than that it failed), `unreachable` when the connection broke.
 */
export function failed(error: unknown, base: string, signal: AbortSignal | null | undefined): never {
  if (signal?.aborted) throw signal.reason
  const cause = (error as { cause?: { code?: unknown } }).cause
  if (cause === undefined || cause.code === 'ECONNREFUSED') {
    throw new AgoraError('not_running', `No Agora daemon answers at ${base}.`, {
      hint: 'Start it with `agora start`.',
      cause: error,
    })
  }
  throw new AgoraError('unreachable', `The connection to ${base} broke (${messageOf(cause)}).`, {
    hint: 'Whether the call had its effect is not known.',
    cause: error,
  })
}
