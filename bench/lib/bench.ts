import type { Row } from './report.ts'

export interface BenchContext {
  /** Shorter runs, for a look; the figures say less then. */
  quick: boolean
  /** Adds a line to the result. */
  note(row: Omit<Row, 'bench'>): void
}

/** One figure, or several that are measured together, in a file of its own. */
export interface Bench {
  name: string
  about: string
  run(context: BenchContext): Promise<void>
}

/** What every message of the bench says: 512 bytes. */
export const TEXT = 'x'.repeat(512)
