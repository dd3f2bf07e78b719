import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { createClient } from '../src/client/index.ts'
import { agora, bareLibp2p, befriend, type Daemon, median, quantile, rssOf, stage } from './lib.ts'

/**
 * Prints what Agora does beside what is possible, measured in the same run: `npm run build && npm run bench`. Two daemons are two processes; the
 * generator of load is a third on the same machine. Limits on rate are lifted by settings.
 */
const figures: { figure: string; measured: string; limit: string; ratio: string; wanted: string }[] = []
const show = (value: number, unit: string) => `${value >= 100 ? value.toFixed(0) : value.toFixed(2)} ${unit}`

function note(figure: string, measured: number, unit: string, wanted: string, limit?: number): void {
  const ratio = limit === undefined ? '' : (measured / limit).toFixed(2)
  figures.push({
    figure,
    measured: show(measured, unit),
    limit: limit === undefined ? '' : show(limit, unit),
    ratio,
    wanted,
  })
  console.error(`${figure}: ${show(measured, unit)}${ratio && ` (${ratio} of ${show(limit ?? 0, unit)})`}`)
}

const text = 'x'.repeat(512)

async function throughput(from: Daemon, to: Daemon, count: number): Promise<number> {
  let next = 0
  const began = performance.now()
  const worker = async () => {
    while (next++ < count) {
      const sent = await from.call('POST', '/send', { to: to.did, body: text, wait_for: 'stored', timeout: 60 })
      if (sent['stage'] !== 'stored') throw new Error(`not stored: ${JSON.stringify(sent)}`)
    }
  }
  await Promise.all(Array.from({ length: 64 }, worker))
  return (count / (performance.now() - began)) * 1000
}

/** One message at a time: from the call of `/send` to the event at the receiver, in ms. */
async function latencies(from: Daemon, to: Daemon, address: string, count: number, token?: string): Promise<number[]> {
  const done = new AbortController()
  let arrived: () => void = () => undefined
  const watching = (async () => {
    const client = createClient({ url: to.url, token: to.token })
    for await (const _ of client.events({ types: ['message.received'], signal: done.signal })) arrived()
  })()
  // The stream begins with the newest position; what is sent before that is not told.
  await to.call('GET', '/status')
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const seen = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const began = performance.now()
    await from.call('POST', '/send', { to: address, body: text }, token)
    await seen
    times.push(performance.now() - began)
  }
  done.abort()
  await watching.catch(() => undefined) // aborted: that is its end
  return times
}

/** 30 agents in 10 conversations on one node, 50 messages a second. Answers the times to the reader and how many were lost. */
async function crowd(node: Daemon, seconds: number): Promise<{ times: number[]; lost: number }> {
  const agents: { name: string; token: string }[] = []
  for (let n = 0; n < 30; n++) agents.push((await node.call('POST', '/agents', { name: `agent-${n}` })) as never)
  const sentAt = new Map<string, number>()
  const times: number[] = []
  const done = new AbortController()
  const readers = agents.map(async ({ token }) => {
    const client = createClient({ url: node.url, token })
    for (let cursor: string | undefined; !done.signal.aborted; ) {
      const page = await client.call('messages.read', { wait: true, timeout: 5, ...(cursor ? { cursor } : {}) })
      for (const { body } of page.items) {
        times.push(performance.now() - (sentAt.get(body.split(' ')[0] ?? '') ?? 0))
        sentAt.delete(body.split(' ')[0] ?? '')
      }
      cursor = page.cursor
    }
  })
  const began = performance.now()
  const sends: Promise<unknown>[] = []
  for (let n = 0; n < seconds * 50; n++) {
    const wait = began + n * 20 - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    const group = n % 10
    const from = agents[group * 3 + (Math.floor(n / 10) % 3)]
    const to = agents[group * 3 + ((Math.floor(n / 10) + 1) % 3)]
    sentAt.set(String(n), performance.now())
    sends.push(node.call('POST', '/send', { to: to?.name, body: `${n} ${text}` }, from?.token))
  }
  await Promise.all(sends)
  const last = performance.now()
  while (sentAt.size > 0 && performance.now() - last < 5000) await new Promise((resolve) => setTimeout(resolve, 20))
  done.abort()
  await Promise.all(readers)
  return { times, lost: sentAt.size }
}

const bare = await bareLibp2p()
await using world = stage()
const alice = await world.start('alice')
const bob = await world.start('bob')
const idle = rssOf(alice.process.pid ?? 0)
await befriend(alice, bob)

await throughput(alice, bob, 2000)
const runs = []
for (let round = 0; round < 3; round++) runs.push(await throughput(alice, bob, 4000))
const again = await bareLibp2p()
note(
  '512-byte messages, REST in to durable receipt back, 64 in flight',
  median(runs),
  'per second',
  '>= 0.35',
  (bare.framesPerSecond + again.framesPerSecond) / 2,
)

const remote = await latencies(alice, bob, bob.did, 500)
note('one at a time, POST /send to the event at the peer, p50', median(remote), 'ms', '<= 6 ms', bare.roundTripMs)
note('the same, p99', quantile(remote, 0.99), 'ms', '<= 25 ms', bare.roundTripMs)
const carol = await world.start('carol')
const { token } = (await carol.call('POST', '/agents', { name: 'one' })) as unknown as { token: string }
await carol.call('POST', '/agents', { name: 'two' })
note('two agents on one node, p50', median(await latencies(carol, carol, 'two', 500, token)), 'ms', '<= 4 ms')
const { times, lost } = await crowd(carol, process.argv.includes('--quick') ? 5 : 30)
note('30 agents, 10 conversations, 50 sends a second, p99', quantile(times, 0.99), 'ms', '<= 100 ms')
note('the same, lost', lost, 'messages', '0')

const starts = []
for (let n = 0; n < 3; n++) starts.push((await world.start(`start-${n}`)).startedIn)
note('start to healthy', median(starts), 'ms', '<= 1.5', (bare.startMs + again.startMs) / 2)
note('idle memory', idle / 2 ** 20, 'MiB', '<= 1.4', bare.rssBytes / 2 ** 20)
const statuses = Array.from({ length: 7 }, () => {
  const began = performance.now()
  spawnSync(process.execPath, [agora, '--name', 'alice', 'status'], { env: world.env })
  return performance.now() - began
})
note('agora status', median(statuses), 'ms', '<= 300 ms')

console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`)
console.table(figures)
process.exitCode = 0
