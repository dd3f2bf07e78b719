import test from 'ava'
import { REQUESTS_WAITING_MAX } from '../../../src/capabilities/wake/wake.ts'
import { happens, wakingNode } from '../../helpers/waking.ts'

const request = (to: string | undefined, reason = 'the build is red') => ({
  ...(to === undefined ? {} : { to }),
  type: 'wake.request',
  body: { reason },
})
const notes = (bob: { receipts(): { stage: string; note?: string | undefined; reason?: string | undefined }[] }) =>
  bob.receipts().map(({ stage, note, reason }) => note ?? reason ?? stage)

test('who is trusted enough asks for a wake, and is told how it went', async (t) => {
  await using world = await wakingNode()
  const { node, hook, pass } = world
  await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  const requested = happens(node, 'wake.requested')
  t.is((await bob.say('', { ...request('claude-1'), from: 'ci' }))?.stage, 'stored')
  t.like((await requested).data, { from: `${bob.did}#ci`, from_name: 'ci@bob', reason: 'the build is red' })
  const finished = happens(node, 'wake.finished')
  await pass(30_000)
  await finished
  await node.settle()
  const [dump] = hook.dumps()
  t.is(dump?.env['AGORA_WAKE_KIND'], 'request')
  t.is(dump?.env['AGORA_AGENT'], 'claude-1')
  t.regex(dump?.file?.content.calls[0]?.text ?? '', /the build is red/)
  t.deepEqual(notes(bob), ['stored', 'waking', 'woken'])
  await pass(24 * 3_600_000)
  t.is(hook.dumps().length, 1)
})

test('a hook that fails is told to who asked', async (t) => {
  await using world = await wakingNode('process.exit(1)')
  const { node, pass } = world
  const bob = await node.peer('bob', 3)
  const failed = happens(node, 'wake.failed')
  await bob.say('', request(undefined))
  await pass(30_000)
  await failed
  await node.settle()
  t.deepEqual(notes(bob), ['stored', 'waking', 'wake_failed'])
})

test('who waits for mail is not woken, and that is told', async (t) => {
  await using world = await wakingNode()
  const { node, hook, pass } = world
  const agent = await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  await pass(60_000)
  const gone = new AbortController()
  const waiting = agent.call('messages.read', { wait: true, timeout: 60 }, gone.signal)
  await bob.say('', request('claude-1'))
  await pass(5000)
  t.deepEqual(notes(bob), ['stored', 'awake'])
  gone.abort()
  await t.throwsAsync(waiting)
  await pass(3_600_000)
  t.is(hook.dumps().length, 0)
})

test('to nobody, from whoever may not, and where nothing wakes', async (t) => {
  await using world = await wakingNode()
  const { node, hook, pass } = world
  await node.agent('claude-1')
  for (const trust of [0, 1, 2] as const) {
    const peer = await node.peer(`peer-${trust}`, trust)
    // Whoever may not ask is not told which agents there are.
    t.is((await peer.say('', request('claude-1')))?.reason, 'not_permitted')
    t.is((await peer.say('', request('nobody')))?.reason, 'not_permitted')
  }
  const bob = await node.peer('bob', 3)
  t.is((await bob.say('', request('nobody')))?.reason, 'unknown_agent')
  t.is((await bob.say('', request('claude-1', '')))?.reason, 'malformed')
  t.is((await bob.say('', request('claude-1', 'x'.repeat(501))))?.reason, 'malformed')
  await node.operator.call('wake.set', { command: null })
  t.is((await bob.say('', request('claude-1')))?.note, 'wake_denied')
  await pass(3_600_000)
  t.is(hook.dumps().length, 0)
  t.is(world.events('wake.requested').length, 1)
})

test('one peer’s requests that wait are bounded, however many agents it has', async (t) => {
  await using world = await wakingNode('', { hours: '03:00-03:01' })
  const { node } = world
  await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  for (let index = 0; index < REQUESTS_WAITING_MAX; index++) {
    t.is((await bob.say('', { ...request('claude-1'), from: `ci-${index}` }))?.stage, 'stored')
  }
  t.is((await bob.say('', { ...request('claude-1'), from: 'ci-x' }))?.reason, 'too_soon')
  const carol = await node.peer('carol', 3)
  t.is((await carol.say('', request('claude-1')))?.stage, 'stored')
})

test('agents of this node and its operator ask, too', async (t) => {
  await using world = await wakingNode('', { pause_seconds: 0 })
  const { node, hook, pass } = world
  const [one] = [await node.agent('one'), await node.agent('two')]
  await pass(60_000)
  for (const sender of [one, node.operator]) {
    const finished = happens(node, 'wake.finished')
    const asked = await sender.call('wake.request', { to: 'two', reason: 'lunch' })
    t.is(asked.stage, 'stored')
    await pass(5000)
    await finished
    await node.settle()
    const { items } = await sender.call('wake.requests', {})
    t.like(items[0], { id: asked.id, stage: 'stored', note: 'woken', to_name: 'two', reason: 'lunch' })
  }
  t.is(hook.dumps().length, 2)
  // An agent sees its own alone.
  t.is((await one.call('wake.requests', {})).items.length, 1)
  t.is((await node.operator.call('wake.requests', {})).items.length, 2)
  await t.throwsAsync(one.call('wake.request', { to: 'one', reason: 'x' }), { message: /who asks/ })
  await t.throwsAsync(one.call('wake.request', { to: 'nobody', reason: 'x' }), { message: /nobody/ })
})

test('what a peer tells of a request is shown, the latest note last, also after a restart', async (t) => {
  await using world = await wakingNode()
  const { node, pass } = world
  const agent = await node.agent('one')
  const bob = await node.peer('bob', 1)
  const progress: unknown[] = []
  node.parts.events.subscribe(({ type, inbox, data }) => {
    if (type === 'wake.progress' && inbox === 'agent:one') progress.push(data['note'] ?? data['stage'])
  })
  const asking = agent.call('wake.request', { to: `claude-1@bob`, reason: 'look' })
  await node.settle()
  const envelope = bob.received.find(({ type }) => type === 'wake.request')
  t.like(envelope, { from: `${node.did}#one`, to: `${bob.did}#claude-1`, body: { reason: 'look' } })
  const id = envelope?.id ?? ''
  await bob.receipt(id, 'stored')
  t.like(await asking, { id, stage: 'stored' })
  const at = (ms: number) => ({ at: new Date(node.clock.now() + ms).toISOString() })
  await bob.receipt(id, 'stored', { note: 'wake_failed', ...at(3000) })
  await bob.receipt(id, 'stored', { note: 'waking', ...at(1000) })
  await bob.receipt(id, 'stored', { note: 'wake_failed', ...at(3000) })
  t.deepEqual(progress, ['stored', 'wake_failed'])
  await node.restart()
  bob.connect()
  await bob.receipt(id, 'stored', { note: 'woken', ...at(9000) })
  const [asked] = (await node.operator.call('wake.requests', {})).items
  t.like(asked, { id, note: 'woken', stage: 'stored' })
  // Nobody else can tell of it.
  const carol = await node.peer('carol', 4)
  await carol.receipt(id, 'failed', { reason: 'not_permitted' })
  t.is((await node.operator.call('wake.requests', {})).items[0]?.note, 'woken')
  await pass(0)
})

test('a request that is refused, or that nobody takes, is told as such', async (t) => {
  await using world = await wakingNode()
  const { node } = world
  const bob = await node.peer('bob', 1)
  const asking = node.operator.call('wake.request', { to: bob.did, reason: 'look' })
  await node.settle()
  const id = bob.received.find(({ type }) => type === 'wake.request')?.id ?? ''
  await bob.receipt(id, 'failed', { reason: 'not_permitted' })
  t.like(await asking, { stage: 'failed', failure: 'not_permitted' })
  bob.disconnect()
  // Ids of one millisecond have no order.
  await node.clock.advance(1)
  t.is((await node.operator.call('wake.request', { to: bob.did, reason: 'look' })).stage, 'queued')
  await node.clock.advance(8 * 24 * 3_600_000)
  await node.parts.database.write(() => node.parts.outbox.expire())
  t.is((await node.operator.call('wake.requests', {})).items[0]?.stage, 'expired')
})

test('notes on a message are shown to who sent it, in the order in which they were made', async (t) => {
  await using world = await wakingNode()
  const { node } = world
  const bob = await node.peer('bob', 1)
  const { id } = (await node.operator.send(bob.did, 'x')) as { id: string }
  const at = (ms: number) => ({ at: new Date(node.clock.now() + ms).toISOString() })
  const shown = async () => (await node.operator.call('messages.show', { id })).delivery
  await node.settle()
  await bob.receipt(id, 'stored')
  await bob.receipt(id, 'stored', { note: 'waking', ...at(1000) })
  t.like(await shown(), { stage: 'stored', note: 'waking' })
  await bob.receipt(id, 'stored')
  await bob.receipt(id, 'stored', { note: 'wake_idle', ...at(2000) })
  await bob.receipt(id, 'stored', { note: 'waking', ...at(1000) })
  t.like(await shown(), { stage: 'stored', note: 'wake_idle' })
  await bob.receipt(id, 'shown', at(2500))
  await bob.receipt(id, 'stored', { note: 'wake_failed', ...at(9000) })
  const delivery = await shown()
  t.is(delivery?.stage, 'shown')
  t.is(delivery?.note, undefined)
  t.is(delivery?.times.noted, undefined)
})
