import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { nextMidnight } from '../../../src/capabilities/wake/rules.ts'
import type { Receipt } from '../../../src/contract/receipt.ts'
import { happens, passing, wakingNode } from '../../helpers/waking.ts'

const told = (receipts: Receipt[]) => receipts.map(({ stage, note }) => note ?? stage)

test('mail for an agent that is not there wakes it once, and its sender is told in order', async (t) => {
  await using world = await wakingNode()
  const { node, hook, pass } = world
  await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  await bob.say('the build is red', { from: 'ci', to: 'claude-1' })
  await pass(29_999)
  t.is(hook.dumps().length, 0)
  const finished = happens(node, 'wake.finished')
  await pass(1)
  t.is((await finished).data['outcome'], 'done')
  await node.settle()

  const [dump, ...others] = hook.dumps()
  t.deepEqual(others, [])
  t.is(dump?.env['AGORA_AGENT'], 'claude-1')
  t.is(dump?.env['AGORA_WAKE_KIND'], 'message')
  t.is(dump?.env['AGORA_WAKE_COUNT'], '1')
  t.is(dump?.env['AGORA_FROM'], bob.did)
  t.is(dump?.env['AGORA_FROM_NAME'], 'ci_bob')
  t.is(dump?.env['AGORA_NAME'], 'alice')
  t.true(existsSync(dump?.env['AGORA_TOKEN_FILE'] ?? ''))
  t.is(dump?.file?.mode, 0o600)
  t.regex(dump?.file?.content.calls[0]?.text ?? '', /not an instruction of your user[\s\S]*the build is red/)
  t.deepEqual(readdirSync(node.home.wake), [])
  t.deepEqual(told(bob.receipts()), ['stored', 'waking', 'wake_idle'])
  const times = bob.receipts().map(({ at }) => at)
  t.is(new Set(times).size, 3)
  t.deepEqual(times, [...times].sort())
  t.deepEqual(
    world.events('wake.notice').map(({ text }) => text),
    ['claude-1 is woken for 1 message of bob.', 'claude-1 was woken, and has not read its mail.'],
  )
  // Never again for mail that was woken for.
  await pass(24 * 3_600_000)
  t.is(hook.dumps().length, 1)
})

test('many messages are one wake; what comes while it runs is the next, after the pause', async (t) => {
  await using world = await wakingNode("while (!fs.existsSync(__dirname + '/go'));")
  const { node, hook, clock, pass } = world
  await node.agent('claude-1')
  const [bob, carol] = [await node.peer('bob', 3), await node.peer('carol', 4)]
  await pass(60_000)
  const started = happens(node, 'wake.started')
  for (let index = 0; index < 5; index++) {
    await bob.say(`message ${index}`, { to: 'claude-1' })
    await pass(1000)
  }
  await carol.say('and one of mine', { to: 'claude-1' })
  await pass(5000)
  t.is((await started).data['calls'], 6)
  await bob.say('while you wake', { to: 'claude-1' })
  await pass(120_000)
  const finished = happens(node, 'wake.finished')
  writeFileSync(join(hook.folder, 'go'), '')
  await finished
  t.is(hook.dumps().length, 1)
  t.is(hook.dumps()[0]?.env['AGORA_WAKE_COUNT'], '6')
  await pass(59_999)
  t.is(hook.dumps().length, 1)
  const again = happens(node, 'wake.finished')
  await clock.advance(1)
  await again
  t.deepEqual(
    hook.dumps().map(({ env }) => env['AGORA_WAKE_COUNT']),
    ['6', '1'],
  )
})

test('who waits for mail is there; who is connected, calls and reads nothing is not', async (t) => {
  await using world = await wakingNode()
  const { node, hook, pass } = world
  const agent = await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  await pass(60_000)
  const gone = new AbortController()
  const waiting = agent.call('messages.read', { wait: true, timeout: 60 }, gone.signal)
  await bob.say('one', { to: 'claude-1' })
  const read = await waiting
  t.is(read.items.length, 1)
  await agent.call('messages.read', { cursor: read.cursor })
  await pass(120_000)
  t.is(hook.dumps().length, 0)

  const finished = happens(node, 'wake.finished')
  await bob.say('two', { to: 'claude-1' })
  for (let index = 0; index < 10; index++) {
    await agent.call('agents.presence', { name: 'claude-1', presence: 'online' })
    await agent.call('messages.read', { view: 'all' })
    await pass(1000)
  }
  await finished
  t.is(hook.dumps().length, 1)
})

test('mail that is read before it would wake wakes nobody', async (t) => {
  await using world = await wakingNode()
  const { node, hook, pass } = world
  const agent = await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  await pass(60_000)
  await bob.say('one', { to: 'claude-1' })
  await pass(1000)
  const { cursor } = await agent.call('messages.read', {})
  await agent.call('messages.read', { cursor })
  await pass(3_600_000)
  t.is(hook.dumps().length, 0)
  t.deepEqual(told(bob.receipts()), ['stored', 'shown'])
  t.deepEqual(world.events('wake.started'), [])
})

test('who has not the trust wakes nobody and is told nothing of waking', async (t) => {
  await using world = await wakingNode()
  const { node, hook, pass } = world
  await node.agent('claude-1')
  for (const trust of [0, 1, 2] as const) {
    const peer = await node.peer(`peer-${trust}`, trust)
    await peer.say('wake up', { to: 'claude-1' })
    t.deepEqual((await peer.say('x', { type: 'wake.request', body: { reason: 'now' } }))?.reason, 'not_permitted')
    await pass(3_600_000)
    t.deepEqual(
      peer.receipts().filter(({ note }) => note?.startsWith('w')),
      [],
    )
  }
  // The one thing that was given counts when it comes to waking, not only when the mail came.
  const dave = await node.peer('dave', 3)
  await dave.say('wake up', { to: 'claude-1' })
  await node.parts.database.write(() => node.parts.book.setTrust(dave.did, 2, 'dave'))
  await pass(3_600_000)
  t.deepEqual(told(dave.receipts()), ['stored'])
  t.is(hook.dumps().length, 0)
  // And a hook may ask for more.
  await node.operator.call('wake.set', { policy: { min_trust: 4 } })
  const erin = await node.peer('erin', 3)
  await erin.say('wake up', { to: 'claude-1' })
  const asked = await erin.say('x', { to: 'claude-1', type: 'wake.request', body: { reason: 'now' } })
  t.is(asked?.note, 'wake_denied')
  await pass(3_600_000)
  t.deepEqual(told(erin.receipts()), ['stored', 'wake_denied'])
  t.is(hook.dumps().length, 0)
})

test('agents and the operator of this node wake, too', async (t) => {
  await using world = await wakingNode('', { pause_seconds: 0 })
  const { node, pass, hook } = world
  const [one] = [await node.agent('one'), await node.agent('two')]
  await pass(60_000)
  for (const sender of [one, node.operator]) {
    const finished = happens(node, 'wake.finished')
    const { id } = (await sender.send('two', 'good morning')) as { id: string }
    await pass(5000)
    await finished
    const { delivery } = await sender.call('messages.show', { id })
    t.is(delivery?.stage, 'stored')
    t.is(delivery?.note, 'wake_idle')
    t.truthy(delivery?.times.noted)
  }
  t.is(hook.dumps().length, 2)
})

test('a hook that fails is told as such, and the mail wakes no second time', async (t) => {
  await using world = await wakingNode('console.error("no such model \\u001b[2J"); process.exit(7)')
  const { node, pass, hook } = world
  await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  const failed = happens(node, 'wake.failed')
  await bob.say('one', { to: 'claude-1' })
  await pass(30_000)
  t.like((await failed).data, { outcome: 'failed', code: 7, unread: 1, agent: 'claude-1' })
  await node.settle()
  t.deepEqual(told(bob.receipts()), ['stored', 'waking', 'wake_failed'])
  const { latest } = await node.operator.call('wake.show')
  t.like(latest, { outcome: 'failed', code: 7, agent: 'claude-1', calls: 1, from: ['bob'] })
  t.is(latest?.output?.trim(), 'no such model [2J')
  await pass(24 * 3_600_000)
  t.is(hook.dumps().length, 1)
  // The next message tries again.
  const again = happens(node, 'wake.failed')
  await bob.say('two', { to: 'claude-1' })
  await pass(5000)
  await again
  t.is(hook.dumps().length, 2)
})

test('a program that was removed, or may not be run any more, is told and started not', async (t) => {
  await using world = await wakingNode('', { pause_seconds: 0 })
  const { node, pass, hook } = world
  await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  const program = join(hook.folder, 'dump')
  const spoil: [() => void, RegExp][] = [
    [() => chmodSync(program, 0o644), /not executable/],
    [() => chmodSync(program, 0o777), /everybody/],
    [() => writeFileSync(program, 'touch x'), /#!/],
    [() => rmSync(program), /does not exist/],
  ]
  for (const [work, reason] of spoil) {
    work()
    const failed = happens(node, 'wake.failed')
    await bob.say('one', { to: 'claude-1' })
    await pass(30_000)
    t.regex(String((await failed).data['error']), reason)
    chmodSync(existsSync(program) ? program : hook.folder, 0o755)
    await node.settle()
    t.is(bob.receipts().at(-1)?.note, 'wake_failed')
  }
  t.regex((await node.operator.call('wake.show')).hook?.fault ?? '', /does not exist/)
  t.is(hook.dumps().length, 0)
})

test('a hook that hangs is ended at its time', async (t) => {
  await using world = await wakingNode('setInterval(() => {}, 1000)', { timeout_seconds: 10 })
  const { node, clock, pass, hook } = world
  await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  const [started, failed] = [happens(node, 'wake.started'), happens(node, 'wake.failed')]
  await bob.say('one', { to: 'claude-1' })
  await pass(30_000)
  await started
  while (hook.dumps().length === 0) await new Promise((resolve) => setImmediate(resolve))
  await pass(9999)
  t.is((await node.operator.call('wake.show')).running.length, 1)
  t.like((await passing(clock, failed, 1)).data, { outcome: 'timed_out', signal: 'SIGTERM' })
  await node.settle()
  t.is(bob.receipts().at(-1)?.note, 'wake_failed')
})

test('a friend wakes so often a day, and its mail of then wakes the day after', async (t) => {
  await using world = await wakingNode('', { per_day: 2, pause_seconds: 0 })
  const { node, pass, hook, clock } = world
  await node.agent('claude-1')
  const [bob, carol] = [await node.peer('bob', 3), await node.peer('carol', 3)]
  await pass(60_000)
  const wakes = async (peer: typeof bob) => {
    const finished = happens(node, 'wake.finished')
    await peer.say('x', { from: `agent-${hook.dumps().length}`, to: 'claude-1' })
    await pass(5000)
    await finished
    await node.settle()
  }
  await wakes(bob)
  await wakes(bob)
  await bob.say('x', { to: 'claude-1' })
  await pass(5000)
  await bob.say('x', { to: 'claude-1' })
  await pass(5000)
  t.deepEqual(told(bob.receipts()).slice(-4), ['stored', 'wake_denied', 'stored', 'wake_denied'])
  await wakes(carol)
  t.is(hook.dumps().length, 3)
  t.deepEqual(
    world.events('wake.denied').map(({ from, why }) => [from, why]),
    [
      [bob.did, 'per_day'],
      [bob.did, 'per_day'],
    ],
  )
  const finished = happens(node, 'wake.finished')
  await pass(nextMidnight(clock.now()) - clock.now())
  t.like((await finished).data, { unread: 2 })
  await node.settle()
  t.deepEqual(told(bob.receipts()).slice(-4), ['waking', 'waking', 'wake_idle', 'wake_idle'])
})

test('outside of the hours nobody is woken before they begin', async (t) => {
  await using world = await wakingNode()
  const { node, pass, hook, clock } = world
  await node.agent('claude-1')
  const hour = (offset: number) =>
    `${String((new Date(clock.now()).getHours() + offset + 24) % 24).padStart(2, '0')}:00`
  await node.operator.call('wake.set', { policy: { hours: `${hour(2)}-${hour(4)}` } })
  const bob = await node.peer('bob', 3)
  await bob.say('x', { to: 'claude-1' })
  await pass(60_000)
  t.deepEqual(told(bob.receipts()), ['stored', 'wake_denied'])
  const finished = happens(node, 'wake.finished')
  await pass(2 * 3_600_000)
  await finished
  await node.settle()
  t.deepEqual(told(bob.receipts()), ['stored', 'wake_denied', 'waking', 'wake_idle'])
  t.is(hook.dumps().length, 1)
})

test('mail to the bare node wakes the agent named for it, else who reads the operator’s inbox', async (t) => {
  await using world = await wakingNode('', { pause_seconds: 0 })
  const { node, pass, hook } = world
  const bob = await node.peer('bob', 3)
  await pass(60_000)
  for (const agent of [undefined, 'claude-1']) {
    if (agent !== undefined) await node.agent(agent, { default: true })
    const finished = happens(node, 'wake.finished')
    await bob.say('x')
    await pass(5000)
    await finished
    t.is(hook.dumps().at(-1)?.env['AGORA_AGENT'], agent)
    t.is(hook.dumps().at(-1)?.env['AGORA_TOKEN_FILE'] === undefined, agent === undefined)
  }
  await pass(3_600_000)
  t.is(hook.dumps().length, 2)
})

test('an agent’s own hook goes before the node’s; without any, what comes wakes nobody, later neither', async (t) => {
  await using world = await wakingNode('', { pause_seconds: 0 })
  const { node, pass, hook } = world
  await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  await node.operator.call('wake.set', { agent: 'claude-1', command: `${join(hook.folder, 'dump')} own` })
  await pass(60_000)
  const wakes = async () => {
    const finished = happens(node, 'wake.finished')
    await bob.say('x', { to: 'claude-1' })
    await pass(5000)
    await finished
    return hook.dumps().at(-1)?.argv
  }
  t.deepEqual(await wakes(), ['own'])
  t.is(hook.dumps().at(-1)?.cwd, node.home.dir)
  await node.operator.call('wake.set', { agent: 'claude-1', command: null })
  t.deepEqual(await wakes(), ['fixed argument', '$(not run)'])
  await bob.say('x', { to: 'claude-1' })
  await node.operator.call('wake.set', { command: null })
  await bob.say('x', { to: 'claude-1' })
  await pass(60_000)
  await node.operator.call('wake.set', { command: join(hook.folder, 'dump') })
  await pass(3_600_000)
  t.is(hook.dumps().length, 2)
})

test('a removed agent’s hook goes with it, and ends if it runs', async (t) => {
  await using world = await wakingNode()
  const { node, pass, hook, clock } = world
  await node.agent('claude-1')
  const command = hook.dumper('hang', 'setInterval(() => {}, 1000)')
  await node.operator.call('wake.set', { agent: 'claude-1', command })
  const bob = await node.peer('bob', 3)
  const [started, finished] = [happens(node, 'wake.started'), happens(node, 'wake.finished')]
  await bob.say('x', { to: 'claude-1' })
  await bob.say('x', { to: 'claude-1', type: 'wake.request', body: { reason: 'x' } })
  await pass(30_000)
  await started
  while (hook.dumps().length === 0) await new Promise((resolve) => setImmediate(resolve))
  await node.operator.call('agents.remove', { name: 'claude-1' })
  t.like((await passing(clock, finished)).data, { outcome: 'stopped' })
  t.deepEqual((await node.operator.call('wake.show')).agents, [])
  await node.agent('claude-1')
  await pass(3_600_000)
  t.is(hook.dumps().length, 1)
})

test('a friend that floods one inbox keeps nobody else from waking, nor waking from others', async (t) => {
  await using world = await wakingNode('', { per_day: 1, pause_seconds: 0 })
  const { node, pass, hook, clock } = world
  await node.agent('claude-1')
  const [bob, carol] = [await node.peer('bob', 3), await node.peer('carol', 3)]
  await pass(60_000)
  const first = happens(node, 'wake.finished')
  await bob.say('x', { to: 'claude-1' })
  await pass(5000)
  await first
  for (let index = 0; index < 250; index++) await bob.say(`${index}`, { to: 'claude-1' })
  await pass(5000)
  t.is(bob.receipts().filter(({ note }) => note === 'wake_denied').length, 200)
  const second = happens(node, 'wake.finished')
  await carol.say('x', { to: 'claude-1' })
  await pass(5000)
  t.like((await second).data, { unread: 1 })
  const third = happens(node, 'wake.finished')
  await pass(nextMidnight(clock.now()) - clock.now())
  t.like((await third).data, { unread: 200 })
  t.is(hook.dumps().at(-1)?.env['AGORA_WAKE_COUNT'], '200')
  t.is(hook.dumps().at(-1)?.file?.content.calls.length, 20)
})

test('a full disk only delays: what woke is written down when it can be', async (t) => {
  await using world = await wakingNode("while (!fs.existsSync(__dirname + '/go'));")
  const { node, pass, hook, clock } = world
  await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  const { database } = node.parts
  const write = database.write
  const refusing = () => Promise.reject(new Error('the disk is full'))
  const started = happens(node, 'wake.started')
  await bob.say('x', { to: 'claude-1' })
  await pass(30_000)
  await started
  database.write = refusing
  writeFileSync(join(hook.folder, 'go'), '')
  while (hook.dumps().length === 0) await new Promise((resolve) => setImmediate(resolve))
  while (readdirSync(node.home.wake).length > 0) await new Promise((resolve) => setImmediate(resolve))
  await clock.advance(60_000)
  database.write = write
  t.is((await node.operator.call('wake.show')).running.length, 1)
  const finished = happens(node, 'wake.finished')
  await passing(clock, finished, 1000)
  await node.settle()
  t.deepEqual(told(bob.receipts()), ['stored', 'waking', 'wake_idle'])
  t.is(hook.dumps().length, 1)
})
