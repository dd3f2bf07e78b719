import { bareLibp2p } from './lib/bare.ts'
import { type Bench, TEXT } from './lib/bench.ts'
import { helper } from './lib/children.ts'
import { type Call, caller, follow } from './lib/http.ts'
import { short } from './lib/report.ts'
import { median, quantile, timed } from './lib/stats.ts'
import { befriend, createWorld } from './lib/world.ts'

/** One message at a time, from the call of `/send` to its event on the stream of whoever it is for. */
export const latency: Bench = {
  name: 'latency',
  about: 'one message at a time, POST /send to its event, between two daemons and on one',
  async run({ quick, note }) {
    const blocks = quick ? 3 : 10
    const count = 100
    await using world = createWorld()
    const alice = await world.start('alice')
    const bob = await world.start('bob')
    await befriend(alice, bob)
    const add = (name: string) => alice.call<{ token: string }>('POST', '/agents', { name })
    const one = await add('one')
    const two = await add('two')
    await using bare = await bareLibp2p()
    await using http = await helper('bare-http.ts')
    const echo = caller(String(http.ready), '')

    const remote = await journey(alice.call, bob.info.api_url, bob.token, bob.info.did)
    const asOne: Call = (method, path, body) => alice.call(method, path, body, one.token)
    const local = await journey(asOne, alice.info.api_url, two.token, 'two')
    const trip = () => bare.echoes(count)
    const ask = () => repeated(count, () => timed(() => echo('POST', '/', { to: 'two', body: TEXT })))

    const measured = { remote: [] as number[], local: [] as number[], trip: [] as number[], ask: [] as number[] }
    // The first block compiles what the others run.
    for (let block = -1; block < blocks; block++) {
      const times = {
        trip: await trip(),
        remote: await repeated(count, remote.send),
        ask: await ask(),
        local: await repeated(count, local.send),
      }
      if (block < 0) continue
      for (const name of ['remote', 'local', 'trip', 'ask'] as const) measured[name].push(...times[name])
    }
    remote.end()
    local.end()

    const row = (what: string, of: keyof typeof measured, share: number, limit: 'trip' | 'ask', most?: number) =>
      note({
        what,
        value: quantile(measured[of], share),
        unit: 'ms',
        limit: {
          what: limit === 'trip' ? 'round trip of bare libp2p' : 'echo by bare node:http',
          value: quantile(measured[limit], share),
        },
        ...(most === undefined ? {} : { wanted: { of: 'value', most } as const }),
      })
    row('to the event at the other daemon, p50', 'remote', 0.5, 'trip', 6)
    row('the same, p99', 'remote', 0.99, 'trip', 25)
    row('between two agents of one daemon, p50', 'local', 0.5, 'ask', 4)
    row('the same, p99', 'local', 0.99, 'ask')
    note({
      what: 'all that the first of them stands on: the call, the round trip',
      value: median(measured.ask) + median(measured.trip),
      unit: 'ms',
      note: `${short(median(measured.ask))} + ${short(median(measured.trip))}`,
    })
  },
}

/** Ready to send to `to` and to see it arrive on the event stream of `url`; `send` answers the ms between. */
async function journey(call: Call, url: string, token: string, to: string) {
  let arrived: (at: number) => void = () => undefined
  const end = await follow(url, token, 'message.received', () => arrived(performance.now()))
  return {
    end,
    async send(): Promise<number> {
      const arrival = new Promise<number>((resolve) => {
        arrived = resolve
      })
      const began = performance.now()
      const [at] = await Promise.all([arrival, call('POST', '/send', { to, body: TEXT })])
      return at - began
    },
  }
}

async function repeated(count: number, measure: () => Promise<number>): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < count; n++) times.push(await measure())
  return times
}
