import type { Clock } from '../../base/clock.ts'
import { AgoraError } from '../../base/errors.ts'
import type { LogEntries } from '../../contract/log-message.ts'
import type { Admitted } from '../../log/replica.ts'
import type { Placed } from '../../log/types.ts'
import { createOffences } from '../offences.ts'
import type { Spaces } from '../spaces.ts'
import type { Telemetry } from '../telemetry.ts'
import { type ReadEntries, readEntries } from './reading.ts'

export interface ReceiverParts {
  clock: Clock
  spaces: Pick<Spaces, 'replica' | 'admit'>
  telemetry: Telemetry
  /** Whether entries of this space are taken from the peer. */
  isMember(space: string, did: string): boolean
  /** These are here now, or wait for others; the peer has them. */
  onHere(space: string, did: string, ids: readonly string[]): void
  /** Parents of what the peer sent, which are not here. */
  onMissing(space: string, did: string, ids: readonly string[]): void
}

/** What frames cost, in entries taken in or folded again, and whether their sender is to be cut off. */
export interface Received {
  cost: number
  close: boolean
}

/**
 * Entries in frames that go into the log in one write: two full frames of short ones. The more, the fewer pages are written for each, for ids fall anywhere in
 * their index; and the longer everything else waits for the write.
 */
const TOGETHER = 512
/** Of a fork, in entries, at least. */
const FORK_COST = 100

/** Begins at once to check the entries that a peer sent; what is answered takes them in. */
export function createReceiver(parts: ReceiverParts): (did: string, messages: LogEntries[]) => () => Promise<Received> {
  const { spaces, telemetry, isMember } = parts
  const offends = createOffences(parts.clock)

  function offend(did: string, reason: string, detail: Record<string, unknown>): boolean {
    telemetry.count('entries_refused', { reason })
    telemetry.security(`entry_${reason}`, did, detail)
    return offends(did)
  }

  async function admit(space: string, did: string, { fresh }: ReadEntries): Promise<Admitted | undefined> {
    if (fresh.length === 0) return undefined
    return spaces.admit(space, fresh, did).catch((error: unknown) => {
      if (error instanceof AgoraError && (error.kind === 'storage' || error.kind === 'unavailable')) throw error
      // A fault of this node; whoever sent it would send it again for ever.
      const text = String((error as Error)?.stack ?? error)
      telemetry.log.error({ did, space, error: text }, 'entries could not be taken in')
      return undefined
    })
  }

  /** Answers what they cost beside being there. */
  async function take(space: string, did: string, read: ReadEntries): Promise<Received> {
    let close = false
    for (const { reason, detail, id } of read.faults) close = offend(did, reason, { space, id, detail }) || close
    telemetry.count('entries_repeated', {}, read.known.length)
    const admitted = await admit(space, did, read)
    parts.onHere(space, did, [...read.known, ...read.fresh.map(({ id }) => id)])
    if (!admitted) return { cost: 0, close }
    const { added, refolded, faults, missing, forks } = admitted
    telemetry.count('entries_received', {}, added.length)
    telemetry.count('entries_refolded', {}, refolded)
    for (const { reason, detail, id, from = did } of faults) {
      const isTooMuch = offend(from, reason, { space, id, detail })
      close ||= isTooMuch && from === did
    }
    parts.onMissing(space, did, missing)
    return { cost: refolded + costOfChains(added, forks), close }
  }

  return (did, messages) => {
    // Whoever was removed is among those of whom nothing is taken: what it wrote before it knew comes with the entry that brings it back.
    const read = (space: string, entries: unknown[]) =>
      isMember(space, did) ? readEntries(spaces.replica(space), entries) : undefined
    const groups = grouped(messages).map(({ space, entries }) => {
      const reading = read(space, entries)
      reading?.catch(() => undefined)
      return { space, entries, reading }
    })
    return async () => {
      const all: Received = { cost: 0, close: false }
      for (const { space, entries, reading } of groups) {
        all.cost += entries.length
        // What came before may have made it one of whom entries are taken.
        const done = await (reading ?? read(space, entries))
        if (!done || !isMember(space, did)) {
          telemetry.count('frames_ignored', { what: 'space' })
          continue
        }
        const { cost, close } = await take(space, did, done)
        all.cost += cost
        all.close ||= close
      }
      return all
    }
  }
}

/**
 * What new chains cost, each as many entries as there are chains: every later entry of the log carries one number more for it, for ever. Whoever forks, or has
 * others begin that it alone named, can so not make many.
 */
function costOfChains(added: readonly Placed[], forks: readonly Placed[]): number {
  const isFork = new Set(forks)
  let cost = 0
  for (const entry of added)
    if (entry.position === 0) cost += isFork.has(entry) ? Math.max(FORK_COST, entry.chain) : entry.chain
  return cost
}

/** Small frames of one space that follow each other, as one. */
function grouped(messages: LogEntries[]): { space: string; entries: unknown[] }[] {
  const groups: { space: string; entries: unknown[] }[] = []
  for (const { space, entries } of messages) {
    const last = groups.at(-1)
    if (last?.space === space && last.entries.length + entries.length <= TOGETHER) last.entries.push(...entries)
    else groups.push({ space, entries: [...entries] })
  }
  return groups
}
