import test from 'ava'
import { newPeer } from '../../src/core/peer-book.ts'
import type { Log } from '../../src/core/telemetry.ts'
import { backoff } from '../../src/p2p/backoff.ts'
import { createRedialer } from '../../src/p2p/redial.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { newKey, startNode } from './helpers.ts'

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** A redialer whose dials fail until somebody is `up`; the times of all dials, in s since the beginning. */
function setup() {
  const clock = fakeClock()
  const began = clock.now()
  const dials: number[] = []
  const connected = new Set<string>()
  let up: string | undefined
  let isNowhere = false
  const redialer = createRedialer({
    clock,
    log: silent,
    random: () => 0,
    isConnected: (did) => connected.has(did),
    canDial: () => !isNowhere,
    async dial() {
      dials.push((clock.now() - began) / 1000)
      if (up === undefined) throw new Error('nobody there')
      connected.add(up)
      redialer.connected(up)
      return up
    },
  })
  return {
    clock,
    dials,
    redialer,
    up: (did: string | undefined) => {
      up = did
    },
    nowhere: (is: boolean) => {
      isNowhere = is
    },
    connected,
    lose(did: string) {
      connected.delete(did)
      redialer.lost(did)
    },
  }
}

test('the backoff goes from a second to a minute', (t) => {
  t.is(
    backoff(0, () => 0),
    1000,
  )
  t.is(
    backoff(0, () => 1),
    2000,
  )
  t.is(
    backoff(3, () => 0.5),
    12_000,
  )
  t.is(
    backoff(2000, () => 1),
    60_000,
  )
})

test('an address is dialled until somebody answers, and that peer after every loss', async (t) => {
  const { clock, dials, redialer, up, lose } = setup()
  redialer.want('host:1')
  await clock.advance(200_000)
  t.deepEqual(dials, [0, 1, 3, 7, 15, 31, 61, 91, 121, 151, 181])
  up('bob')
  await clock.advance(30_000)
  t.is(dials.at(-1), 211)
  await clock.advance(600_000)
  t.is(dials.at(-1), 211)
  lose('bob')
  await clock.advance(1000)
  t.is(dials.at(-1), 831)
  lose('bob')
  await clock.advance(1999)
  t.is(dials.at(-1), 831, 'lost as quickly as it came: later')
  await clock.advance(1)
  t.is(dials.at(-1), 833)
})

test('whoever came by itself is not dialled, whoever is forgotten neither', async (t) => {
  const { clock, dials, redialer, connected, lose } = setup()
  redialer.wantPeer('bob', ['host:1'])
  connected.add('bob')
  redialer.dialNow('bob')
  await clock.advance(100_000)
  t.deepEqual(dials, [])
  lose('bob')
  connected.add('bob')
  await clock.advance(100_000)
  t.deepEqual(dials, [])
  lose('bob')
  redialer.forget('bob')
  await clock.advance(100_000)
  t.deepEqual(dials, [])
})

test('two addresses of one peer become one', async (t) => {
  const { clock, dials, redialer, up, lose } = setup()
  up('bob')
  redialer.want('host:1')
  redialer.want('host:2')
  await clock.advance(0)
  t.is(dials.length, 2)
  lose('bob')
  await clock.advance(10_000)
  t.is(dials.length, 3)
})

test('whom there is nowhere to dial is looked at again every half minute, and dialled at once when there is', async (t) => {
  const { clock, dials, redialer, nowhere } = setup()
  nowhere(true)
  redialer.wantPeer('bob', [])
  redialer.dialNow('bob')
  await clock.advance(100_000)
  t.deepEqual(dials, [])
  nowhere(false)
  redialer.dialNow('bob')
  await clock.advance(1000)
  t.deepEqual(dials, [100, 101])
  nowhere(true)
  await clock.advance(5000)
  nowhere(false)
  await clock.advance(28_000)
  t.deepEqual(dials.slice(2), [133])
})

test('what is learned while a peer is dialled is tried next, without a pause', async (t) => {
  const { clock, dials, redialer } = setup()
  redialer.wantPeer('bob', ['host:1'])
  redialer.dialNow('bob')
  redialer.dialNow('bob')
  await clock.advance(0)
  t.deepEqual(dials, [0, 0])
})

test('who is released is forgotten, but where the operator said that it is', async (t) => {
  const { clock, dials, redialer } = setup()
  redialer.wantPeer('bob', ['host:1'])
  redialer.wantPeer('carol', [])
  redialer.release('bob')
  redialer.release('carol')
  redialer.release('nobody')
  for (const did of ['bob', 'carol']) redialer.dialNow(did)
  await clock.advance(0)
  t.deepEqual(dials, [0])
})

test('nothing is dialled after stop', async (t) => {
  const { clock, dials, redialer } = setup()
  redialer.want('host:1')
  await clock.advance(0)
  redialer.stop()
  await clock.advance(100_000)
  t.deepEqual(dials, [0])
})

test('a peer that was connected to is found again after it was away', async (t) => {
  const clock = fakeClock()
  await using alice = await startNode('alice', { clock })
  const key = newKey()
  const first = await startNode('bob', { key })
  const listen = [`/ip4/127.0.0.1/tcp/${first.hostPort().split(':')[1]}`]
  await alice.network.connect(first.hostPort())
  await first.stop()
  await alice.gone(first.did)
  await clock.advance(1500)
  await alice.until(() => alice.logged.some((line) => line.includes('could not connect')))
  await using _second = await startNode('bob', { key, listen })
  await clock.advance(30_000)
  await alice.connected(key.did)
  t.deepEqual(alice.names(), ['connected', 'disconnected', 'connected'])
})

test('keepConnected goes on until the peer is there; disconnect ends it', async (t) => {
  const clock = fakeClock()
  await using alice = await startNode('alice', { clock })
  const key = newKey()
  const probe = await startNode('bob', { key })
  const port = probe.hostPort().split(':')[1]
  await probe.stop()
  t.throws(() => alice.network.keepConnected('no address'), { code: 'invalid_address' })
  alice.network.keepConnected(`127.0.0.1:${port}`)
  alice.network.keepConnected(`${key.did}@127.0.0.1:${port}`)
  await alice.until(() => alice.logged.some((line) => line.includes('could not connect')))
  await using bob = await startNode('bob', { key, listen: [`/ip4/127.0.0.1/tcp/${port}`] })
  await clock.advance(2000)
  await alice.connected(bob.did)
  t.true(await alice.network.disconnect(bob.did))
  await Promise.all([alice.gone(bob.did), bob.gone(alice.did)])
  await clock.advance(300_000)
  t.is(alice.network.peer(bob.did), undefined)
  t.false(await alice.network.disconnect(bob.did))
})

test('with autoConnect known peers of some trust are dialled at the start, strangers not', async (t) => {
  await using bob = await startNode('bob')
  await using carol = await startNode('carol')
  const known = (node: typeof bob, trust: 0 | 1) => ({
    ...newPeer(node.did, 'x'),
    trust,
    addresses: ['/ip4/127.0.0.1/tcp/1', node.address()].map((address) => ({ address, source: 'dialled' as const })),
  })
  await using alice = await startNode('alice', { autoConnect: true, known: [known(bob, 1), known(carol, 0)] })
  await alice.connected(bob.did)
  t.deepEqual(
    alice.network.peers().map(({ did }) => did),
    [bob.did],
  )
})
