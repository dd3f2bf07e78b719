import colours from 'picocolors'
import { AgoraError, messageOf } from '../base/errors.ts'
import { displayText } from '../base/text.ts'
import type { ApprovalPendingError } from '../client/index.ts'
import type { Io } from './io.ts'
import { safeJson } from './text.ts'

/** Prints what went wrong on standard error and answers with the exit code. */
export function reportFailure(error: unknown, io: Io, json: boolean): 1 | 2 {
  const known = error instanceof AgoraError ? error : new AgoraError('internal', messageOf(error), { cause: error })
  if (json) io.err(`${safeJson(problem(known))}\n`)
  else io.err(explained(known, io))
  if (known.code === 'internal' && error instanceof Error && io.env['AGORA_LOG_LEVEL'] === 'debug') {
    io.err(`${error.stack}\n`)
  }
  return known.code === 'usage' || known.field?.startsWith('--') ? 2 : 1
}

/** It was not done, and it did not fail: the operator has been asked. */
export async function reportPending({ approval, message, hint }: ApprovalPendingError, io: Io, json: boolean) {
  await io.out(json ? `${safeJson({ approval }, 2)}\n` : `${displayText(message)}\n${displayText(hint ?? '')}\n`)
  return 0 as const
}

/** The same fields as the API's problem documents, without those that belong to HTTP. */
const problem = ({ code, message, field, hint, candidates }: AgoraError) => ({
  code,
  detail: message,
  ...(field === undefined ? {} : { field }),
  ...(hint === undefined ? {} : { hint }),
  ...(candidates === undefined ? {} : { candidates }),
})

function explained({ message, hint, candidates }: AgoraError, io: Io): string {
  const style = colours.createColors(io.colours)
  const lines = [`${style.red('error:')} ${displayText(message)}`]
  for (const candidate of candidates ?? []) lines.push(`  - ${displayText(candidate)}`)
  if (hint) lines.push(displayText(hint))
  return `${lines.join('\n')}\n`
}
