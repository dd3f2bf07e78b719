import { setTimeout as pause } from 'node:timers/promises'
import type { Bench } from './lib/bench.ts'
import type { Call } from './lib/http.ts'
import { generator } from './lib/random.ts'
import { short } from './lib/report.ts'
import { median, timed } from './lib/stats.ts'
import { converged, createTeam, stateHash, type Team } from './lib/team.ts'
import { createWorld, type Daemon, disconnect } from './lib/world.ts'

const NODES = ['alice', 'bob', 'carol', 'dave', 'erin']
const AGENTS_EACH = 4
const OPERATIONS = 200
/** Ms between two partitions of the nodes into halves. */
const PARTITION = 1500
/** Ms after which states must be equal for good. */
const SETTLED = 2000
const PRIORITIES = ['low', 'medium', 'high', 'critical']

/** What is refused for good reasons, where people and agents work without knowing of each other. */
const EXPECTED =
  /"code":"(not_found|claimed|not_ready|nothing_ready|stale_token|keeper_unreachable|suspended|not_clocked_in|not_permitted|invalid_input|conversation_paused)"/

/** Everybody works at once while the network falls apart and comes together; then all must have the same. */
export const convergence: Bench = {
  name: 'convergence',
  about: '20 agents on five nodes, 200 random operations each under random partitions, until all states are equal',
  async run({ quick, note }) {
    const rounds = quick ? 1 : 3
    const each = quick ? OPERATIONS / 4 : OPERATIONS
    const healed: number[] = []
    const rates: number[] = []
    let [entries, held, differing] = [0, 0, 0]
    for (let round = 0; round < rounds; round++) {
      await using world = createWorld()
      const team = await createTeam(world, NODES)
      const random = generator(11 + round)
      await connectAll(team)
      const over = new AbortController()
      const splitting = split(team, random, over.signal)
      const ms = await timed(() => everybodyWorks(team, each, random))
      over.abort()
      await splitting
      healed.push(
        await timed(async () => {
          await connectAll(team)
          await converged(team)
        }),
      )
      rates.push((NODES.length * AGENTS_EACH * each * 1000) / ms)
      // What the keeper ends because of what it has just heard of comes behind it.
      await pause(SETTLED)
      const hashes = await Promise.all(team.members.map((member) => stateHash(member, team.project)))
      differing += new Set(hashes).size - 1
      const checked = await team.members[0]?.call<{ entries: number; held: number }>(
        'POST',
        `/projects/${team.project}/verify`,
      )
      entries += checked?.entries ?? 0
      held += checked?.held ?? 0
    }
    note({
      what: 'from the end of the last partition until all states are equal',
      value: median(healed),
      unit: 'ms',
      note: `${short(entries / rounds)} entries, ${short(held / rounds)} of them held`,
    })
    note({ what: 'operations meanwhile, REST', value: median(rates), unit: '/s' })
    note({ what: 'states that differ in the end', value: differing, unit: '', wanted: { of: 'value', most: 0 } })
  },
}

const pairs = <Item>(items: readonly Item[]): [Item, Item][] =>
  items.flatMap((one, index) => items.slice(index + 1).map((other): [Item, Item] => [one, other]))

async function connect([one, other]: [Daemon, Daemon]): Promise<void> {
  await one.call('POST', '/connect', { address: `127.0.0.1:${other.info.port}` })
}

const connectAll = ({ members }: Team) => Promise.all(pairs(members).map(connect))

/** Until told to stop: nodes fall into two groups that hear nothing of each other, again and again otherwise. */
async function split({ members }: Team, random: () => number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const group = new Map(members.map((member) => [member, random() % 2]))
    await Promise.all(
      pairs(members).map((pair) => (group.get(pair[0]) === group.get(pair[1]) ? connect(pair) : disconnect(pair))),
    )
    await pause(PARTITION, undefined, { signal }).catch(() => undefined)
  }
}

interface Place {
  member: Daemon
  /** Tasks it knows of. */
  tasks: string[]
}

async function everybodyWorks({ project, members }: Team, each: number, random: () => number): Promise<void> {
  const workers: Promise<void>[] = []
  for (const [index, member] of members.entries()) {
    const place: Place = { member, tasks: [] }
    for (let n = 0; n < AGENTS_EACH; n++) {
      const { token } = await member.call<{ token: string }>('POST', '/agents', { name: `agent-${n}` })
      const call: Call = (method, path, body) => member.call(method, `/projects/${project}${path}`, body, token)
      // The owner's operator is one of the twenty, and says who may do what.
      const isOwner = index === 0 && n === 0
      const own: Call = (method, path, body) => member.call(method, `/projects/${project}${path}`, body)
      workers.push(works({ call, lead: isOwner ? own : undefined, place, each, random, members }))
    }
  }
  await Promise.all(workers)
}

interface Work {
  call: Call
  lead: Call | undefined
  place: Place
  each: number
  random: () => number
  members: Daemon[]
}

async function works(work: Work): Promise<void> {
  for (let n = 0; n < work.each; n++) {
    try {
      await something(work, n)
    } catch (error) {
      if (!EXPECTED.test(String(error))) throw error
    }
  }
}

async function something({ call, lead, place, random, members }: Work, n: number): Promise<unknown> {
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[random() % items.length]
  const kind = random() % 100
  if (n % 20 === 10) {
    const { items } = await call<{ items: { id: string }[] }>('GET', '/tasks?limit=200')
    place.tasks = items.map(({ id }) => id)
  }
  const task = pick(place.tasks)
  if (lead && kind < 10) {
    const who = encodeURIComponent(pick(members.slice(1))?.info.did ?? '')
    const role = pick(['developer', 'tester', 'reviewer'])
    if (kind < 3) return lead('POST', `/agents/${who}/suspend`, { reason: 'for a while' })
    if (kind < 6) return lead('POST', `/agents/${who}/unsuspend`, {})
    return lead('POST', `/agents/${who}/role`, { role })
  }
  if (task === undefined || kind < 15) {
    const depends_on = task !== undefined && kind < 5 ? [task] : []
    const { id } = await call<{ id: string }>('POST', '/tasks', { title: `Task ${n}`, depends_on })
    return place.tasks.push(id)
  }
  if (kind < 40) return call('POST', '/rooms/main/messages', { body: `message ${n}` })
  if (kind < 55) return call('PATCH', `/tasks/${task}`, { priority: pick(PRIORITIES) })
  if (kind < 65) return call('POST', `/tasks/${task}/comments`, { text: `comment ${n}` })
  if (kind < 75) return call('POST', `/tasks/${task}/complete`, {})
  if (kind < 80) return call('POST', `/tasks/${task}/claim`, {})
  if (kind < 85) return call('PATCH', `/tasks/${task}`, { status: 'todo' })
  if (kind < 88) return call('DELETE', `/tasks/${task}`)
  if (kind < 94) return call('POST', '/clock-in', { focus: `focus ${n}` })
  return call('POST', '/clock-out')
}
