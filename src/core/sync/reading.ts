import { verifySignature } from '../../identity/signing.ts'
import type { CheckedEntry, EntryFault } from '../../log/checked.ts'
import { sha256 } from '../../log/entry.ts'
import type { Replica } from '../../log/replica.ts'
import { readEntry } from '../../log/verify.ts'

export interface ReadEntries {
  /** Each once, in the order in which they came. */
  fresh: CheckedEntry[]
  /** Ids of those that are here already, with all their texts. */
  known: string[]
  faults: EntryFault[]
}

/**
 * Checks entries as they came from a peer: signatures side by side, on other threads, and only of those that are not here yet, for in a group of
 * members each hears of most entries several times.
 */
export async function readEntries(replica: Replica, signed: readonly unknown[]): Promise<ReadEntries> {
  const known: string[] = []
  const faults: EntryFault[] = []
  const checking = new Map<string, Promise<CheckedEntry | EntryFault>>()
  const added = new Set<string>()
  /** It follows what is not here, or the last of a chain: that it is not here need not be looked up. */
  const isNew = ({ header: { prev } }: CheckedEntry) => prev !== undefined && (added.has(prev) || replica.isEnd(prev))
  for (const one of signed) {
    const read = readEntry(one, sha256)
    if (read.fault) {
      faults.push(read.fault)
      continue
    }
    const { entry, signedText } = read
    if (entry.space !== replica.space) {
      faults.push({ id: entry.id, reason: 'wrong_space', detail: `of the space ${entry.space}` })
    } else if (
      !isNew(entry) &&
      replica.get(entry.id) &&
      (entry.texts === undefined || replica.texts(entry.id) !== undefined)
    ) {
      known.push(entry.id)
    } else {
      added.add(entry.id)
      const key = `${entry.id} ${entry.texts !== undefined}`
      if (!checking.has(key)) checking.set(key, checked(entry, signedText))
    }
  }
  const fresh: CheckedEntry[] = []
  for (const result of await Promise.all(checking.values())) {
    if ('reason' in result) faults.push(result)
    else fresh.push(result)
  }
  return { fresh, known, faults }
}

async function checked(entry: CheckedEntry, signedText: string): Promise<CheckedEntry | EntryFault> {
  const { author, signature } = entry.header
  if (await verifySignature(author, signedText, signature)) return entry
  return { id: entry.id, reason: 'bad_signature', detail: `not signed by the node of ${author}` }
}
