import { bareLibp2p } from '../lib/bare.ts'
import { type BenchContext, TEXT } from '../lib/bench.ts'
import { helper } from '../lib/children.ts'
import { processorMs } from '../lib/machine.ts'
import { short } from '../lib/report.ts'
import { median } from '../lib/stats.ts'
import { createTeam, latest, until } from '../lib/team.ts'
import { createWorld, type Daemon } from '../lib/world.ts'
import type { WriteOrder } from '../lib/writer.ts'

/** An entry decided, signed, committed, brought to one member and committed there, without the call over HTTP that asked for it. */
export async function inside({ quick, note }: BenchContext): Promise<void> {
  const rounds = quick ? 3 : 7
  const count = quick ? 2000 : 5000
  await using world = createWorld()
  const { project, members } = await createTeam(world, ['alice', 'bob'])
  const [alice, bob] = members as [Daemon, Daemon]
  await alice.stop()
  await using writer = await helper('writer.ts', String(world.env['AGORA_HOME']), 'alice')
  await bob.call('POST', '/connect', { address: String(writer.ready) })
  await using bare = await bareLibp2p()
  const write = async () => {
    const last = await writer.ask<string>({ project, count, inFlight: 64, text: TEXT } satisfies WriteOrder)
    await until(async () => (await latest(bob, project)) === last)
  }
  await write()
  await Promise.all([bare.frames(4000, 'aside'), bare.frames(4000, 'signed')])

  const rates: number[] = []
  const limits = { aside: [] as number[], signed: [] as number[] }
  const cost = { here: 0, there: 0 }
  for (let round = 0; round < rounds; round++) {
    limits.aside.push(await bare.frames(count, 'aside'))
    limits.signed.push(await bare.frames(count, 'signed'))
    const before = { here: processorMs(writer.pid), there: processorMs(bob.info.pid) }
    const began = performance.now()
    await write()
    rates.push((count / (performance.now() - began)) * 1000)
    cost.here += processorMs(writer.pid) - before.here
    cost.there += processorMs(bob.info.pid) - before.there
  }
  const perEntry = (ms: number) => short((ms * 1000) / (rounds * count))
  note({
    what: 'entries, decided to durable at one other member, 64 in flight',
    value: median(rates),
    unit: '/s',
    limit: { what: 'signed frames of bare libp2p', value: Math.max(median(limits.aside), median(limits.signed)) },
    wanted: { of: 'ratio', least: 0.3 },
    note: `${perEntry(cost.here)} µs processor time each here, ${perEntry(cost.there)} µs there`,
  })
}
