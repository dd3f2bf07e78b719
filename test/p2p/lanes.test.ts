import test from 'ava'
import type { Inbound, Lane, Link } from '../../src/core/network.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { bytes, closed, rawPeer, sayHello, startNode, wire } from './helpers.ts'

/** A lane of its own protocol that records what comes and what links there are. */
function testLane(name: string, more: Partial<Lane> = {}) {
  const received: string[] = []
  const links: { what: 'up' | 'down'; link: Link }[] = []
  let acknowledged = 0
  const inbound: Inbound = {
    async receive(_, frames) {
      received.push(...frames.map((frame) => Buffer.from(frame).toString()))
      return { close: false }
    },
  }
  const lane: Lane = {
    protocol: `/agora/${name}/1.0.0`,
    name,
    counts: 'things',
    perSecond: 1e6,
    inbound,
    links: {
      linkUp: (_, link) => links.push({ what: 'up', link }),
      linkAcknowledged: (_, __, frames) => {
        acknowledged = frames
      },
      linkDown: (_, link) => links.push({ what: 'down', link }),
    },
    ...more,
  }
  return {
    lane,
    received,
    links,
    get acknowledged() {
      return acknowledged
    },
    link: () => links.findLast(({ what }) => what === 'up')?.link,
  }
}

/** Waits for what no event tells of, a turn of the event loop at a time. */
async function eventually(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setImmediate(resolve))
}

test('lanes run side by side: each with its frames, its acknowledgements and its own backpressure', async (t) => {
  const gate = Promise.withResolvers<void>()
  const [mine, mineToo] = [testLane('one'), testLane('two')]
  const stuck = testLane('one', {
    inbound: {
      async receive() {
        await gate.promise
        return { close: false }
      },
    },
  })
  const other = testLane('two')
  await using alice = await startNode('alice', { lanes: [mine.lane, mineToo.lane] })
  await using bob = await startNode('bob', { lanes: [stuck.lane, other.lane] })
  await alice.network.connect(bob.hostPort())
  await eventually(() => mine.link() !== undefined && mineToo.link() !== undefined)
  const direct = await alice.link(bob.did)
  await mine.link()?.send([bytes('held')])
  await mineToo.link()?.send([bytes('a'), bytes('b')])
  await direct.send([bytes('mail')])
  await eventually(() => mineToo.acknowledged === 2)
  await alice.acknowledged(1)
  t.deepEqual(other.received, ['a', 'b'])
  t.deepEqual(bob.frames(), ['mail'])
  t.is(mine.acknowledged, 0)
  gate.resolve()
  await eventually(() => mine.acknowledged === 1)
})

test('a peer that does not speak a protocol is let be, and asked again after a long while', async (t) => {
  const clock = fakeClock()
  const extra = testLane('one')
  await using alice = await startNode('alice', { clock, lanes: [extra.lane] })
  await using bob = await startNode('bob')
  await alice.network.connect(bob.hostPort())
  const tries = () => alice.logged.filter((line) => line.startsWith('a one stream ended')).length
  await alice.until(() => tries() === 1)
  await alice.link(bob.did)
  await bob.link(alice.did)
  await clock.advance(60_000)
  t.is(tries(), 1)
  t.is(alice.network.peer(bob.did)?.did, bob.did)
  await clock.advance(540_000)
  // Its heartbeats go by another clock.
  if (alice.network.peer(bob.did)) await alice.until(() => tries() === 2)
  t.deepEqual(extra.links, [])
  t.deepEqual(alice.security, [])
})

test('what a batch costs is paid before the next is read', async (t) => {
  const clock = fakeClock()
  const mine = testLane('one')
  let batches = 0
  const costly = testLane('one', {
    perSecond: 100,
    inbound: {
      async receive() {
        batches++
        return { close: false, cost: 1000 }
      },
    },
  })
  await using alice = await startNode('alice', { lanes: [mine.lane] })
  await using bob = await startNode('bob', { clock, lanes: [costly.lane] })
  await alice.network.connect(bob.hostPort())
  await eventually(() => mine.link() !== undefined)
  await mine.link()?.send([bytes('one')])
  await eventually(() => mine.acknowledged === 1)
  await mine.link()?.send([bytes('two')])
  await bob.until(() => (bob.counts.get('rate_limited things') ?? 0) > 0)
  const began = clock.now()
  while (batches < 2) await clock.advance(100)
  t.true(clock.now() - began >= 5_000, `${clock.now() - began} ms`)
  await eventually(() => mine.acknowledged === 2)
})

test('what a batch cost is owed also by who hangs up and comes back', async (t) => {
  const clock = fakeClock()
  const mine = testLane('one')
  let batches = 0
  const costly = testLane('one', {
    perSecond: 100,
    inbound: {
      async receive() {
        batches++
        return { close: false, cost: 1000 }
      },
    },
  })
  await using alice = await startNode('alice', { lanes: [mine.lane] })
  await using bob = await startNode('bob', { clock, lanes: [costly.lane] })
  await alice.network.connect(bob.hostPort())
  await eventually(() => mine.link() !== undefined)
  await mine.link()?.send([bytes('one')])
  await eventually(() => mine.acknowledged === 1)
  const before = mine.links.length
  await alice.network.disconnect(bob.did)
  await eventually(() => mine.links.length > before && bob.network.peer(alice.did) === undefined)
  const late = bob.counts.get('rate_limited things') ?? 0
  await alice.network.connect(bob.hostPort())
  await eventually(() => mine.links.at(-1)?.what === 'up')
  await mine.link()?.send([bytes('two')])
  await eventually(() => batches === 2 || (bob.counts.get('rate_limited things') ?? 0) > late)
  t.is(batches, 1)
  while (batches < 2) await clock.advance(100)
})

/** A lane that begins with frames ahead, and keeps each when it is told how that ends. */
function aheadLane() {
  const begun: string[] = []
  const kept: string[] = []
  const ends: PromiseWithResolvers<void>[] = []
  const begin = (_: string, frames: Uint8Array[]) => {
    const texts = frames.map((frame) => Buffer.from(frame).toString())
    begun.push(...texts)
    return async () => {
      const end = Promise.withResolvers<void>()
      ends.push(end)
      await end.promise
      kept.push(...texts)
      return { close: false }
    }
  }
  const { lane } = testLane('one', { inbound: { begin, receive: (did, frames) => begin(did, frames)() } })
  return { lane, begun, kept, ends }
}

test('while a batch is kept the next is begun with, and no further one', async (t) => {
  const mine = testLane('one')
  const ahead = aheadLane()
  await using alice = await startNode('alice', { lanes: [mine.lane] })
  await using bob = await startNode('bob', { lanes: [ahead.lane] })
  await alice.network.connect(bob.hostPort())
  await eventually(() => mine.link() !== undefined)
  for (const [index, text] of ['a', 'b'].entries()) {
    await mine.link()?.send([bytes(text)])
    await eventually(() => ahead.begun.length > index)
  }
  await mine.link()?.send([bytes('c')])
  t.is(ahead.ends.length, 1)
  for (const [index, text] of ['a', 'b', 'c'].entries()) {
    await eventually(() => ahead.ends.length > index)
    t.false(ahead.begun.length > index + 2)
    t.deepEqual(ahead.kept, ['a', 'b', 'c'].slice(0, index))
    ahead.ends[index]?.resolve()
    await eventually(() => mine.acknowledged === index + 1)
    t.is(ahead.kept.at(-1), text)
  }
})

test('what was begun is not kept when what came before it could not be', async (t) => {
  const mine = testLane('one')
  const ahead = aheadLane()
  await using alice = await startNode('alice', { lanes: [mine.lane] })
  await using bob = await startNode('bob', { lanes: [ahead.lane] })
  await alice.network.connect(bob.hostPort())
  await eventually(() => mine.link() !== undefined)
  for (const [index, text] of ['a', 'b'].entries()) {
    await mine.link()?.send([bytes(text)])
    await eventually(() => ahead.begun.length > index)
  }
  ahead.ends[0]?.reject(new Error('the disk is full'))
  await eventually(() => mine.links.some(({ what }) => what === 'down'))
  t.deepEqual(ahead.kept, [])
  t.is(ahead.ends.length, 1)
  t.is(mine.acknowledged, 0)
  t.is(bob.logged.filter((line) => line.includes('could not be kept')).length, 1)
})

test('nonsense on any lane closes the connection under its name', async (t) => {
  const lane = testLane('one')
  await using alice = await startNode('alice', { lanes: [lane.lane] })
  await using raw = await rawPeer()
  const connection = await raw.dial(alice.address())
  await sayHello(connection)
  const stream = await connection.newStream(['/agora/one/1.0.0'])
  stream.send(wire('fine'))
  stream.send(Uint8Array.of(0))
  await closed(connection)
  await alice.until(() => alice.security.length > 0)
  t.is(alice.security[0]?.reason, 'one_malformed')
})
