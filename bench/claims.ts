import type { Bench, BenchContext } from './lib/bench.ts'
import type { Call } from './lib/http.ts'
import { short } from './lib/report.ts'
import { quantile, timed } from './lib/stats.ts'
import { converged, createTeam } from './lib/team.ts'
import { createWorld, type Daemon } from './lib/world.ts'

const AGENTS = 50
const TASKS = 1000

interface Worker {
  name: string
  call: Call
  token: string
}

/** Many agents that ask for the next task at the same time: each task goes to exactly one of them. */
export const claims: Bench = {
  name: 'claims',
  about: '50 agents claim 1,000 tasks, all on one node and on three nodes; each exactly once',
  async run(context) {
    await claimed(['alice'], context)
    await claimed(['alice', 'bob', 'carol'], context)
  },
}

async function claimed(names: string[], { quick, note }: BenchContext): Promise<void> {
  await using world = createWorld()
  const team = await createTeam(world, names)
  const { project, members } = team
  const [owner] = members as [Daemon]
  const tasks = quick ? TASKS / 4 : TASKS
  const made = new Set<string>()
  for (let n = 0; n < tasks; n++)
    made.add((await owner.call<{ id: string }>('POST', `/projects/${project}/tasks`, { title: `Task ${n}` })).id)
  await converged(team)

  const workers: Worker[] = []
  for (let n = 0; n < AGENTS; n++) {
    const { call } = members[n % members.length] as Daemon
    const name = `worker-${n}`
    workers.push({ name, call, token: (await call<{ token: string }>('POST', '/agents', { name })).token })
  }
  const given: string[] = []
  const times: number[] = []
  const ms = await timed(() => Promise.all(workers.map((worker) => work(worker, project, given, times))))
  const settled = await converged(team)
  const [held = []] = await Promise.all(members.map((member) => claimsOf(member, project)))

  const where = names.length === 1 ? 'on one node' : `on ${names.length} nodes`
  note({ what: `claims ${where}, 50 agents`, value: (given.length / ms) * 1000, unit: '/s' })
  note({
    what: 'a claim takes, p50',
    value: quantile(times, 0.5),
    unit: 'ms',
    note: `p99 ${short(quantile(times, 0.99))}`,
  })
  note({
    what: `of ${short(tasks)} tasks given to nobody, or to more than one`,
    value: tasks - new Set(given).size + (given.length - new Set(given).size),
    unit: 'tasks',
    wanted: { of: 'value', most: 0 },
  })
  note({
    what: `in the log of all, ${where}, otherwise than they were given`,
    value: given.length - held.filter((id) => made.has(id)).length,
    unit: 'claims',
    wanted: { of: 'value', most: 0 },
  })
  if (names.length > 1) note({ what: 'until all three nodes agreed on the last', value: settled, unit: 'ms' })
}

/** Claims until there is nothing left. */
async function work({ call, token }: Worker, project: string, given: string[], times: number[]): Promise<void> {
  for (;;) {
    const began = performance.now()
    const task = await call<{ id: string }>('POST', `/projects/${project}/tasks/claim`, {}, token).catch((error) => {
      if (String(error).includes('nothing_ready')) return undefined
      throw error
    })
    if (!task) return
    times.push(performance.now() - began)
    given.push(task.id)
  }
}

/** The tasks that are claimed as a node knows it. */
async function claimsOf({ call }: Daemon, project: string): Promise<string[]> {
  const ids: string[] = []
  for (let cursor = ''; ; ) {
    type Page = { items: { id: string; claim?: object }[]; next_cursor?: string }
    const page = await call<Page>('GET', `/projects/${project}/tasks?claimed=true&limit=500${cursor}`)
    ids.push(...page.items.filter(({ claim }) => claim).map(({ id }) => id))
    if (page.next_cursor === undefined) return ids
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`
  }
}
