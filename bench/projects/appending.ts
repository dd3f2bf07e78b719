import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { bareLibp2p } from '../lib/bare.ts'
import { type BenchContext, TEXT } from '../lib/bench.ts'
import { helper } from '../lib/children.ts'
import type { Load, LoadOrder } from '../lib/load.ts'
import { processorMs } from '../lib/machine.ts'
import { short } from '../lib/report.ts'
import { median, quantile, timed } from '../lib/stats.ts'
import { createTeam, latest, type Team, until } from '../lib/team.ts'
import { createWorld, type Daemon, disconnect } from '../lib/world.ts'

const IN_FLIGHT = 64
const TASKS = 10_000

type Write = (path: string, body: object, count: number) => Promise<Load>

/** What it costs to write into a project, to bring it to a member, and to read a page of a large one. */
export async function appending({ quick, note }: BenchContext): Promise<void> {
  await using world = createWorld()
  const team = await createTeam(world, ['alice', 'bob'])
  const [alice, bob] = team.members as [Daemon, Daemon]
  await using generator = await helper('load.ts')
  const write: Write = (path, body, count) => {
    const url = { url: alice.info.api_url, token: alice.token, path: `/projects/${team.project}${path}` }
    return generator.ask<Load>({ ...url, body, count, inFlight: IN_FLIGHT, expect: '"id":' } satisfies LoadOrder)
  }
  /** Until the member has it too. Asked seldom, for every question costs what is measured. */
  const arrived = async () => {
    const last = await latest(alice, team.project)
    await until(async () => (await latest(bob, team.project)) === last, 25)
  }
  await append({ alice, bob, write, arrived, quick, note })
  await catchUp({ team, write, arrived, quick, note })
  await list({ alice, team, write, quick, note })
}

interface Parts extends BenchContext {
  write: Write
  arrived(): Promise<void>
}

async function append({ alice, bob, write, arrived, quick, note }: Parts & { alice: Daemon; bob: Daemon }) {
  const rounds = quick ? 3 : 7
  const count = quick ? 1500 : 4000
  await using bare = await bareLibp2p()
  const say = () => write('/rooms/main/messages', { body: TEXT }, count)
  await say()
  await arrived()
  await Promise.all([bare.frames(4000, 'aside'), bare.frames(4000, 'signed')])

  const rates: number[] = []
  const times: number[] = []
  const limits = { aside: [] as number[], signed: [] as number[] }
  const cost = { alice: 0, bob: 0 }
  for (let round = 0; round < rounds; round++) {
    limits.aside.push(await bare.frames(count, 'aside'))
    limits.signed.push(await bare.frames(count, 'signed'))
    const before = { alice: processorMs(alice.info.pid), bob: processorMs(bob.info.pid) }
    const began = performance.now()
    const load = await say()
    await arrived()
    rates.push((count / (performance.now() - began)) * 1000)
    times.push(...load.times)
    cost.alice += processorMs(alice.info.pid) - before.alice
    cost.bob += processorMs(bob.info.pid) - before.bob
  }
  const perEntry = (ms: number) => short((ms * 1000) / (rounds * count))
  note({
    what: 'the same with the call over REST',
    value: median(rates),
    unit: '/s',
    limit: { what: 'signed frames of bare libp2p', value: Math.max(median(limits.aside), median(limits.signed)) },
    note: `${perEntry(cost.alice)} µs processor time each here, ${perEntry(cost.bob)} µs there`,
  })
  note({
    what: 'a call then takes, p50',
    value: median(times),
    unit: 'ms',
    note: `p99 ${short(quantile(times, 0.99))} ms`,
  })
}

async function catchUp({ team, write, arrived, quick, note }: Parts & { team: Team }): Promise<void> {
  const [alice, bob] = team.members as [Daemon, Daemon]
  const count = quick ? 3000 : 10_000
  const rates: number[] = []
  const limits: number[] = []
  const alone: number[] = []
  const cost = { alice: 0, bob: 0 }
  const rounds = quick ? 2 : 5
  for (let round = -1; round < rounds; round++) {
    await disconnect([alice, bob])
    const last = await latest(bob, team.project)
    await write('/rooms/main/messages', { body: TEXT }, count)
    if ((await latest(bob, team.project)) !== last) throw new Error('bob was not away')
    const used = { alice: processorMs(alice.info.pid), bob: processorMs(bob.info.pid) }
    const ms = await timed(async () => {
      await alice.call('POST', '/connect', { address: `127.0.0.1:${bob.info.port}` })
      await arrived()
    })
    // The first compiles what the others run.
    if (round < 0) continue
    cost.alice += processorMs(alice.info.pid) - used.alice
    cost.bob += processorMs(bob.info.pid) - used.bob
    rates.push((count / ms) * 1000)
    limits.push(await verifications(count))
    alone.push(await verifications(count / 5, true))
  }
  const perEntry = (ms: number) => short((ms * 1000) / (rounds * count))
  note({
    what: `${short(count)} entries that were missed, connecting and catching up`,
    value: median(rates),
    unit: '/s',
    limit: { what: 'Ed25519 signatures verified on all threads', value: median(limits) },
    wanted: { of: 'ratio', least: 0.6 },
    note: `${perEntry(cost.bob)} µs processor time each, ${perEntry(cost.alice)} µs at the sender`,
  })
  note({
    what: 'the same',
    value: median(rates),
    unit: '/s',
    limit: { what: 'verified on one thread', value: median(alone) },
  })
}

/** As many as node:crypto verifies in a second, each as long as what is signed of an entry, on the threads it has for that or on `one`. */
async function verifications(count: number, one = false): Promise<number> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const signed = Buffer.alloc(450, 'x')
  const signature = sign(null, signed, privateKey)
  const aside = () => new Promise((resolve) => verify(null, signed, publicKey, signature, resolve))
  const ms = await timed(async () => {
    if (one) for (let n = 0; n < count; n++) verify(null, signed, publicKey, signature)
    else await Promise.all(Array.from({ length: count }, aside))
  })
  return (count / ms) * 1000
}

async function list({ alice, team, write, quick, note }: Omit<Parts, 'arrived'> & { alice: Daemon; team: Team }) {
  const rounds = quick ? 20 : 100
  await write('/tasks', { title: 'Something to be done', priority: 'medium', labels: ['bench'] }, TASKS)
  const measure = async (what: string, query: string, most?: number) => {
    const times: number[] = []
    for (let round = 0; round < rounds; round++)
      times.push(await timed(() => alice.call('GET', `/projects/${team.project}/tasks?${query}`)))
    note({
      what,
      value: median(times.slice(1)),
      unit: 'ms',
      wanted: most === undefined ? undefined : { of: 'value', most },
      note: `p95 ${short(quantile(times, 0.95))}, first ${short(times[0] ?? 0)}`,
    })
  }
  await measure('page of 10,000 tasks', '', 20)
  await measure('the same, of 500', 'limit=500')
  await measure('page of those that are ready', 'ready=true', 20)
  await measure('page of those with a word in the title', 'query=something', 20)
  await measure('a search for a word in none of them', 'query=nowhere', 20)
}
