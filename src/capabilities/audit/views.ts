import { rfc3339 } from '../../base/clock.ts'
import type { Directory } from '../../core/directory.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { AuditEntry } from './schema.ts'

/** Entries as the record shows them. */
export const entryView =
  (directory: Pick<Directory, 'nameOf'>) =>
  (entry: LoggedEntry): AuditEntry => ({
    id: entry.id,
    type: entry.type,
    author: { did: entry.author, name: directory.nameOf(entry.author) },
    seq: entry.seq,
    lamport: entry.lamport,
    at: rfc3339(entry.at),
    received_at: rfc3339(entry.receivedAt),
    ...(entry.subject === undefined ? {} : { subject: entry.subject }),
    facts: entry.body,
    ...(entry.texts === undefined ? {} : { texts: entry.texts }),
    redacted: entry.redacted,
    verdict: entry.verdict,
    signature: 'verified',
  })
