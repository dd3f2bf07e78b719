import type { Bench } from './lib/bench.ts'
import { appending } from './projects/appending.ts'
import { folding } from './projects/folding.ts'
import { inside } from './projects/inside.ts'

/** What projects cost: their logs as they grow, and what is read of them. */
export const projects: Bench = {
  name: 'projects',
  about: 'writing into a project and bringing it to a member, pages of 10,000 tasks, folding 100,000 entries, memory',
  async run(context) {
    await inside(context)
    await appending(context)
    await folding(context)
  },
}
