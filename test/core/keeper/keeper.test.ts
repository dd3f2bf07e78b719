import { randomUUID } from 'node:crypto'
import test from 'ava'
import { tasksOf } from '../../../src/capabilities/tasks/exclusive.ts'
import type { KeeperMessage } from '../../../src/contract/keeper-message.ts'
import { fakeClock } from '../../helpers/fake-clock.ts'
import { admitTo, cable, LEASE, settle, type TaskNode, taskNode } from '../../helpers/task-world.ts'

/** Alice's project, with the others as developers in it, all connected to her. */
async function team(...names: string[]) {
  const clock = fakeClock()
  const nodes = ['alice', ...names].map((name) => taskNode(name, clock)) as [TaskNode, ...TaskNode[]]
  const [alice, ...others] = nodes
  for (const node of nodes) await node.start()
  const project_id = await alice.project()
  for (const other of others) await admitTo(project_id, alice, other)
  const cables = others.map((other) => cable(alice, other))
  await settle(...nodes)
  return {
    ...{ clock, nodes, alice, others, cables, project_id },
    settle: () => settle(...nodes),
    async make(count: number, more: object = {}) {
      const ids: string[] = []
      for (let n = 0; n < count; n++)
        ids.push((await alice.operator.call('tasks.create', { project_id, title: `Task ${n}`, ...more })).id)
      await settle(...nodes)
      return ids
    },
    claimOf: (node: TaskNode, id: string) => tasksOf(node.parts.spaces.replica(project_id)).get('task_claims', id),
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node[Symbol.asyncDispose]()
    },
  }
}

const claims = (node: TaskNode, project_id: string, agents: number, count: number) =>
  Promise.all(
    Array.from({ length: agents }, async (_, n) => {
      const agent = node.agent(`agent-${n}`)
      const got: { id: string; token: readonly [number, number]; holder: string }[] = []
      for (let k = 0; k < count; k++) {
        const { id, claim } = await agent.call('tasks.claim_next', { project_id })
        got.push({ id, token: claim.token, holder: claim.holder.did })
      }
      return got
    }),
  ).then((all) => all.flat())

test('50 agents of three nodes claim 200 tasks: each is given exactly once, under a token of its own', async (t) => {
  await using world = await team('bob', 'carol')
  const { nodes, alice, project_id } = world
  const ids = await world.make(200)
  const [one, two, three] = nodes as [TaskNode, TaskNode, TaskNode]
  const got = (
    await Promise.all([
      claims(one, project_id, 16, 4),
      claims(two, project_id, 17, 4),
      claims(three, project_id, 17, 4),
    ])
  ).flat()
  t.is(got.length, 200)
  t.deepEqual(got.map(({ id }) => id).sort(), [...ids].sort())
  t.is(new Set(got.map(({ token }) => token.join())).size, 200)
  await world.settle()
  for (const node of nodes) {
    for (const { id, holder, token } of got) {
      const claim = world.claimOf(node, id)
      t.like(claim, { holder, token })
    }
    t.is(node.parts.spaces.replica(project_id).stateHash(), alice.parts.spaces.replica(project_id).stateHash())
  }
  await t.throwsAsync(one.operator.call('tasks.claim_next', { project_id }), { code: 'nothing_ready' })
})

test('two nodes that want the same task at the same time: one gets it', async (t) => {
  await using world = await team('bob', 'carol')
  const { project_id, others } = world
  for (const task_id of await world.make(10)) {
    const tries = await Promise.allSettled(
      others.map((node) => node.operator.call('tasks.claim', { project_id, task_id })),
    )
    t.is(tries.filter(({ status }) => status === 'fulfilled').length, 1)
    const failed = tries.find((one) => one.status === 'rejected')
    t.like(failed, { reason: { code: 'claimed' } })
  }
})

test('a task that was just made can be claimed at once, on another node than the keeper’s', async (t) => {
  await using world = await team('bob')
  const { project_id, others } = world
  const [bob] = others as [TaskNode]
  const { id: task_id } = await bob.operator.call('tasks.create', { project_id, title: 'Now' })
  const claimed = await bob.operator.call('tasks.claim', { project_id, task_id })
  t.is(claimed.status, 'in_progress')
  t.is(claimed.claim.holder.did, bob.did)
})

test('without its keeper nothing is given, and nothing is pretended', async (t) => {
  await using world = await team('bob')
  const { clock, project_id, others, cables, settle } = world
  const [bob] = others as [TaskNode]
  const [task_id = ''] = await world.make(2)
  cables[0]?.mute()
  const asking = t.throwsAsync(bob.operator.call('tasks.claim', { project_id, task_id }), {
    code: 'keeper_unreachable',
  })
  await clock.advance(6_000)
  await asking
  cables[0]?.cut()
  await t.throwsAsync(bob.operator.call('tasks.claim_next', { project_id }), { code: 'keeper_unreachable' })
  t.is(world.claimOf(bob, task_id), undefined)
  cable(world.alice, bob)
  await settle()
  t.is((await bob.operator.call('tasks.claim', { project_id, task_id })).id, task_id)
})

test('what was granted on a request that was given up is given back', async (t) => {
  await using world = await team('bob')
  const { alice, project_id, others, cables, settle } = world
  const [bob] = others as [TaskNode]
  const [task_id = ''] = await world.make(1)
  // The keeper hears the request, and its answer is lost with the connection.
  const { port } = alice.parts.keeper
  const asking = t.throwsAsync(bob.operator.call('tasks.claim', { project_id, task_id }), {
    code: 'keeper_unreachable',
  })
  const receive = port.receive.bind(port)
  port.receive = async (did, messages) => {
    const answer = await receive(did, messages)
    cables[0]?.cut()
    return answer
  }
  await asking
  await settle()
  port.receive = receive
  t.is(world.claimOf(alice, task_id)?.holder, bob.did)
  cable(alice, bob)
  await settle()
  for (const node of [alice, bob]) t.is(world.claimOf(node, task_id), undefined)
})

test('a claim lapses when its holder vanishes, and lasts while it is there', async (t) => {
  await using world = await team('bob')
  const { clock, alice, project_id, others, settle } = world
  const [bob] = others as [TaskNode]
  const [one = '', two = ''] = await world.make(2)
  const [claude, codex] = [bob.agent('claude'), bob.agent('codex')]
  await claude.call('tasks.claim', { project_id, task_id: one })
  await codex.call('tasks.claim', { project_id, task_id: two })
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 60_000) {
      await clock.advance(60_000)
      await settle()
    }
  }
  await pass(2 * LEASE)
  for (const node of [alice, bob])
    t.deepEqual(
      [one, two].map((id) => world.claimOf(node, id)?.holder),
      [claude.did, codex.did],
    )
  const { claim } = await bob.operator.call('tasks.show', { project_id, task_id: one })
  t.true(Date.parse(claim?.until ?? '') > clock.now(), 'the holder’s node knows until when')
  for (const node of [alice, bob])
    t.true((node.renewals.get(one) ?? 0) > clock.now(), 'the keeper’s node and the holder’s are told of renewals')
  bob.gone.add(codex.did)
  await pass(LEASE + LEASE / 3)
  for (const node of [alice, bob])
    t.deepEqual(
      [one, two].map((id) => world.claimOf(node, id)?.holder),
      [claude.did, undefined],
    )
  t.is((await bob.operator.call('tasks.show', { project_id, task_id: two })).status, 'todo')
  const history = await alice.operator.call('tasks.history', { project_id, task_id: two })
  t.deepEqual(history.items.map(({ type }) => type).slice(-2), ['task.claim', 'task.release'])
  t.like(bob.eventsOf('task.released', 'agent:codex')[0]?.data, { task_id: two, because: 'lapsed' })
  const again = await alice.operator.call('tasks.claim', { project_id, task_id: two })
  t.true(again.claim.token[1] > 2)
  await settle()
  await t.throwsAsync(codex.call('tasks.complete', { project_id, task_id: two, token: [1, 2] }), {
    code: 'stale_token',
  })
})

test('a keeper that was away holds that against nobody, and its tokens grow on', async (t) => {
  await using world = await team('bob')
  const { clock, alice, project_id, others, settle } = world
  const [bob] = others as [TaskNode]
  const [one = '', two = '', three = ''] = await world.make(3)
  await bob.agent('claude').call('tasks.claim', { project_id, task_id: one })
  await bob.agent('codex').call('tasks.claim', { project_id, task_id: two })
  await settle()
  await alice.stop()
  bob.gone.add(bob.agent('codex').did)
  await clock.advance(2 * LEASE)
  await alice.resume()
  cable(alice, bob)
  await settle()
  t.is(world.claimOf(alice, one)?.holder, bob.agent('claude').did)
  t.is(world.claimOf(alice, two)?.holder, bob.agent('codex').did)
  const { claim } = await alice.operator.call('tasks.claim', { project_id, task_id: three })
  t.deepEqual(claim.token, [1, 3])
  for (let n = 0; n < 20; n++) {
    await clock.advance(60_000)
    await settle()
  }
  t.is(world.claimOf(alice, one)?.holder, bob.agent('claude').did)
  t.is(world.claimOf(alice, two), undefined)
})

test('a new keeper grants in a higher epoch, keeps what was granted, and the old one grants no more', async (t) => {
  await using world = await team('bob', 'carol')
  const { clock, alice, project_id, others, settle } = world
  const [bob, carol] = others as [TaskNode, TaskNode]
  const [one = '', two = '', three = ''] = await world.make(3)
  await carol.operator.call('tasks.claim', { project_id, task_id: one })
  await alice.write(project_id, 'project.update', { keeper: bob.did })
  await settle()
  cable(bob, carol)
  await settle()
  const { claim } = await carol.operator.call('tasks.claim', { project_id, task_id: two })
  t.true(claim.token[0] > 1)
  await t.throwsAsync(alice.operator.call('tasks.claim', { project_id, task_id: one }), { code: 'claimed' })
  t.is(world.claimOf(bob, one)?.holder, carol.did, 'what the keeper before granted is nobody else’s to have')
  await t.throwsAsync(carol.operator.call('tasks.claim', { project_id, task_id: 'ffff' }), { code: 'not_found' })
  await t.throwsAsync(alice.operator.call('tasks.claim', { project_id, task_id: two }), { code: 'claimed' })
  const later = await alice.operator.call('tasks.claim', { project_id, task_id: three })
  t.deepEqual(later.claim.token, [claim.token[0], claim.token[1] + 1])
  carol.gone.add(carol.did)
  for (let n = 0; n < 25; n++) {
    await clock.advance(60_000)
    await settle()
  }
  for (const node of [alice, bob, carol])
    t.deepEqual(
      [one, two, three].map((id) => world.claimOf(node, id)?.holder),
      [undefined, undefined, alice.did],
    )
})

test('whoever is suspended holds nothing any more, and is granted nothing', async (t) => {
  await using world = await team('bob')
  const { alice, project_id, others, settle } = world
  const [bob] = others as [TaskNode]
  const [one = '', two = ''] = await world.make(2)
  await bob.operator.call('tasks.claim', { project_id, task_id: one })
  await settle()
  await alice.write(project_id, 'project.suspend', { who: bob.did })
  await settle()
  t.is(world.claimOf(alice, one), undefined)
  await t.throwsAsync(bob.operator.call('tasks.claim', { project_id, task_id: two }), { code: 'suspended' })
  await alice.write(project_id, 'project.unsuspend', { who: bob.did })
  await settle()
  t.is((await bob.operator.call('tasks.claim', { project_id, task_id: two })).id, two)
})

test('a peer is granted nothing for others, nor told of projects it is not in; nonsense harms nobody', async (t) => {
  await using world = await team('bob')
  const { alice, project_id, others, settle } = world
  const [bob] = others as [TaskNode]
  const [task = ''] = await world.make(1)
  const mallory = 'did:agora:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'
  const told: KeeperMessage[] = []
  const { port } = alice.parts.keeper
  const ask = async (did: string, message: Record<string, unknown>) => {
    told.length = 0
    const link = { send: async (messages: KeeperMessage[]) => void told.push(...messages) }
    port.linkUp(did, link)
    await port.receive(did, [{ type: 'keeper.ask', id: randomUUID(), op: 'acquire', ...message } as never])
    await settle()
    return (told.find(({ type }) => type === 'keeper.answer') as { error?: { code: string } } | undefined)?.error?.code
  }
  const whole = { space: project_id, kind: 'task', holder: bob.did, wish: { task } }
  t.is(await ask(mallory, { ...whole, holder: mallory }), undefined)
  t.is(told.length, 0)
  t.is(await ask(bob.did, { ...whole, space: 'nothing' }), undefined)
  t.is(await ask(bob.did, { ...whole, holder: alice.did }), 'not_permitted')
  t.is(await ask(bob.did, { ...whole, holder: 5 }), 'malformed')
  t.is(await ask(bob.did, { ...whole, op: 'steal' }), 'malformed')
  t.is(await ask(bob.did, { ...whole, kind: 'lock' }), 'invalid_input')
  t.is(await ask(bob.did, { ...whole, wish: 'all of it' }), 'malformed')
  t.is(await ask(bob.did, { ...whole, wish: { task: randomUUID() } }), 'not_found')
  t.is(world.claimOf(alice, task), undefined)
  // Nobody but the keeper may write a claim.
  const facts = { task, holder: bob.did, token: [1, 99], until: '2026-11-01T12:15:00.000Z' }
  await t.throwsAsync(bob.write(project_id, 'task.claim', facts), { message: /keeper/ })
})

test('a keeper that answers nonsense has granted nothing, and leaves nothing behind', async (t) => {
  await using world = await team('bob')
  const { alice, project_id, others } = world
  const [bob] = others as [TaskNode]
  const [task_id = ''] = await world.make(1)
  const { port } = alice.parts.keeper
  port.receive = async (_, messages) => {
    const [{ id }] = messages as [KeeperMessage & { id: string }]
    const result = { key: task_id, token: [1, 1], until: 9e15, entry: project_id }
    await bob.parts.keeper.port.receive(alice.did, [{ type: 'keeper.answer', id, result }])
    return { close: false }
  }
  await t.throwsAsync(bob.operator.call('tasks.claim', { project_id, task_id }), { code: 'keeper_unreachable' })
  t.is(bob.parts.keeper.until(project_id, 'task', task_id), undefined)
})

test('what a keeper grants that has not heard of the next one gives way to what that one grants', async (t) => {
  await using world = await team('bob', 'carol')
  const { alice, project_id, others, cables, settle } = world
  const [bob, carol] = others as [TaskNode, TaskNode]
  const [one = '', two = ''] = await world.make(2)
  await alice.write(project_id, 'project.update', { keeper: bob.did })
  await settle()
  cables[0]?.cut()
  await alice.write(project_id, 'project.update', { keeper: carol.did })
  await settle()
  // Bob keeps on as he knows it, and is ahead in the log besides.
  for (let n = 0; n < 5; n++) await bob.operator.call('tasks.comment', { project_id, task_id: one, text: 'Here.' })
  const lost = await bob.agent('claude').call('tasks.claim', { project_id, task_id: one })
  const kept = await bob.agent('codex').call('tasks.claim', { project_id, task_id: two })
  const won = await alice.operator.call('tasks.claim', { project_id, task_id: one })
  t.true(won.claim.token[0] > lost.claim.token[0])
  cable(alice, bob)
  await settle()
  for (const node of [alice, bob, carol]) {
    t.is(world.claimOf(node, one)?.holder, alice.did)
    t.is(world.claimOf(node, two)?.holder, kept.claim.holder.did)
  }
  const token = lost.claim.token
  await t.throwsAsync(bob.agent('claude').call('tasks.complete', { project_id, task_id: one, token }), {
    code: 'stale_token',
  })
  await t.throwsAsync(bob.operator.call('tasks.claim_next', { project_id }), { code: 'keeper_unreachable' })
  cable(bob, carol)
  await settle()
  await t.throwsAsync(bob.operator.call('tasks.claim_next', { project_id }), { code: 'nothing_ready' })
})
