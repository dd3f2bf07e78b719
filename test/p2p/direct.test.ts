import { multiaddr } from '@multiformats/multiaddr'
import test from 'ava'
import { AgoraError } from '../../src/base/errors.ts'
import type { Inbound } from '../../src/core/network.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { bytes, closed, rawPeer, sayHello, startNode, type TestNode, wire } from './helpers.ts'

const DIRECT = '/agora/direct/1.0.0'
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index))

async function pair(inbound?: (node: () => TestNode) => Partial<Parameters<typeof startNode>[1] & object>) {
  const alice = await startNode('alice')
  let bob: TestNode | undefined
  bob = await startNode(
    'bob',
    inbound?.(() => bob as TestNode),
  )
  await alice.network.connect(bob.hostPort())
  const link = await alice.link(bob.did)
  return { alice, bob, link, [Symbol.asyncDispose]: async () => void (await Promise.all([alice.stop(), bob.stop()])) }
}

test('frames arrive in order, in batches, and are acknowledged', async (t) => {
  await using net = await pair()
  const { alice, bob, link } = net
  const sent = numbers(2000)
  await Promise.all(sent.map((text) => link.send([bytes(text)])))
  await alice.acknowledged(2000)
  t.deepEqual(bob.frames(), sent)
  t.true(bob.received.every(({ did, frames }) => did === alice.did && frames.length <= 256))
  t.true(bob.received.length < 1000)
  const acks = alice.links.filter(({ what }) => what === 'ack').map(({ frames }) => frames)
  t.deepEqual(
    acks,
    [...acks].sort((a, b) => a - b),
  )
  const back = await bob.link(alice.did)
  await back.send([bytes('there')])
  await bob.acknowledged(1)
  t.deepEqual(alice.frames(), ['there'])
})

test('a frame of a mebibyte passes, a longer one is refused here', async (t) => {
  await using net = await pair()
  const { alice, bob, link } = net
  await link.send([new Uint8Array(1 << 20).fill(65)])
  await alice.acknowledged(1)
  t.is(bob.frames()[0]?.length, 1 << 20)
  await t.throwsAsync(() => link.send([new Uint8Array((1 << 20) + 1)]), { code: 'too_large' })
  await link.send([bytes('still there')])
  await alice.acknowledged(2)
})

test('batches are handled one at a time, and nothing is acknowledged before it is kept', async (t) => {
  const gate = Promise.withResolvers<void>()
  let running = 0
  let most = 0
  const inbound = (node: () => TestNode): { inbound: Inbound } => ({
    inbound: {
      async receive(did, frames) {
        most = Math.max(most, ++running)
        node().received.push({ did, frames: frames.map((frame) => Buffer.from(frame).toString()) })
        node().poke()
        await gate.promise
        running--
        return { close: false }
      },
    },
  })
  await using net = await pair(inbound)
  const { alice, bob, link } = net
  await link.send(numbers(1000).map(bytes))
  await bob.until(() => bob.received.length > 0)
  t.false(alice.links.some(({ what }) => what === 'ack'))
  gate.resolve()
  await alice.acknowledged(1000)
  t.is(most, 1)
  t.deepEqual(bob.frames(), numbers(1000))
})

test('what cannot be kept is not acknowledged; the stream ends and is opened again after a pause', async (t) => {
  const clock = fakeClock()
  let full = true
  const alice = await startNode('alice', { clock })
  const bob: TestNode = await startNode('bob', {
    inbound: {
      async receive(did, frames) {
        if (full) throw new Error('the disk is full')
        bob.received.push({ did, frames: frames.map((frame) => Buffer.from(frame).toString()) })
        return { close: false }
      },
    },
  })
  await using _ = { [Symbol.asyncDispose]: async () => void (await Promise.all([alice.stop(), bob.stop()])) }
  await alice.network.connect(bob.hostPort())
  const first = await alice.link(bob.did)
  await first.send([bytes('one')])
  await alice.until(() => alice.links.some(({ what, link }) => what === 'down' && link === first))
  await t.throwsAsync(() => first.send([bytes('two')]), { code: 'not_connected' })
  t.is(alice.network.peer(bob.did)?.state, 'live')
  full = false
  await clock.advance(2000)
  await alice.until(() => alice.links.filter(({ what }) => what === 'up').length === 2)
  const second = await alice.link(bob.did)
  await second.send([bytes('one'), bytes('two')])
  await alice.acknowledged(2)
  t.deepEqual(bob.frames(), ['one', 'two'])
  t.is(alice.links.filter(({ what }) => what === 'down').length, 1)
})

test('a peer that broke the rules too often is disconnected', async (t) => {
  const alice = await startNode('alice')
  const bob = await startNode('bob', { inbound: { receive: async () => ({ close: true }) } })
  await using _ = { [Symbol.asyncDispose]: async () => void (await Promise.all([alice.stop(), bob.stop()])) }
  await alice.network.connect(bob.hostPort())
  const link = await alice.link(bob.did)
  await link.send([bytes('forged')])
  await Promise.all([alice.gone(bob.did), bob.gone(alice.did)])
  t.true(alice.logged.some((line) => line.includes('too many refused envelopes')))
})

test('the rate limit delays and loses nothing', async (t) => {
  const clock = fakeClock()
  const alice = await startNode('alice')
  const bob = await startNode('bob', { clock, envelopesPerSecond: 100 })
  await using _ = { [Symbol.asyncDispose]: async () => void (await Promise.all([alice.stop(), bob.stop()])) }
  await alice.network.connect(bob.hostPort())
  const link = await alice.link(bob.did)
  const sent = numbers(1000)
  await link.send(sent.map(bytes))
  await bob.until(() => (bob.counts.get('rate_limited envelopes') ?? 0) > 0)
  t.true(bob.frames().length <= 456, 'a full bucket and a batch at most')
  const began = clock.now()
  while (bob.frames().length < 1000) await clock.advance(100)
  t.true(clock.now() - began >= 4000, `took ${clock.now() - began} ms`)
  t.deepEqual(bob.frames(), sent)
  await alice.acknowledged(1000)
})

test('a peer that does not read leaves the memory of the sender bounded, and does not stop the session', async (t) => {
  const gate = Promise.withResolvers<void>()
  await using net = await pair(() => ({
    inbound: {
      async receive() {
        await gate.promise
        return { close: false }
      },
    },
  }))
  const { alice, bob, link } = net
  // Sends as an outbox does: the next batch when the last was taken.
  const frame = new Uint8Array(64 << 10)
  let taken = 0
  let done = false
  const sending = (async () => {
    while (taken < 16 * 16) {
      await link.send(Array.from({ length: 16 }, () => frame))
      taken += 16
    }
    done = true
  })()
  // A heartbeat overtakes what is stuck; by the time several have come back, the sender has long come to rest.
  for (let round = 0; round < 20; round++) {
    bob.introduce({ project: `p${round}` })
    bob.network.announce()
    await alice.until(() => alice.network.peer(bob.did)?.project === `p${round}`)
    alice.introduce({ project: `q${round}` })
    alice.network.announce()
    await bob.until(() => bob.network.peer(alice.did)?.project === `q${round}`)
  }
  t.false(done)
  t.true(taken * frame.length <= 8 << 20, `${taken * frame.length} bytes were taken`)
  gate.resolve()
  await sending
  await alice.acknowledged(16 * 16)
})

test('a peer that comes back does not overtake what it sent before', async (t) => {
  const gate = Promise.withResolvers<void>()
  const order: string[] = []
  const alice: TestNode = await startNode('alice', {
    inbound: {
      async receive(_, frames) {
        const [text] = frames.map((frame) => Buffer.from(frame).toString())
        order.push(`begin ${text}`)
        alice.poke()
        if (text === 'one') await gate.promise
        order.push(`end ${text}`)
        alice.poke()
        return { close: false }
      },
    },
  })
  await using _alice = alice
  await using raw = await rawPeer()
  for (const text of ['one', 'two']) {
    const connection = await raw.dial(alice.address())
    await sayHello(connection)
    const direct = await connection.newStream([DIRECT])
    direct.send(wire(text))
    if (text === 'two') break
    await alice.until(() => order.length === 1)
    connection.abort(new Error('cable pulled'))
    await alice.gone(raw.did)
  }
  await alice.connected(raw.did)
  gate.resolve()
  await alice.until(() => order.length === 4)
  t.deepEqual(order, ['begin one', 'end one', 'begin two', 'end two'])
})

test('a stream before hello is held until hello, and then taken in', async (t) => {
  await using alice = await startNode('alice')
  await using raw = await rawPeer()
  const connection = await raw.dial(alice.address())
  const direct = await connection.newStream([DIRECT])
  direct.send(wire('early'))
  await sayHello(connection)
  await alice.until(() => alice.frames().length > 0)
  t.deepEqual(alice.frames(), ['early'])
})

test('a newer stream replaces the older', async (t) => {
  await using alice = await startNode('alice')
  await using raw = await rawPeer()
  await raw.libp2p.handle(DIRECT, () => undefined)
  const connection = await raw.dial(alice.address())
  await sayHello(connection)
  const first = await connection.newStream([DIRECT])
  first.send(wire('one'))
  await alice.until(() => alice.frames().includes('one'))
  const second = await connection.newStream([DIRECT])
  second.send(wire('two'))
  await alice.until(() => alice.frames().includes('two'))
  await closed(first)
  t.is(connection.status, 'open')
})

for (const [what, data] of [
  ['garbage', Buffer.from('GET / HTTP/1.1\r\n\r\n').fill(0xff)],
  ['an oversized frame', Uint8Array.of(0x81, 0x80, 0x40)],
  ['an empty frame', Uint8Array.of(0)],
] as const) {
  test(`${what} on a direct stream closes the connection and is reported`, async (t) => {
    await using alice = await startNode('alice')
    await using raw = await rawPeer()
    const connection = await raw.dial(alice.address())
    await sayHello(connection)
    const direct = await connection.newStream([DIRECT])
    direct.send(data)
    await closed(connection)
    await alice.gone(raw.did)
    t.is(alice.security[0]?.reason, 'direct_malformed')
    t.deepEqual(alice.received, [])
  })
}

test('half a frame at the end of a stream is reported, at the end of a connection not', async (t) => {
  await using alice = await startNode('alice')
  await using raw = await rawPeer()
  const lost = await raw.dial(alice.address())
  await sayHello(lost)
  const cut = await lost.newStream([DIRECT])
  cut.send(Buffer.concat([wire('whole'), Uint8Array.of(9, 65)]))
  await alice.until(() => alice.frames().includes('whole'))
  lost.abort(new Error('cable pulled'))
  await alice.gone(raw.did)
  t.deepEqual(alice.security, [])

  const connection = await raw.dial(alice.address())
  await sayHello(connection)
  const half = await connection.newStream([DIRECT])
  half.send(Uint8Array.of(9, 65))
  await half.close()
  await closed(connection)
  t.is(alice.security[0]?.reason, 'direct_malformed')
})

for (const [what, answer] of [
  ['an ack for what was not sent', { ack: 5 }],
  ['an ack that is no number', { ack: 'all' }],
  ['a negative ack', { ack: -1 }],
] as const) {
  test(`${what} closes the connection and is reported`, async (t) => {
    await using alice = await startNode('alice')
    await using raw = await rawPeer()
    await raw.libp2p.handle(DIRECT, (stream) => void stream.send(wire(answer)))
    const connection = await raw.dial(alice.address())
    await sayHello(connection)
    await closed(connection)
    await alice.until(() => alice.security.length > 0)
    t.is(alice.security[0]?.reason, 'ack_malformed')
    t.false(alice.links.some(({ what }) => what === 'ack'))
  })
}

test('a peer that resets every stream is tried more and more rarely, one link at a time', async (t) => {
  const clock = fakeClock()
  await using alice = await startNode('alice', { clock })
  await using raw = await rawPeer()
  await raw.libp2p.handle(DIRECT, (stream) => stream.abort(new Error('no')))
  const connection = await raw.dial(alice.address())
  const session = await sayHello(connection)
  const tries = () => alice.logged.filter((line) => line.startsWith('a direct stream ended')).length
  await alice.until(() => tries() === 1)
  for (const [index, pause] of [1500, 3000, 6000].entries()) {
    await clock.advance(pause - 1)
    t.is(tries(), index + 1)
    await clock.advance(1)
    await alice.until(() => tries() === index + 2)
  }
  // A link is up only while its stream is open, and never two at a time.
  t.deepEqual(
    alice.links.map(({ what }) => what),
    alice.links.map((_, index) => (index % 2 === 0 ? 'up' : 'down')),
  )
  t.is(session.status, 'open')
})

test('when the connection that carries the link dies, the other one is used', async (t) => {
  await using alice = await startNode('alice')
  await using raw = await rawPeer()
  await raw.libp2p.handle(DIRECT, () => undefined)
  const first = await raw.dial(alice.address())
  await sayHello(first)
  await alice.link(raw.did)
  const second = await raw.libp2p.dial(multiaddr(alice.address()), { force: true })
  await sayHello(second)
  await alice.until(() => alice.counts.get('peers_connected') === 2)
  first.abort(new Error('gone'))
  await alice.until(() => alice.links.filter(({ what }) => what === 'up').length === 2)
  t.deepEqual(
    alice.links.map(({ what }) => what),
    ['up', 'down', 'up'],
  )
  t.is(alice.names().filter((name) => name === 'disconnected').length, 0)
  t.is(alice.names().filter((name) => name === 'connected').length, 1)
})

test('stop is quick, and reported as the end, whatever the peer does', async (t) => {
  const alice = await startNode('alice')
  await using raw = await rawPeer()
  await raw.libp2p.handle(DIRECT, (stream) => stream.pause())
  const connection = await raw.dial(alice.address())
  await sayHello(connection)
  const link = await alice.link(raw.did)
  const stuck = link.send(Array.from({ length: 8 }, () => new Uint8Array(1 << 20)))
  const rejected = t.throwsAsync(() => stuck, { code: 'not_connected' })
  const began = performance.now()
  await alice.stop()
  t.true(performance.now() - began < 2000)
  await rejected
  t.deepEqual(
    alice.links.map(({ what }) => what),
    ['up', 'down'],
  )
  t.deepEqual(alice.names(), ['connected', 'disconnected'])
})

test('a peer cannot open streams without end', async (t) => {
  const limits = { connections: 64, streamsPerConnection: 10, pendingHandshakes: 100 }
  await using alice = await startNode('alice', { limits })
  await using raw = await rawPeer()
  const connection = await raw.dial(alice.address())
  const session = await sayHello(connection)
  await alice.connected(raw.did)
  const opened = await Promise.allSettled(Array.from({ length: 50 }, () => connection.newStream(['/ipfs/ping/1.0.0'])))
  t.true(opened.filter(({ status }) => status === 'rejected').length >= 40)
  session.send(wire({ type: 'heartbeat', presence: 'busy', load: 0 }))
  await alice.until(() => alice.network.peer(raw.did)?.presence === 'busy')
  t.is(connection.status, 'open')
})

test('send on a link that has gone rejects', async (t) => {
  await using net = await pair()
  const { alice, bob, link } = net
  await bob.stop()
  await alice.gone(bob.did)
  await t.throwsAsync(() => link.send([bytes('x')]), { instanceOf: AgoraError, code: 'not_connected' })
})
