import test from 'ava'
import { AgoraError } from '../../src/base/errors.ts'
import { befriend, eventually, lab, type Process } from '../helpers/processes.ts'

/** Numbers that look random and come again for the same seed. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const seed = Number(process.env['SEED'] ?? Date.now() % 100_000)

/** Friends enough to invite each other. */
async function trusting(one: Process, other: Process): Promise<void> {
  await befriend(one, other)
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const)
    await from.client.call('friends.update', { name: to.info.did, trust_level: 2 })
}

async function accept(node: Process, project: string): Promise<void> {
  const { id } = await eventually(node, async () => {
    const { items } = await node.client.call('invitations.list', { direction: 'in' })
    return items.find((item) => item.project_id === project)
  })
  await node.client.call('invitations.accept', { id })
  await eventually(node, async () => {
    const { items } = await node.client.call('projects.list', {})
    return items.find((item) => item.id === project && item.status === 'member')
  })
}

/** What of a project can be seen of one node, each page of it. */
async function everything(node: Process, project: string) {
  const tasks: string[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await node.client.call('tasks.list', {
      project_id: project,
      limit: 200,
      ...(cursor ? { cursor } : {}),
    })
    tasks.push(...page.items.map(({ title }) => title))
    cursor = page.next_cursor
  }
  const said: string[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await node.client.call('rooms.read', {
      ...{ project_id: project, room: 'main', limit: 200 },
      ...(cursor ? { cursor } : {}),
    })
    said.push(...page.items.map(({ body }) => body))
    cursor = page.next_cursor
  }
  return { tasks: tasks.sort(), said: said.sort() }
}

test('three daemons, one of them away, killed and parted at random, come to the same project, and nothing is lost or twice', async (t) => {
  t.timeout(240_000)
  t.log(`SEED=${seed}`)
  const chance = random(seed)
  await using world = lab()
  const alice = await world.start('alice')
  const bob = await world.start('bob', '--connect', alice.address)
  const carol = await world.start('carol', '--connect', alice.address)
  await trusting(alice, bob)
  await trusting(alice, carol)
  const nodes = [alice, bob, carol]

  // Carol is away when she is invited.
  await carol.kill()
  const { id: project } = await alice.client.call('projects.create', { name: 'bridge', description: 'over the river' })
  for (const { info } of [bob, carol])
    await alice.client.call('invitations.send', { project_id: project, peer_name: info.did, role: 'developer' })
  await accept(bob, project)
  await carol.restart()
  await accept(carol, project)

  /** What was answered, of each kind. */
  const answered = { tasks: new Set<string>(), said: new Set<string>() }
  let count = 0
  let working = true
  const back = new Map<Process, Promise<void>>()
  let enough = { at: Number.POSITIVE_INFINITY, reached: (): void => undefined }
  /** All of it is checked again and again later: so much is written between two kills, and no more. */
  let more = Promise.withResolvers<void>()
  async function work(node: Process): Promise<void> {
    while (working) {
      if (answered.tasks.size + answered.said.size > enough.at + 60) await more.promise
      const text = `${node.home.name} ${count++}`
      try {
        if (chance() < 0.5) {
          await node.client.call('tasks.create', { project_id: project, title: text })
          answered.tasks.add(text)
        } else {
          await node.client.call('rooms.say', { project_id: project, room: 'main', body: text })
          answered.said.add(text)
        }
        if (answered.tasks.size + answered.said.size >= enough.at) enough.reached()
      } catch (error) {
        // Killed in the midst of it: it is there or it is not.
        if (!(error instanceof AgoraError) || error.kind !== 'unavailable') throw error
        await back.get(node)
      }
    }
  }
  function after(further: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    enough = { at: answered.tasks.size + answered.said.size + further, reached: resolve }
    more.resolve()
    more = Promise.withResolvers()
    return promise
  }
  async function rest(all: Promise<unknown>) {
    working = false
    more.resolve()
    await all
  }

  const all = Promise.all(nodes.map(work))
  for (let round = 0; round < 4; round++) {
    await Promise.race([after(20 + Math.floor(chance() * 40)), all])
    const victim = nodes[Math.floor(chance() * nodes.length)] as Process
    const returning = victim.kill().then(() => victim.restart())
    back.set(victim, returning)
    await returning
  }
  await rest(all)

  // Parted: alice alone, the others without her.
  await alice.stop()
  working = true
  const apart = after(30)
  const others = Promise.all([bob, carol].map(work))
  await Promise.race([apart, others])
  await rest(others)
  await Promise.all([bob.kill(), carol.kill()])
  await alice.restart()
  working = true
  const byHerself = after(30)
  const alone = work(alice)
  await Promise.race([byHerself, alone])
  await rest(alone)
  await Promise.all([bob.restart(), carol.restart()])

  const hashes = () =>
    Promise.all(
      nodes.map(async ({ client }) => (await client.call('projects.verify', { project_id: project })).state_hash),
    )
  await eventually(carol, async () => (new Set(await hashes()).size === 1 ? true : undefined))
  const [first, ...seconds] = await Promise.all(nodes.map((node) => everything(node, project)))
  for (const other of seconds) t.deepEqual(other, first)
  for (const kind of ['tasks', 'said'] as const) {
    const seen = first?.[kind] ?? []
    t.is(new Set(seen).size, seen.length, `no ${kind} are there twice`)
    t.deepEqual(
      [...answered[kind]].filter((text) => !seen.includes(text)),
      [],
      `all ${kind} that were answered are there`,
    )
  }
  for (const { client } of nodes) t.true((await client.call('projects.verify', { project_id: project })).ok)
  t.log(`${answered.tasks.size} tasks and ${answered.said.size} messages answered; ${count} tried`)
})
