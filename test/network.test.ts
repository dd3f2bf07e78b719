import test from 'ava'
import { network } from './helpers/network.ts'

test('two nodes exchange messages: a request first, then deliveries with honest stages', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  const [peer] = (await alice.call('node.peers', {})).items
  t.is(peer?.did, bob.did)
  t.is(peer?.encryption, '/tls/1.0.0')

  const first = await alice.call('messages.send', { to: 'bob', body: 'Hello Bob!', wait_for: 'stored', timeout: 30 })
  t.is(first.stage, 'stored')
  t.is(first.note, 'request')
  t.deepEqual((await bob.call('messages.read', {})).items, [])
  const [request] = (await bob.call('requests.list', {})).items
  t.is(request?.messages[0]?.body, 'Hello Bob!')
  await bob.call('requests.accept', { peer: 'alice' })

  await net.settle()
  const accepted = await alice.call('messages.show', { id: first.id ?? '' })
  t.is(accepted.delivery?.stage, 'stored')
  t.is(accepted.delivery?.note, undefined, 'she is told that it no longer waits')
  const inbox = await bob.call('messages.read', {})
  t.deepEqual(
    inbox.items.map((message) => [message.from.name, message.body]),
    [['alice', 'Hello Bob!']],
  )
  await bob.call('messages.send', { body: 'Hello Alice!', reply_to: inbox.items[0]?.id ?? '' })
  await net.settle()
  const told = await alice.call('messages.show', { id: first.id ?? '' })
  t.is(told.delivery?.stage, 'acknowledged')
  t.deepEqual(Object.keys(told.delivery?.times ?? {}).sort(), ['acknowledged', 'queued', 'sent', 'stored'])
})

test('mail for a node that is away waits on disk, survives restarts of both, and arrives once', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await net.befriend('alice', 'bob')
  await bob.stop()

  const ids: string[] = []
  for (let n = 0; n < 5; n++) {
    const sent = await alice.call('messages.send', { to: 'bob', body: `message ${n}` })
    t.is(sent.stage, 'queued')
    ids.push(sent.id ?? '')
  }
  await alice.restart()
  t.is((await alice.call('messages.outbox', {})).items.length, 5)
  await bob.restart()
  await net.connect()
  await net.settle()

  t.deepEqual((await alice.call('messages.outbox', {})).items, [])
  t.deepEqual(
    (await bob.call('messages.read', {})).items.map((message) => message.body),
    ids.map((_, n) => `message ${n}`),
  )
  t.is((await alice.call('messages.show', { id: ids[0] ?? '' })).delivery?.stage, 'stored')
})

test('what cannot be delivered in its time expires, and says so', async (t) => {
  await using net = await network(['alice', 'bob'], { message_ttl_hours: 1 })
  const { alice, bob } = net.node
  await net.connect()
  await net.befriend('alice', 'bob')
  await bob.stop()
  const sent = await alice.call('messages.send', { to: 'bob', body: 'too late' })
  await net.clock.advance(3_600_000 - 60_000)
  t.is((await alice.call('messages.show', { id: sent.id ?? '' })).delivery?.stage, 'queued')
  await net.clock.advance(3 * 60_000)
  await net.settle()
  t.is((await alice.call('messages.show', { id: sent.id ?? '' })).delivery?.stage, 'expired')
  t.deepEqual((await alice.call('messages.outbox', {})).items, [])
})

test('a clock two hours wrong is told as such, and is no offence', async (t) => {
  const hours = 3_600_000
  await using net = await network(['ahead', 'right'], {}, { ahead: 2 * hours })
  const { ahead, right } = net.node
  await net.connect()
  const sent = await ahead.call('messages.send', {
    to: right.did,
    body: 'from the future',
    wait_for: 'stored',
    timeout: 30,
  })
  t.is(sent.stage, 'failed')
  t.is(sent.reason, 'clock_skew')
  t.is((await right.call('node.peers', {})).items.length, 1)
  t.false(right.daemon.events.after(0, 100).some((event) => event.type.startsWith('security.')))
})

test("a stranger's mail reaches no agent, not even the default one or one it names", async (t) => {
  await using net = await network(['alice', 'mallory'])
  const { alice, mallory } = net.node
  await alice.call('agents.register', { name: 'claude-1', default: true })
  await net.connect()
  for (const to of [alice.did, 'claude-1@alice', 'nobody@alice']) {
    const sent = await mallory.call('messages.send', { to, body: 'do as I say', wait_for: 'stored', timeout: 30 })
    t.deepEqual([sent.stage, sent.note], ['stored', 'request'], to)
  }
  t.deepEqual((await alice.call('messages.read', {}, 'claude-1')).items, [])
  t.deepEqual((await alice.call('conversations.list', {}, 'claude-1')).items, [])
  t.deepEqual((await alice.call('conversations.list', { query: 'say' })).items, [])
  t.is((await alice.call('requests.list', {})).items[0]?.count, 3)

  for (let n = 3; n < 20; n++)
    await mallory.call('messages.send', { to: alice.did, body: `again ${n}`, wait_for: 'stored', timeout: 30 })
  const over = await mallory.call('messages.send', {
    to: alice.did,
    body: 'one too many',
    wait_for: 'stored',
    timeout: 30,
  })
  t.deepEqual([over.stage, over.reason], ['failed', 'requests_full'])

  t.is((await alice.call('requests.accept', { peer: mallory.did })).delivered, 20)
  t.true((await alice.call('messages.read', {}, 'claude-1')).items.length > 0)
})

test('two peers that claim one name are told apart, and neither gets what is for the other', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await net.befriend('alice', 'bob')
  // Carol's node calls itself bob from now on.
  await carol.stop()
  const impostor = await network(['bob'])
  await using _ = impostor
  const fake = impostor.node.bob
  await fake.daemon.network.connect(alice.daemon.addresses[0] ?? '')
  const names = (await alice.call('node.peers', {})).items.map((peer) => peer.name)
  t.is(new Set(names).size, names.length, 'all names shown are different')

  // The friend keeps the name; the impostor is reached by its DID alone.
  const sent = await alice.call('messages.send', {
    to: 'bob',
    body: 'for the real one',
    wait_for: 'stored',
    timeout: 30,
  })
  t.is(sent.to, bob.did)
  t.deepEqual((await fake.call('requests.list', {})).items, [])

  // Before either is known by more than its connection, the name alone is refused with both as candidates.
  await using fresh = await network(['dora'])
  await fresh.node.dora.daemon.network.connect(bob.daemon.addresses[0] ?? '')
  await fresh.node.dora.daemon.network.connect(fake.daemon.addresses[0] ?? '')
  const error = await t.throwsAsync(fresh.node.dora.call('messages.send', { to: 'bob', body: 'who?' }))
  t.is((error as { code?: string }).code, 'ambiguous_name')
  t.deepEqual((error as { candidates?: string[] }).candidates?.toSorted(), [bob.did, fake.did].toSorted())
})

test('agents on two nodes talk by name; presence travels', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await alice.call('agents.register', { name: 'claude-1' })
  await bob.call('agents.register', { name: 'codex-1', kind: 'codex' })
  await net.connect()
  await net.befriend('alice', 'bob')

  const sent = await alice.call(
    'messages.send',
    { to: 'codex-1@bob', body: 'are you there?', wait_for: 'stored', timeout: 30 },
    'claude-1',
  )
  t.is(sent.stage, 'stored')
  const inbox = await bob.call('messages.read', {}, 'codex-1')
  t.is(inbox.items[0]?.from.name, 'claude-1@alice')
  t.false(inbox.items[0]?.from.human)
  t.deepEqual((await bob.call('messages.read', {})).items, [], 'the operator has an inbox of its own')

  const missing = await alice.call(
    'messages.send',
    { to: 'codex-2@bob', body: '?', wait_for: 'stored', timeout: 30 },
    'claude-1',
  )
  t.deepEqual([missing.stage, missing.reason], ['failed', 'unknown_agent'])

  await bob.call('agents.presence', { name: 'codex-1', presence: 'busy' }, 'codex-1')
  await net.settle()
  const told = (await alice.call('node.peers', {})).items[0]?.agents
  t.deepEqual(
    told?.map(({ name, kind }) => ({ name, kind })),
    [{ name: 'codex-1', kind: 'codex' }],
  )
})

test('what a peer says of itself is told in passing, and leaves no event behind', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await net.clock.advance(1000)
  const seen: object[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  alice.daemon.events.subscribe(({ type, inbox, data, seq }) => {
    if (type !== 'peer.updated') return
    seen.push({ inbox, seq, ...data })
    resolve()
  })
  const before = alice.daemon.events.latest()
  await bob.call('agents.register', { name: 'claude-1' })
  while ((await alice.call('node.peers', {})).items[0]?.agents.length !== 1) await net.clock.advance(10)
  await net.clock.advance(1000)
  await promise
  t.deepEqual(seen, [{ inbox: 'operator', seq: 0, did: bob.did, name: 'bob' }])
  t.is(alice.daemon.events.latest(), before)
})
