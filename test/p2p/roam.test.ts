import test, { type ExecutionContext } from 'ava'
import { fakeClock } from '../helpers/fake-clock.ts'
import { fc } from '../helpers/fast-check.ts'
import { type Roamer, roamer } from '../helpers/roamer.ts'
import { closed, hello, newKey, rawPeer, sayHello, startNode, wire } from './helpers.ts'

/** Each trusts each so far. */
async function befriend(level: 1 | 2, ...nodes: Roamer[]) {
  for (const one of nodes) for (const other of nodes) if (one !== other) await one.trust(other.did, level)
}

const knows = (one: Roamer, did: string, address: string) =>
  one.until(() => one.places(did).some((place) => place.endsWith(` ${address}`)))

test('who is trusted far enough is told where a node can be dialled, and keeps it of a friend', async (t) => {
  const alice = await roamer(t, 'alice', { autoConnect: false })
  const bob = await roamer(t, 'bob', { autoConnect: false })
  const stranger = await roamer(t, 'stranger', { autoConnect: false })
  await bob.trust(alice.did, 2)
  await alice.trust(bob.did, 1)
  await bob.network.connect(alice.hostPort())
  await bob.network.connect(stranger.hostPort())
  await knows(alice, bob.did, bob.multiaddr())
  t.deepEqual(alice.places(bob.did), [`hello ${bob.multiaddr()}`])
  t.is(alice.network.peer(bob.did)?.address, bob.multiaddr(), 'and not the port it happened to come from')
  await stranger.connected(bob.did)
  t.is(stranger.book.get(bob.did), undefined)
  t.not(stranger.network.peer(bob.did)?.address, bob.multiaddr(), 'one who is not trusted is told nothing')

  await bob.trust(stranger.did, 2)
  await stranger.until(() => stranger.network.peer(bob.did)?.address === bob.multiaddr())
  t.is(stranger.book.get(bob.did), undefined, 'what a stranger tells is not kept')
})

test('libp2p tells strangers no address either', async (t) => {
  const alice = await roamer(t, 'alice', { announce: ['alice.example:7312'] })
  await using raw = await rawPeer()
  const identified = new Promise<{ listenAddrs: unknown[] }>((resolve) =>
    raw.libp2p.addEventListener('peer:identify', ({ detail }) => resolve(detail), { once: true }),
  )
  await raw.dial(alice.address())
  t.deepEqual((await identified).listenAddrs, [])
})

test('where nobody listens but on this machine, those elsewhere are told nothing', async (t) => {
  const alice = await roamer(t, 'alice', { announce: ['alice.example:7312', '169.254.1.1:7312', '[fe80::1]:7312'] })
  const bob = await roamer(t, 'bob', { autoConnect: false })
  await befriend(2, alice, bob)
  await alice.network.connect(bob.hostPort())
  await knows(bob, alice.did, '/dns/alice.example/tcp/7312')
  t.deepEqual(bob.places(alice.did), ['hello /dns/alice.example/tcp/7312'])
})

test('two friends who have both moved find each other through a third', async (t) => {
  const carol = await roamer(t, 'carol', { autoConnect: false })
  const [alice, bob] = [await roamer(t, 'alice', {}), await roamer(t, 'bob', {})]
  await befriend(2, alice, bob, carol)
  await alice.network.connect(bob.hostPort())
  for (const one of [alice, bob]) await one.network.connect(carol.hostPort())
  await Promise.all([alice, bob].map((one) => one.stop()))
  await Promise.all([carol.gone(alice.did), carol.gone(bob.did)])

  // On other ports, and each with what it knew.
  const again = (one: Roamer, name: string) =>
    startNode(name, { key: one.key, clock: one.clock, book: one.book, autoConnect: true })
  await using bobAgain = await again(bob, 'bob')
  await bobAgain.connected(carol.did)
  await using aliceAgain = await again(alice, 'alice')
  await Promise.all([aliceAgain.connected(bob.did), bobAgain.connected(alice.did)])
  await alice.until(() => alice.places(bob.did)[0]?.startsWith('friend ') === true || alice.places(bob.did).length > 1)
  t.pass()
})

test('nobody is told of who does not look for them, nor by whom they are not trusted with', async (t) => {
  const clock = fakeClock()
  const carol = await roamer(t, 'carol', { autoConnect: false, clock })
  const alice = await roamer(t, 'alice', { clock })
  const bob = await roamer(t, 'bob', { clock })
  await alice.trust(carol.did, 2)
  await alice.trust(bob.did, 2)
  await bob.trust(carol.did, 2)
  await carol.trust(alice.did, 1)
  await carol.trust(bob.did, 2)
  for (const one of [alice, bob]) await one.network.connect(carol.hostPort())
  const quiet = async () => {
    for (let round = 0; round < 5; round++) await clock.advance(10_000)
  }
  await quiet()
  t.deepEqual(alice.places(bob.did), [], 'bob does not look for alice')
  await bob.trust(alice.did, 1)
  await quiet()
  t.deepEqual(alice.places(bob.did), [], 'carol does not trust alice so far')
  await carol.trust(alice.did, 2)
  await alice.connected(bob.did)
  t.pass()
})

test('a friend that lies about an address is found out, told to the operator, and the liar’s place not dialled again', async (t) => {
  const clock = fakeClock()
  const alice = await roamer(t, 'alice', { clock })
  const mallory = await roamer(t, 'mallory', { autoConnect: false })
  await using carol = await rawPeer()
  const bob = newKey()
  await alice.trust(carol.did, 2)
  await alice.trust(bob.did, 2)
  const session = await sayHello(await carol.dial(alice.address()))
  await alice.connected(carol.did)
  session.send(wire({ type: 'located', items: [{ did: bob.did, addresses: [mallory.multiaddr()] }] }))
  await alice.until(() => alice.security.length > 0)
  t.like(alice.security[0], {
    reason: 'wrong_key_at_address',
    who: bob.did,
    detail: { address: mallory.multiaddr(), found: mallory.did, told_by: carol.did },
  })
  await alice.until(() => alice.places(bob.did).length === 0)
  session.send(wire({ type: 'located', items: [{ did: bob.did, addresses: [mallory.multiaddr()] }] }))
  await clock.advance(600_000)
  t.is(alice.security.length, 1, JSON.stringify(alice.security))
  t.deepEqual(mallory.changes, [], 'she was told nothing')
})

test('somebody else where a friend was raises the alert, and the address is dropped', async (t) => {
  const clock = fakeClock()
  const alice = await roamer(t, 'alice', { clock })
  const bob = await roamer(t, 'bob', { autoConnect: false })
  await alice.trust(bob.did, 1)
  await alice.network.connect(bob.hostPort())
  const listen = [bob.multiaddr()]
  await bob.stop()
  await alice.gone(bob.did)
  await using impostor = await startNode('bob', { listen })
  await clock.advance(2000)
  await alice.until(() => alice.security.length > 0)
  t.like(alice.security[0], { reason: 'wrong_key_at_address', who: bob.did, detail: { found: impostor.did } })
  t.true(Number(alice.security[0]?.detail?.['last_success']) > 0)
  await alice.until(() => alice.places(bob.did).length === 0)
  await clock.advance(600_000)
  t.deepEqual(impostor.changes, [])
})

test('whoever is blocked is cut off at once, and refused both ways until that is lifted', async (t) => {
  const alice = await roamer(t, 'alice')
  const bob = await roamer(t, 'bob', { autoConnect: false })
  await alice.trust(bob.did, 3)
  await alice.network.connect(bob.hostPort())
  await bob.connected(alice.did)
  await alice.block(bob.did)
  await Promise.all([alice.gone(bob.did), bob.gone(alice.did)])
  await t.throwsAsync(bob.network.connect(alice.hostPort()), { code: 'unreachable' })
  t.is(alice.counts.get('peers_refused blocked'), 1)
  await t.throwsAsync(alice.network.connect(`${bob.did}@${bob.hostPort()}`), { code: 'blocked' })
  // Who it is shows only in the handshake.
  await t.throwsAsync(alice.network.connect(bob.hostPort()), { code: 'unreachable', message: /blocked/ })
  t.is(alice.counts.get('peers_refused blocked'), 2)
  t.is(alice.names().filter((name) => name === 'connected').length, 1)
  await alice.unblock(bob.did)
  await alice.connected(bob.did)
})

test('a friend whose trust falls below the minimum is disconnected and not dialled; a new friend is', async (t) => {
  const clock = fakeClock()
  const alice = await roamer(t, 'alice', { clock, minTrust: 2 })
  const bob = await roamer(t, 'bob', { autoConnect: false })
  await alice.trust(bob.did, 2)
  await bob.network.connect(alice.hostPort())
  await alice.connected(bob.did)
  await alice.trust(bob.did, 3)
  t.truthy(alice.network.peer(bob.did))
  await alice.trust(bob.did, 1)
  await Promise.all([alice.gone(bob.did), bob.gone(alice.did)])
  await t.throwsAsync(bob.network.connect(alice.hostPort()), { code: 'unreachable' })
  await clock.advance(120_000)
  t.is(alice.network.peer(bob.did), undefined)

  const carol = await roamer(t, 'carol', { autoConnect: false })
  await alice.book.met(carol.did, 'carol', carol.multiaddr())
  t.is(alice.network.peer(carol.did), undefined)
  await alice.trust(carol.did, 2)
  await alice.connected(carol.did)
  await carol.stop()
  await alice.gone(carol.did)
  await alice.trust(carol.did, 0)
  const dials = alice.logged.length
  await clock.advance(600_000)
  t.is(alice.logged.length, dials, 'who is no friend any more is not looked for')
})

test('a friend found at a new address while it is being looked for at the old one is dialled there next', async (t) => {
  const clock = fakeClock()
  const alice = await roamer(t, 'alice', { clock })
  const bob = await roamer(t, 'bob', { autoConnect: false })
  await using carol = await rawPeer()
  await alice.trust(carol.did, 2)
  await alice.book.met(bob.did, 'bob', '/ip4/127.0.0.1/tcp/1')
  await alice.trust(bob.did, 1)
  await alice.until(() => alice.logged.some((line) => line.includes('could not connect')))
  const session = await sayHello(await carol.dial(alice.address()))
  session.send(wire({ type: 'located', items: [{ did: bob.did, addresses: [bob.multiaddr()] }] }))
  await alice.connected(bob.did)
  await alice.until(() => alice.places(bob.did)[0] === `friend ${bob.multiaddr()}`)
  t.pass()
})

// What a hostile peer can put into its messages.

const many = Array.from({ length: 10_000 }, (_, n) => `/ip4/1.1.1.1/tcp/${n}`.slice(0, 5))
for (const [what, frames] of [
  ['10,000 addresses in hello', hello({ addresses: many })],
  ['addresses that are no texts', hello({ addresses: [1, null] })],
  ['an address without end', hello({ addresses: ['/dns/'.padEnd(5000, 'x')] })],
  ['a search before hello', wire({ type: 'locate', wanted: [] })],
  ['an answer before hello', wire({ type: 'located', items: [] })],
  ['a search for 10,000', Buffer.concat([hello(), wire({ type: 'locate', wanted: many })])],
  ['a search for nonsense', Buffer.concat([hello(), wire({ type: 'locate', wanted: ['did:agora:x'] })])],
  ['an answer about nobody', Buffer.concat([hello(), wire({ type: 'located', items: [{ addresses: [] }] })])],
  [
    'an answer about too many',
    Buffer.concat([
      hello(),
      wire({ type: 'located', items: Array.from({ length: 65 }, () => ({ did: newKey().did, addresses: [] })) }),
    ]),
  ],
] as [string, Uint8Array][]) {
  test(`${what} ends the session and is reported`, async (t) => {
    const alice = await roamer(t, 'alice')
    await using raw = await rawPeer()
    await alice.trust(raw.did, 4)
    const connection = await raw.dial(alice.address())
    const stream = await connection.newStream(['/agora/session/1.0.0'])
    stream.send(frames)
    await closed(connection)
    await alice.until(() => alice.security.length > 0)
    t.is(alice.security[0]?.reason, 'session_malformed')
    t.deepEqual(alice.places(raw.did), [])
  })
}

async function setUpHostile(t: ExecutionContext, level: 0 | 1 | 2 | 4) {
  const alice = await roamer(t, 'alice', { autoConnect: false })
  const raw = await rawPeer()
  t.teardown(() => raw[Symbol.asyncDispose]())
  if (level > 0) await alice.trust(raw.did, level)
  const stream = await sayHello(await raw.dial(alice.address()))
  await alice.connected(raw.did)
  /** Resolves when all that was sent before has been read. */
  let marks = 0
  const read = async () => {
    const project = `mark ${marks++}`
    stream.send(wire({ type: 'heartbeat', presence: 'online', project }))
    await alice.until(() => alice.network.peer(raw.did)?.project === project)
    await alice.database.idle()
  }
  return { alice, raw, stream, read }
}

test('addresses that are none, or lead nowhere, are passed over and the session goes on', async (t) => {
  const { alice, raw, stream, read } = await setUpHostile(t, 1)
  const addresses = [
    '',
    'x',
    '/ip4/203.0.113.7/udp/1/quic-v1',
    `/ip4/203.0.113.7/tcp/1/p2p/${newKey().peerId}`,
    '/ip4/169.254.169.254/tcp/80',
    '/ip6/::ffff:127.0.0.1/tcp/22',
    '/dns/\u001b[2J/tcp/1',
    '/ip4/203.0.113.7/tcp/1',
  ]
  stream.send(wire({ type: 'heartbeat', presence: 'online', addresses }))
  await read()
  t.deepEqual(alice.places(raw.did), ['hello /dns/x/tcp/7312', 'hello /ip4/203.0.113.7/tcp/1'])
  t.deepEqual(alice.security, [])
})

test('answers are taken of friends who are looked for, from those alone who are believed', async (t) => {
  const bob = newKey()
  const stranger = newKey()
  const located = wire({
    type: 'located',
    items: [bob.did, stranger.did].map((did) => ({ did, addresses: ['/ip4/203.0.113.7/tcp/1'] })),
  })
  for (const level of [0, 1, 2] as const) {
    const { alice, stream, read } = await setUpHostile(t, level)
    await alice.trust(bob.did, 1)
    stream.send(located)
    await read()
    t.is(alice.places(bob.did).length, level === 2 ? 1 : 0, `trust ${level}`)
    t.is(alice.book.get(stranger.did), undefined)
    t.is(alice.counts.get('frames_ignored located'), 1)
    if (level === 2) {
      await alice.network.disconnect(bob.did)
      stream.send(wire({ type: 'located', items: [{ did: bob.did, addresses: ['/ip4/203.0.113.7/tcp/2'] }] }))
      await read()
      t.is(alice.places(bob.did).length, 1, 'whom the operator sent away is not looked for')
    }
  }
})

test('who searches without end is answered a few times, a stranger never', async (t) => {
  const { alice, stream, read } = await setUpHostile(t, 2)
  for (let n = 0; n < 20; n++) stream.send(wire({ type: 'locate', wanted: [] }))
  await read()
  t.is(alice.counts.get('rate_limited locate'), 14)
  const other = await setUpHostile(t, 0)
  other.stream.send(wire({ type: 'locate', wanted: [] }))
  await other.read()
  t.is(other.alice.counts.get('frames_ignored locate'), 1)
})

test('whatever addresses a peer tells, the session goes on and nothing but addresses is kept', async (t) => {
  const { alice, raw, stream, read } = await setUpHostile(t, 4)
  const part = fc.oneof(fc.constantFrom('ip4', 'ip6', 'dns', 'tcp', 'p2p', '203.0.113.7', '::1', '80'), fc.string())
  const address = fc.oneof(
    fc.string({ maxLength: 256 }),
    fc.array(part, { maxLength: 8 }).map((all) => `/${all.join('/')}`.slice(0, 256)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(address, { maxLength: 16 }), async (addresses) => {
      stream.send(wire({ type: 'heartbeat', presence: 'online', addresses }))
      stream.send(wire({ type: 'located', items: [{ did: raw.did, addresses }] }))
      await read()
      for (const place of alice.places(raw.did)) t.regex(place, /^hello \/(ip4|ip6|dns|dns4|dns6)\/[\w.:-]+\/tcp\/\d+$/)
    }),
    { numRuns: 12 },
  )
  t.truthy(alice.network.peer(raw.did))
  t.deepEqual(alice.security, [])
})
