import type { Bench } from './lib/bench.ts'
import { folding } from './projects/folding.ts'

/** What projects cost: their logs as they grow, and what is read of them. */
export const projects: Bench = {
  name: 'projects',
  about: 'a project of 100,000 entries: folding it, what it holds in memory',
  async run(context) {
    await folding(context)
  },
}
