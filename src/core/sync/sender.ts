import type { SignedEntry } from '../../contract/entry.ts'
import { ENTRIES_MAX, HAVE_BRANCHES_MAX, type LogMessage, WANT_MAX } from '../../contract/log-message.ts'
import type { MessageLink } from '../network.ts'
import type { Telemetry } from '../telemetry.ts'
import { sizeOf } from './known.ts'

/** Messages on their way without the peer having kept them: what it costs here that a peer is slow. */
export const WINDOW = 8
/** Spaces told of in one message. */
const HAVE_EACH = 32

export interface Told {
  branches: [string, number, string][]
  ask: boolean
  again: boolean
}

export interface SenderParts {
  link: MessageLink<LogMessage>
  telemetry: Telemetry
  /** What to tell of a space when it goes out; undefined when nothing is to be told of it after all. */
  have(space: string): Told | undefined
  /** The next entries of a space for the peer, none when there is nothing more. */
  entries(space: string): SignedEntry[]
  /** There may be nothing under way any more. */
  onRest(): void
}

/**
 * What goes out to one peer. What is to be said is decided when there is room for it, so that a peer that does not read costs a few messages, whatever
 * happens meanwhile.
 */
export interface Sender {
  /** What is here of a space is told. */
  have(space: string): void
  /** What is here of a space is about to be told, or is on its way. */
  isTelling(space: string): boolean
  want(space: string, ids: readonly string[]): void
  /** There may be entries of a space to send. */
  wake(space: string): void
  acknowledged(messages: number): void
  isBusy(): boolean
  stop(): void
}

export function createSender({ link, telemetry, have, entries, onRest }: SenderParts): Sender {
  const haves = new Set<string>()
  /** By space: how many messages had been sent before it was told of last. */
  const toldAt = new Map<string, number>()
  const wants = new Map<string, Set<string>>()
  const spaces = new Set<string>()
  let [sent, acknowledged] = [0, 0]
  let pumping = false
  let stopped = false

  function nextHave(): LogMessage | undefined {
    const told: { space: string; branches: Told['branches'] }[] = []
    let kind: Pick<Told, 'ask' | 'again'> | undefined
    let branches = 0
    for (const space of haves) {
      const now = have(space)
      // Those that ask and those that do not travel apart, and no more together than fit a frame.
      if (now && kind && (now.ask !== kind.ask || now.again !== kind.again)) break
      branches += now?.branches.length ?? 0
      if (told.length > 0 && branches > HAVE_BRANCHES_MAX) break
      haves.delete(space)
      if (!now) continue
      kind ??= now
      told.push({ space, branches: now.branches })
      toldAt.set(space, sent)
      if (told.length === HAVE_EACH) break
    }
    if (!kind) return undefined
    return {
      type: 'log.have',
      spaces: told,
      ...(kind.ask ? { ask: true } : {}),
      ...(kind.again ? { again: true } : {}),
    }
  }

  function nextWant(): LogMessage | undefined {
    for (const [space, ids] of wants) {
      const some = [...ids].slice(0, WANT_MAX)
      for (const id of some) ids.delete(id)
      if (ids.size === 0) wants.delete(space)
      if (some.length > 0) return { type: 'log.want', space, ids: some }
    }
    return undefined
  }

  function nextEntries(): LogMessage[] {
    for (const space of spaces) {
      const some = entries(space)
      spaces.delete(space)
      if (some.length === 0) continue
      // Behind the others, whose turn it is now.
      spaces.add(space)
      telemetry.count('entries_sent', {}, some.length)
      return inFrames(some).map((part) => ({ type: 'log.entries', space, entries: part }))
    }
    return []
  }

  function next(): LogMessage[] {
    const first = nextHave() ?? nextWant()
    return first ? [first] : nextEntries()
  }

  function wake(): void {
    if (!pumping && !stopped) void pump()
  }

  async function pump(): Promise<void> {
    pumping = true
    try {
      // Whatever else the same commit brings goes along.
      await Promise.resolve()
      while (!stopped && sent - acknowledged < WINDOW) {
        const messages = next()
        if (messages.length === 0) break
        sent += messages.length
        await link.send(messages)
      }
    } catch (error) {
      // The link is gone: with the next one each tells anew what it has. Or the disk cannot be read.
      if (!stopped) telemetry.log.debug({ error: String(error) }, 'sending of entries stopped')
    } finally {
      pumping = false
      onRest()
    }
  }

  return {
    have(space) {
      haves.add(space)
      wake()
    },
    isTelling: (space) => haves.has(space) || (toldAt.get(space) ?? -1) >= acknowledged,
    want(space, ids) {
      const waiting = wants.get(space) ?? new Set()
      for (const id of ids) waiting.add(id)
      wants.set(space, waiting)
      wake()
    },
    wake(space) {
      spaces.add(space)
      wake()
    },
    acknowledged(messages) {
      acknowledged = messages
      wake()
      onRest()
    },
    isBusy: () => !stopped && (pumping || sent > acknowledged),
    stop() {
      stopped = true
    },
  }
}

/** All in one frame, but for a large one that came last and might not fit beside the others. */
function inFrames(entries: SignedEntry[]): SignedEntry[][] {
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0)
  return bytes <= ENTRIES_MAX || entries.length === 1 ? [entries] : [entries.slice(0, -1), entries.slice(-1)]
}
