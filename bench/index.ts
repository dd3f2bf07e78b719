import { parseArgs } from 'node:util'
import { claims } from './claims.ts'
import { convergence } from './convergence.ts'
import { crowd } from './crowd.ts'
import { dashboard } from './dashboard.ts'
import { dashboardMessages } from './dashboard-messages.ts'
import { floors } from './floors.ts'
import { latency } from './latency.ts'
import type { Bench } from './lib/bench.ts'
import { buildFault, machineFacts } from './lib/machine.ts'
import { type Judged, judge, table } from './lib/report.ts'
import { LIFTED } from './lib/world.ts'
import { mcp } from './mcp.ts'
import { million } from './million.ts'
import { projects } from './projects.ts'
import { start } from './start.ts'
import { throughput } from './throughput.ts'

/**
 * Every figure that README states, each beside what is possible here, measured in the same run. Daemons are real processes that run what was built.
 * Machines are noisy: runs of the daemon and of its limit take turns, medians are told, and ratios say more than figures.
 */
const benches: Bench[] = [
  floors,
  throughput,
  latency,
  crowd,
  start,
  mcp,
  million,
  projects,
  claims,
  convergence,
  dashboard,
  dashboardMessages,
]

const usage = `npm run bench -- [--only <name>]… [--quick] [--json]

${benches.map(({ name, about }) => `  ${name.padEnd(20)}${about}`).join('\n')}

  --only      these alone; may be given more than once
  --quick     shorter runs, for a look
  --json      the result as JSON; what happens meanwhile goes to stderr in either case
`

// By `exit`, which the benches wait for to clean up.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
process.exitCode = await main()

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: benches.map(({ name }) => name) },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const unknown = values.only.find((name) => !benches.some((bench) => bench.name === name))
  const fault = buildFault()
  if (values.help || unknown !== undefined) {
    console.log(`${unknown === undefined ? '' : `There is no bench ${JSON.stringify(unknown)}.\n\n`}${usage}`)
    return values.help ? 0 : 2
  }
  if (fault !== undefined) {
    console.error(`Run \`npm run build\` first: ${fault}.`)
    return 1
  }
  const machine = machineFacts()
  const lifted = Object.entries(LIFTED).map(([name, value]) => `${name}=${value}`)
  const rows: Judged[] = []
  for (const { name, about, run } of benches.filter((bench) => values.only.includes(bench.name))) {
    console.error(`${name}: ${about}`)
    const began = performance.now()
    await run({ quick: values.quick, note: (row) => rows.push(judge({ ...row, bench: name })) })
    console.error(`  ${Math.round((performance.now() - began) / 1000)} s`)
  }
  if (values.json)
    console.log(JSON.stringify({ machine, settings: LIFTED, quick: values.quick, figures: rows }, null, 2))
  else {
    const facts = Object.entries({ ...machine, settings: `${lifted.join(' ')} (limits on rate are lifted)` })
    console.log(`\n${facts.map(([name, value]) => `${name.padEnd(20)}${value}`).join('\n')}\n`)
    if (values.quick) console.log('A quick look: the figures are less sure than those of a full run.\n')
    console.log(table(rows))
  }
  return 0
}
