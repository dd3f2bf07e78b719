/**
 * Every error a user or a program can meet has a stable code here. The kind decides how an edge shows it
 * (HTTP status, exit code, wire answer); the code is what programs compare and never changes its meaning.
 */
const kinds = {
  /** The command line was not understood; nothing was done. */
  usage: 'invalid',
  invalid_input: 'invalid',
  invalid_address: 'invalid',
  invalid_name: 'invalid',
  ambiguous_name: 'invalid',
  invalid_cursor: 'invalid',
  malformed: 'invalid',
  backup_damaged: 'invalid',
  too_large: 'too_large',
  unauthenticated: 'unauthenticated',
  operator_only: 'forbidden',
  needs_approval: 'forbidden',
  not_permitted: 'forbidden',
  not_member: 'forbidden',
  suspended: 'forbidden',
  owner_only: 'forbidden',
  not_invited: 'forbidden',
  needs_person: 'forbidden',
  passphrase_needed: 'forbidden',
  wrong_passphrase: 'forbidden',
  forbidden_host: 'forbidden',
  forbidden_origin: 'forbidden',
  not_found: 'not_found',
  unknown_name: 'not_found',
  unknown_operation: 'not_found',
  nothing_ready: 'not_found',
  already_exists: 'conflict',
  blocked: 'conflict',
  owner_missing: 'conflict',
  owner_revoked: 'conflict',
  conversation_paused: 'conflict',
  project_archived: 'conflict',
  thread_closed: 'conflict',
  upgrade_needed: 'conflict',
  circular: 'conflict',
  claimed: 'conflict',
  not_ready: 'conflict',
  stale_token: 'conflict',
  limit_reached: 'conflict',
  not_pending: 'conflict',
  not_clocked_in: 'conflict',
  owner_cannot_leave: 'conflict',
  home_in_use: 'conflict',
  port_in_use: 'conflict',
  wrong_identity: 'conflict',
  /** The space may hold entries of this node that it has forgotten, since it was restored from a backup. */
  restored: 'conflict',
  rate_limited: 'limited',
  disk_full: 'storage',
  database_damaged: 'storage',
  storage_failed: 'storage',
  key_missing: 'setup',
  key_damaged: 'setup',
  key_exposed: 'setup',
  home_exposed: 'setup',
  token_missing: 'setup',
  token_exposed: 'setup',
  invalid_config: 'setup',
  ambiguous_node: 'setup',
  not_running: 'unavailable',
  unreachable: 'unavailable',
  not_connected: 'unavailable',
  timed_out: 'unavailable',
  keeper_unreachable: 'unavailable',
  stopping: 'unavailable',
  internal: 'internal',
} as const

export type ErrorCode = keyof typeof kinds
export type ErrorKind = (typeof kinds)[ErrorCode]

export interface ErrorParts {
  /** Dotted path of the input field that is wrong, e.g. `to` or `capabilities.domains.0`. */
  field?: string
  /** What would be right, or what to do next; a sentence. */
  hint?: string
  /** Possible answers when a name fits several things. */
  candidates?: string[]
  cause?: unknown
}

export class AgoraError extends Error {
  override readonly name = 'AgoraError'
  readonly code: ErrorCode
  readonly field: string | undefined
  readonly hint: string | undefined
  readonly candidates: string[] | undefined

  constructor(code: ErrorCode, message: string, parts: ErrorParts = {}) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause })
    this.code = code
    this.field = parts.field
    this.hint = parts.hint
    this.candidates = parts.candidates
  }

  get kind(): ErrorKind {
    return kinds[this.code]
  }
}

export const errorCodes = Object.keys(kinds) as ErrorCode[]

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && code in kinds

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
