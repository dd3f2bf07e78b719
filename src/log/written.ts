import type { SignedEntry } from '../contract/entry.ts'
import type { Verdict } from '../contract/verdict.ts'

const VERDICTS_KEPT = 4096
/** Characters of signed entries. */
const SIGNED_KEPT = 2 ** 20

/** What was written last of a log, at hand without asking the disk. */
export interface Written {
  /** Whoever is told of new entries asks what they came to. */
  verdict(id: string): Verdict | undefined
  judged(id: string, verdict: Verdict): void
  /** As it was signed it goes to members next. */
  signed(id: string): SignedEntry | undefined
  keep(id: string, signed: SignedEntry): void
  /** Its texts are others now. */
  changed(id: string): void
}

export function createWritten(): Written {
  const verdicts = new Map<string, Verdict>()
  const entries = new Map<string, SignedEntry>()
  let room = SIGNED_KEPT
  return {
    verdict: (id) => verdicts.get(id),
    judged(id, verdict) {
      if (verdicts.size >= VERDICTS_KEPT) verdicts.clear()
      verdicts.set(id, verdict)
    },
    signed: (id) => entries.get(id),
    keep(id, signed) {
      room -= signed.header.length + signed.facts.length + (signed.texts?.length ?? 0)
      if (room < 0) {
        entries.clear()
        room = SIGNED_KEPT
      }
      entries.set(id, signed)
    },
    changed: (id) => void entries.delete(id),
  }
}
