import type { SignedEntry } from '../../contract/entry.ts'
import type { ProjectReplica } from '../../core/projects.ts'
import { sha256 } from '../../log/entry.ts'
import type { Place } from '../../log/types.ts'
import { readEntry } from '../../log/verify.ts'

const PAGE_BYTES = 1 << 20

/** A log as it is signed, parents before their children. */
export function* storedEntries(log: Pick<ProjectReplica, 'lacking'>): Generator<SignedEntry> {
  let after: Place | undefined
  do {
    const page = log.lacking([], { bytes: PAGE_BYTES, after })
    yield* page.entries
    after = page.after
  } while (after)
}

/** Where an entry that was checked when it came stands. */
export function placeIn(signed: SignedEntry): Place {
  const read = readEntry(signed, sha256)
  if ('entry' in read) return { lamport: read.entry.header.lamport, id: read.entry.id }
  throw new Error(read.fault.detail)
}
