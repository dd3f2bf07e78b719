import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '../src/base/ids.ts'
import { type Bench, TEXT } from './lib/bench.ts'
import type { Call } from './lib/http.ts'
import { processorMs } from './lib/machine.ts'
import { median, quantile } from './lib/stats.ts'
import { createWorld } from './lib/world.ts'

const AGENTS = 30
const CONVERSATIONS = 10
const SENDS_PER_SECOND = 50
/** Ms that the last message may take before it counts as lost. */
const PATIENCE = 10_000

interface Page {
  items: { id: string }[]
  cursor: string
}

/** A house full of agents that talk to each other, each with a read waiting. */
export const crowd: Bench = {
  name: 'crowd',
  about: '30 agents on one node in 10 conversations, 50 sends a second in all, every reader waiting with a long poll',
  async run({ quick, note }) {
    const seconds = quick ? 5 : 30
    await using world = createWorld()
    const { call, info } = await world.start('carol')
    const tokens: string[] = []
    for (let n = 0; n < AGENTS; n++) {
      tokens.push((await call<{ token: string }>('POST', '/agents', { name: `agent-${n}` })).token)
    }
    const done = new AbortController()
    const arrivals = new Map<string, number[]>()
    const readers = tokens.map((token) => read(call, token, arrivals, done.signal))
    const conversations = Array.from({ length: CONVERSATIONS }, () => newId(Date.now()))

    const sent = new Map<string, number>()
    const before = processorMs(info.pid)
    const began = performance.now()
    const calls: Promise<unknown>[] = []
    for (let n = 0; n < seconds * SENDS_PER_SECOND; n++) {
      await pause(Math.max(0, began + (n * 1000) / SENDS_PER_SECOND - performance.now()))
      // Three agents share a conversation; each speaks to the next in turn.
      const group = n % CONVERSATIONS
      const turn = Math.floor(n / CONVERSATIONS)
      const speaker = group * 3 + (turn % 3)
      const to = `agent-${group * 3 + ((turn + 1) % 3)}`
      const id = newId(Date.now())
      sent.set(id, performance.now())
      calls.push(call('POST', '/send', { id, to, body: TEXT, conversation_id: conversations[group] }, tokens[speaker]))
    }
    await Promise.all(calls)
    const used = processorMs(info.pid) - before
    const took = performance.now() - began
    while (arrivals.size < sent.size && performance.now() - began - took < PATIENCE) await pause(10)
    done.abort()
    await Promise.all(readers)

    const times = [...sent].flatMap(([id, at]) => (arrivals.get(id) ?? []).slice(0, 1).map((arrived) => arrived - at))
    const twice = [...arrivals.values()].filter((all) => all.length > 1).length
    const what = 'from the call to the answer of the waiting read'
    note({ what: `${what}, p50`, value: median(times), unit: 'ms' })
    note({ what: `${what}, p99`, value: quantile(times, 0.99), unit: 'ms', wanted: { of: 'value', most: 100 } })
    note({
      what: `lost of ${sent.size}`,
      value: sent.size - times.length,
      unit: 'messages',
      wanted: { of: 'value', most: 0 },
    })
    note({ what: 'read twice', value: twice, unit: 'messages', wanted: { of: 'value', most: 0 } })
    note({ what: 'of one processor, the daemon used', value: (used / took) * 100, unit: '%' })
  },
}

/** Reads one inbox until told to stop, as an agent does: waits, says by the cursor what it has seen, waits again. */
async function read(call: Call, token: string, arrivals: Map<string, number[]>, done: AbortSignal): Promise<void> {
  for (let cursor = ''; !done.aborted; ) {
    const { items, ...page } = await call<Page>('GET', `/messages?wait=true&timeout=1${cursor}`, undefined, token)
    const now = performance.now()
    for (const { id } of items) arrivals.set(id, [...(arrivals.get(id) ?? []), now])
    cursor = `&cursor=${page.cursor}`
  }
}
