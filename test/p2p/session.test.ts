import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import test from 'ava'
import { AgoraError } from '../../src/base/errors.ts'
import type { AgentBrief } from '../../src/capabilities/node/schema.ts'
import { SESSION_FRAME_MAX } from '../../src/p2p/session/constants.ts'
import { helloFrame, readMessage } from '../../src/p2p/session/messages.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { fc } from '../helpers/fast-check.ts'
import { bytes, closed, hello, rawPeer, sayHello, startNode, wire } from './helpers.ts'

test('missed heartbeats make a peer stale, then it is given up; one that comes makes it live again', async (t) => {
  const clock = fakeClock()
  await using alice = await startNode('alice', { clock })
  await using raw = await rawPeer()
  const connection = await raw.dial(alice.address())
  const stream = await sayHello(connection)
  await alice.connected(raw.did)
  await clock.advance(90_000)
  await alice.until(() => alice.network.peer(raw.did)?.state === 'stale')
  t.deepEqual(alice.names(), ['connected', 'stale'])
  stream.send(wire({ type: 'heartbeat', presence: 'busy', load: 1 }))
  await alice.until(() => alice.network.peer(raw.did)?.state === 'live')
  t.is(alice.network.peer(raw.did)?.presence, 'busy')
  t.deepEqual(alice.names(), ['connected', 'stale', 'updated'])
  await clock.advance(150_000)
  await alice.gone(raw.did)
  await closed(connection)
  t.deepEqual(alice.names(), ['connected', 'stale', 'updated', 'stale', 'disconnected'])
})

test('heartbeats keep two nodes together and tell what changed', async (t) => {
  const clock = fakeClock()
  await using alice = await startNode('alice', { clock })
  await using bob = await startNode('bob', { clock })
  await alice.network.connect(bob.hostPort())
  await bob.connected(alice.did)
  for (let minute = 0; minute < 10; minute++) {
    const before = clock.now()
    await clock.advance(30_000)
    await alice.until(() => (alice.network.peer(bob.did)?.last_heartbeat_at ?? 0) > before)
    await bob.until(() => (bob.network.peer(alice.did)?.last_heartbeat_at ?? 0) > before)
    alice.poke()
  }
  t.is(alice.network.peer(bob.did)?.state, 'live')
  bob.introduce({ presence: 'busy', project: 'agora', agents: [{ name: 'codex', presence: 'online' }] })
  bob.network.announce()
  await alice.until(() => alice.network.peer(bob.did)?.project === 'agora')
  t.deepEqual(alice.network.peer(bob.did)?.agents, [{ name: 'codex', presence: 'online' }])
  t.is(alice.network.peer(bob.did)?.presence, 'busy')
  bob.withoutProject()
  bob.network.announce()
  await alice.until(() => alice.network.peer(bob.did)?.project === undefined)
  t.deepEqual(alice.network.peer(bob.did)?.agents, [{ name: 'codex', presence: 'online' }])
})

test('what a peer shows of its owner is handed on in any shape, from hello and when it has changed', async (t) => {
  const clock = fakeClock()
  await using alice = await startNode('alice', { clock })
  await using bob = await startNode('bob', { clock })
  bob.introduce({ owner: { attestation: 1 } })
  await alice.network.connect(bob.hostPort())
  await bob.connected(alice.did)
  await alice.until(() => alice.shown.length === 1)
  bob.network.announce()
  bob.introduce({ owner: { attestation: 2 } })
  bob.network.announce()
  await alice.until(() => alice.shown.length === 2)
  t.deepEqual(alice.shown, [
    { did: bob.did, owner: { attestation: 1 } },
    { did: bob.did, owner: { attestation: 2 } },
  ])
  t.deepEqual(bob.shown, [], 'who has none shows none')

  await using raw = await rawPeer()
  for (const owner of [7, null, 'x', [[]], {}]) {
    const connection = await raw.dial(alice.address())
    const before = alice.shown.length
    await sayHello(connection, { owner })
    await alice.until(() => alice.shown.length > before)
    t.deepEqual(alice.shown.at(-1), { did: raw.did, owner })
    await connection.close()
    await alice.gone(raw.did)
  }
})

test('who says no hello in time is gone', async (t) => {
  const clock = fakeClock()
  await using alice = await startNode('alice', { clock })
  await using raw = await rawPeer()
  const silent = await raw.dial(alice.address())
  await silent.newStream(['/agora/session/1.0.0'])
  await clock.advance(10_000)
  await closed(silent)
  t.deepEqual(alice.changes, [])
  t.deepEqual(alice.links, [])
})

const bad: [what: string, frames: Uint8Array][] = [
  ['garbage', new Uint8Array(100).fill(0xff)],
  ['bytes that are not JSON', wire('nonsense')],
  ['bytes that are not UTF-8', Buffer.concat([Uint8Array.of(2), Uint8Array.of(0xff, 0xfe)])],
  ['JSON that is no message', wire([1, 2, 3])],
  ['a giant hello', hello({ filler: 'x'.repeat(SESSION_FRAME_MAX) })],
  ['the length of a giant hello', Uint8Array.of(0xff, 0xff, 0x3f)],
  ['too many agents', hello({ agents: Array.from({ length: 257 }, (_, n) => ({ name: `a${n}`, presence: 'idle' })) })],
  ['an agent with a name that cannot be', hello({ agents: [{ name: 'a@b', presence: 'idle' }] })],
  ['a name with a control character', hello({ name: 'bob\u001b[2J' })],
  ['a name with a separator', hello({ name: 'bob#claude' })],
  ['a heartbeat before hello', wire({ type: 'heartbeat', presence: 'online' })],
  ['a heartbeat that is wrong', Buffer.concat([hello(), wire({ type: 'heartbeat', presence: 5 })])],
]
for (const [what, frames] of bad) {
  test(`${what} closes the connection and is reported`, async (t) => {
    await using alice = await startNode('alice')
    await using raw = await rawPeer()
    const connection = await raw.dial(alice.address())
    const stream = await connection.newStream(['/agora/session/1.0.0'])
    stream.send(frames)
    await closed(connection)
    await alice.until(() => alice.security.length > 0)
    t.is(alice.security[0]?.reason, 'session_malformed')
    t.is(alice.security[0]?.who, raw.did)
    t.deepEqual(alice.network.peers(), [])
  })
}

for (const [what, change] of [
  ['another version of the session', { v: 2, name: 7 }],
  ['no version of the protocol in common', { protocols: ['2.0', '3.1'] }],
] as const) {
  test(`${what} ends it with a reason and without a report`, async (t) => {
    await using alice = await startNode('alice')
    await using raw = await rawPeer()
    const connection = await raw.dial(alice.address())
    await sayHello(connection, change)
    await closed(connection)
    await alice.until(() => alice.logged.some((line) => line.includes('no protocol version in common')))
    t.deepEqual(alice.security, [])
    t.deepEqual(alice.network.peers(), [])
  })
}

test('what newer versions add is ignored and counted', async (t) => {
  await using alice = await startNode('alice')
  await using raw = await rawPeer()
  const connection = await raw.dial(alice.address())
  const stream = await sayHello(connection, {
    protocols: ['1.7', '2.0'],
    presence: 'dreaming',
    mood: 'fine',
    agents: [{ name: 'a', presence: 'idle', extra: { deep: [1] } }],
  })
  stream.send(wire({ type: 'weather', sun: true }))
  stream.send(hello({ name: 'somebody-else' }))
  stream.send(wire({ type: 'heartbeat', presence: 'idle', load: 2, extra: 1 }))
  await alice.until(() => alice.network.peer(raw.did)?.presence === 'idle')
  t.is(alice.network.peer(raw.did)?.name, 'mallory')
  t.deepEqual(alice.network.peer(raw.did)?.agents, [{ name: 'a', presence: 'idle' }])
  t.deepEqual(Object.fromEntries([...alice.counts].filter(([id]) => id.startsWith('frames_ignored'))), {
    'frames_ignored field': 2,
    'frames_ignored type': 1,
    'frames_ignored repeated': 1,
  })
  t.deepEqual(alice.security, [])
})

test('a second session on a connection is refused, the first goes on', async (t) => {
  await using alice = await startNode('alice')
  await using raw = await rawPeer()
  const connection = await raw.dial(alice.address())
  const first = await sayHello(connection)
  await alice.connected(raw.did)
  const second = await connection.newStream(['/agora/session/1.0.0']).catch(() => undefined)
  if (second) await closed(second)
  first.send(wire({ type: 'heartbeat', presence: 'busy', load: 0 }))
  await alice.until(() => alice.network.peer(raw.did)?.presence === 'busy')
  t.is(connection.status, 'open')
})

test('close is said and heard', async (t) => {
  await using alice = await startNode('alice')
  await using raw = await rawPeer()
  const connection = await raw.dial(alice.address())
  const stream = await sayHello(connection)
  await alice.connected(raw.did)
  stream.send(wire({ type: 'close', reason: 'going \u001b[31mhome' }))
  await closed(connection)
  await alice.gone(raw.did)
  t.true(alice.logged.some((line) => line.includes('closed by the peer: going [31mhome')))
})

test('who floods a session is read slowly', async (t) => {
  const clock = fakeClock()
  await using alice = await startNode('alice', { clock })
  await using raw = await rawPeer()
  const connection = await raw.dial(alice.address())
  const stream = await sayHello(connection)
  await alice.connected(raw.did)
  stream.send(Buffer.concat(Array.from({ length: 1000 }, () => wire({ type: 'noise' }))))
  const ignored = () => alice.counts.get('frames_ignored type') ?? 0
  await alice.until(() => (alice.counts.get('rate_limited session') ?? 0) > 0)
  t.true(ignored() <= 512, `${ignored()} at once`)
  t.is(alice.network.peer(raw.did)?.state, 'live')
  while (ignored() < 1000) await clock.advance(1000)
  t.is(connection.status, 'open')
})

test('too many handshakes at once are refused, and make room when they end', async (t) => {
  const clock = fakeClock()
  const limits = { connections: 64, streamsPerConnection: 64, pendingHandshakes: 3 }
  await using alice = await startNode('alice', { clock, limits })
  await using raw = await rawPeer()
  const silent: Connection[] = []
  for (let count = 0; count < 4; count++)
    silent.push(await raw.libp2p.dial(multiaddr(alice.address()), { force: true }))
  await closed(silent.at(-1) as Connection)
  t.is(alice.counts.get('peers_refused pending'), 1)
  t.is(silent[0]?.status, 'open')
  await clock.advance(10_000)
  await Promise.all(silent.map(closed))
  await sayHello(await raw.dial(alice.address()))
  await alice.connected(raw.did)
})

test('a hello fits, however many agents there are', (t) => {
  const agents = Array.from(
    { length: 300 },
    (_, n): AgentBrief => ({ name: `${n}-${'ö'.repeat(50)}`, kind: 'x'.repeat(64), presence: 'idle' }),
  )
  const frame = helloFrame({ name: 'a', version: '1', agents, presence: 'online', load: 0 }, '2026-11-01T12:00:00.000Z')
  t.true(frame.byteLength <= SESSION_FRAME_MAX)
  const read = readMessage(frame)
  t.is(read?.message.type, 'hello')
})

test('any JSON is a message, an unknown type, or malformed', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.object().map((value) => JSON.stringify({ type: 'hello', ...value })),
      ),
      (text) => {
        try {
          const read = readMessage(bytes(text))
          t.true(read === undefined || ['hello', 'heartbeat', 'close'].includes(read.message.type))
        } catch (error) {
          t.true(error instanceof AgoraError && ['malformed', 'not_connected'].includes(error.code))
        }
      },
    ),
    { numRuns: 500 },
  )
})
