import { AgoraError } from '../base/errors.ts'
import type { Replica } from '../log/replica.ts'

const CANDIDATES_MAX = 5

/** The whole id of the entry that begins so. @throws AgoraError `not_found`, `ambiguous_name`, naming `field`. */
export function entryId(log: Pick<Replica, 'withPrefix'>, prefix: string, field: string): string {
  const candidates = log.withPrefix(prefix, CANDIDATES_MAX)
  if (candidates.includes(prefix)) return prefix
  const [first, other] = candidates
  if (first === undefined) throw new AgoraError('not_found', `${field}: there is no entry ${prefix} here.`, { field })
  if (other === undefined) return first
  throw new AgoraError('ambiguous_name', `${field}: ${prefix} fits several entries.`, { field, candidates })
}
