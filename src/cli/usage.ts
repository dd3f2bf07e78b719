import { AgoraError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'

/** The command line cannot be understood: exit code 2. */
export const usageError = (message: string, hint?: string, field?: string): AgoraError =>
  new AgoraError('usage', message, { ...(hint ? { hint } : {}), ...(field ? { field } : {}) })

/** "Did you mean …?", for a word that begins a known one or is nearly one. */
export function suggestion(typed: string, known: readonly string[], prefix = ''): string | undefined {
  const meant = (typed.length >= 3 ? known.find((word) => word.startsWith(typed)) : undefined) ?? nearest(typed, known)
  return meant === undefined ? undefined : `Did you mean ${prefix}${meant}?`
}
