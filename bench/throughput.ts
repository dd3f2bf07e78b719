import { bareLibp2p } from './lib/bare.ts'
import { type Bench, TEXT } from './lib/bench.ts'
import { helper } from './lib/children.ts'
import type { Load, LoadOrder } from './lib/load.ts'
import { processorMs } from './lib/machine.ts'
import { short } from './lib/report.ts'
import { median, quantile } from './lib/stats.ts'
import { befriend, createWorld } from './lib/world.ts'

const IN_FLIGHT = 64

/** Messages a second from the call on one daemon to the durable, signed receipt of the other, back and committed. */
export const throughput: Bench = {
  name: 'throughput',
  about: '512-byte messages between two daemons, REST in to the durable signed receipt back, 64 in flight',
  async run({ quick, note }) {
    const rounds = quick ? 3 : 7
    const count = quick ? 2000 : 5000
    await using world = createWorld()
    const alice = await world.start('alice')
    const bob = await world.start('bob')
    await befriend(alice, bob)
    await using bare = await bareLibp2p()
    await using echo = await helper('bare-http.ts')
    await using generator = await helper('load.ts')
    const send = { body: TEXT, to: bob.info.did, wait_for: 'stored', timeout: 60 }
    const daemon = { url: alice.info.api_url, token: alice.token, path: '/send', body: send, inFlight: IN_FLIGHT }
    const load = (order: Partial<LoadOrder>) =>
      generator.ask<Load>({ ...daemon, count, expect: '"stage":"stored"', ...order } satisfies LoadOrder)

    // Until everything is compiled that ever will be.
    await load({ count: 4000 })
    await Promise.all([bare.frames(4000, 'aside'), bare.frames(4000, 'signed')])

    const runs: Load[] = []
    const limits = { aside: [] as number[], signed: [] as number[] }
    const cost = { alice: 0, bob: 0 }
    for (let round = 0; round < rounds; round++) {
      limits.aside.push(await bare.frames(count, 'aside'))
      limits.signed.push(await bare.frames(count, 'signed'))
      const before = { alice: processorMs(alice.info.pid), bob: processorMs(bob.info.pid) }
      runs.push(await load({}))
      cost.alice += processorMs(alice.info.pid) - before.alice
      cost.bob += processorMs(bob.info.pid) - before.bob
    }
    const alone = await load({ url: String(echo.ready), count: 20_000, expect: '"wait_for":"stored"' })

    const rates = runs.map((run) => run.perSecond)
    const [aside, signed] = [median(limits.aside), median(limits.signed)]
    note({
      what: 'messages, REST in to durable receipt back, 64 in flight',
      value: median(rates),
      unit: '/s',
      limit: { what: 'signed frames of bare libp2p', value: Math.max(aside, signed) },
      wanted: { of: 'ratio', least: 0.35 },
      note: `${short(Math.min(...rates))} to ${short(Math.max(...rates))} in ${rounds} runs`,
    })
    note({ what: 'signed frames of bare libp2p, verified within the loop', value: signed, unit: '/s' })
    note({ what: 'signed frames of bare libp2p, verified on other threads', value: aside, unit: '/s' })
    const times = runs.flatMap((run) => run.times)
    note({
      what: 'a call then takes, p50',
      value: median(times),
      unit: 'ms',
      note: `p99 ${short(quantile(times, 0.99))} ms`,
    })
    const perMessage = (ms: number) => (ms * 1000) / (rounds * count)
    const processor = 'processor time a message,'
    note({ what: `${processor} the sending daemon`, value: perMessage(cost.alice), unit: 'µs' })
    note({ what: `${processor} the receiving daemon`, value: perMessage(cost.bob), unit: 'µs' })
    note({ what: `${processor} the generator of load`, value: median(runs.map((run) => run.ownCost)), unit: 'µs' })
    note({ what: 'the generator of load against bare node:http', value: alone.perSecond, unit: '/s' })
  },
}
