import test from 'ava'
import type { LogMessage } from '../../../src/contract/log-message.ts'
import { makeEntry } from '../../../src/log/entry.ts'
import { newKey } from '../../helpers/remote.ts'
import { connect, joined, type Node, settle, syncNode } from './helpers.ts'

/** A peer that sends what it likes and notes what it is sent. */
function mallory(node: Node, key = newKey()) {
  const told: LogMessage[] = []
  let kept = 0
  const link = {
    async send(messages: LogMessage[]) {
      told.push(...messages)
      kept += messages.length
      node.sync.linkAcknowledged(key.did, link, kept)
    },
  }
  node.sync.linkUp(key.did, link)
  return {
    key,
    did: key.did,
    told,
    entries: () => told.flatMap((message) => (message.type === 'log.entries' ? message.entries : [])),
    say: (...messages: LogMessage[]) => node.sync.receive(key.did, messages),
  }
}

const entry = (key: ReturnType<typeof newKey>, space: string, more = {}) =>
  makeEntry(key, {
    space,
    author: key.did,
    seq: 0,
    prev: undefined,
    heads: [],
    lamport: 2,
    at: Date.UTC(2026, 10, 1),
    type: 'toy.push',
    facts: { list: 'l', item: 'x' },
    ...more,
  })

/** An id of nothing. */
const UNKNOWN = 'A'.repeat(44)

test('whoever is not a member is told nothing, not even that there is such a space', async (t) => {
  const alice = syncNode('alice')
  const space = await alice.create()
  const other = mallory(alice)
  await other.say(
    { type: 'log.have', spaces: [{ space, branches: [] }], ask: true, again: true },
    { type: 'log.want', space, ids: alice.spaces.replica(space).tips() },
    { type: 'log.entries', space, entries: [entry(other.key, space).signed] },
  )
  await alice.push(space, 'secret')
  await settle(alice)
  t.deepEqual(other.told, [])
  t.is(alice.count(space), 3)
  t.is(alice.counts.filter((count) => count === 'frames_ignored space').length, 3)
  t.deepEqual(alice.security, [])
  // The same as of a space that there is not.
  await other.say({ type: 'log.have', spaces: [{ space: UNKNOWN, branches: [] }], ask: true })
  await settle(alice)
  t.deepEqual(other.told, [])
})

test('whoever is named as a member of a space that is joined again is listened to, and told nothing of what is here', async (t) => {
  const { space, nodes } = await joined('bob', 'carol')
  const [alice, bob, carol] = nodes as [Node, Node, Node]
  connect(alice, bob)
  await alice.push(space, 'secret')
  await alice.write(space, 'toy.hold', { who: bob.did })
  await settle(alice, bob)
  t.is(bob.spaces.info(space)?.status, 'removed')
  const first = bob.spaces.replica(space).signed(space)
  const other = mallory(bob)
  await bob.begin(space, [first], [other.did])
  t.is(bob.spaces.info(space)?.status, 'joining')
  await other.say(
    { type: 'log.have', spaces: [{ space, branches: [] }], ask: true, again: true },
    { type: 'log.want', space, ids: bob.spaces.replica(space).tips() },
  )
  await settle(bob)
  t.deepEqual(other.entries(), [])
  const told = other.told.flatMap((message) => (message.type === 'log.have' ? message.spaces : []))
  t.true(told.length > 0)
  t.true(told.every(({ branches }) => branches.length === 0))
  // Who was named first still is.
  await bob.begin(space, [first], [carol.did])
  t.deepEqual(bob.spaces.info(space)?.via, [other.did, carol.did])
})

test('whoever is listened to only since its entries came is believed them once it is their turn, and nobody else is', async (t) => {
  const alice = syncNode('alice')
  const space = await alice.create()
  await alice.push(space, 'x')
  const { entries } = alice.spaces.replica(space).lacking([], { bytes: 1 << 20 })
  const bob = syncNode('bob')
  const [named, other] = [mallory(bob), mallory(bob)]
  const keeps = [named, other].map(({ did }) => bob.sync.begin?.(did, [{ type: 'log.entries', space, entries }]))
  await bob.begin(space, entries.slice(0, 1), [named.did])
  await keeps[1]?.()
  t.is(bob.count(space), 1)
  await keeps[0]?.()
  t.is(bob.count(space), entries.length)
})

test('who comes back by somebody it does not know as a member is sent what it lacks', async (t) => {
  const { space, nodes } = await joined('bob')
  const [alice, bob] = nodes as [Node, Node]
  const wire = connect(alice, bob)
  await alice.push(space, 'before')
  await alice.write(space, 'toy.hold', { who: bob.did })
  await settle(alice, bob)
  wire.cut()
  const carol = syncNode('carol')
  await alice.admit(space, carol)
  connect(alice, carol)
  await alice.push(space, 'meanwhile')
  await alice.write(space, 'toy.lift', { who: bob.did })
  await settle(alice, carol)
  await bob.begin(space, [carol.spaces.replica(space).signed(space)], [carol.did])
  connect(carol, bob)
  await settle(alice, carol, bob)
  t.deepEqual(bob.items(space), ['before', 'meanwhile'])
  t.is(bob.spaces.info(space)?.status, 'member')
  t.is(bob.hash(space), alice.hash(space))
  await bob.push(space, 'back')
  await settle(alice, carol, bob)
  t.is(alice.hash(space), bob.hash(space))
})

test('what does not verify is refused and told; three in a minute cost the connection', async (t) => {
  const { space, nodes } = await joined('bob')
  const [alice, bob] = nodes as [Node, Node]
  const { key } = bob
  const evil = mallory(alice, key)
  const carol = newKey()
  const good = bob.spaces
    .replica(space)
    .branches()
    .find(({ node }) => node === bob.did)
  t.is(good, undefined, 'bob has written nothing yet')
  const heads = alice.spaces.replica(space).tips()
  const lamport = 1 + (alice.spaces.replica(space).get(heads[0] ?? '')?.lamport ?? 0)
  const right = entry(key, space, { heads, lamport })
  const forged = { ...right.signed, header: right.signed.header.replace(bob.did, carol.did) }
  const changed = { ...right.signed, facts: right.signed.facts.replace('"x"', '"y"') }
  const elsewhere = entry(key, (await joined()).space, { heads, lamport }).signed
  t.deepEqual(await evil.say({ type: 'log.entries', space, entries: [forged] }), { close: false, cost: 1 })
  t.deepEqual(await evil.say({ type: 'log.entries', space, entries: [changed] }), { close: false, cost: 1 })
  t.deepEqual(await evil.say({ type: 'log.entries', space, entries: [elsewhere] }), { close: true, cost: 1 })
  t.deepEqual(alice.security, [
    `entry_bad_signature ${bob.did}`,
    `entry_wrong_hash ${bob.did}`,
    `entry_wrong_space ${bob.did}`,
  ])
  t.is(alice.count(space), 3)
  await alice.clock.advance(60_000)
  const lies = entry(key, space, { heads, lamport: lamport + 5 })
  t.false((await evil.say({ type: 'log.entries', space, entries: [lies.signed] })).close)
  t.is(alice.security.at(-1), `entry_wrong_lamport ${bob.did}`)
  await evil.say({ type: 'log.entries', space, entries: [right.signed] })
  t.is(alice.count(space), 4)
  t.deepEqual(alice.items(space), ['x'])
})

test('entries whose parents never come wait, are asked for once, and cost no more than their number', async (t) => {
  const { space, nodes } = await joined('bob')
  const [alice, bob] = nodes as [Node, Node]
  const evil = mallory(alice, bob.key)
  const hash = alice.hash(space)
  const orphans = Array.from({ length: 500 }, (_, index) =>
    entry(bob.key, space, {
      seq: 1,
      prev: UNKNOWN,
      lamport: 9,
      facts: { list: 'l', item: `${index}` },
    }),
  )
  for (let round = 0; round < 3; round++) {
    const said = await evil.say({ type: 'log.entries', space, entries: orphans.map(({ signed }) => signed) })
    t.deepEqual(said, { close: false, cost: 500 })
  }
  await settle(alice)
  t.deepEqual(
    evil.told.filter(({ type }) => type === 'log.want'),
    [{ type: 'log.want', space, ids: [UNKNOWN] }],
  )
  t.is(alice.hash(space), hash)
})

test('a flood is paid for: by what it holds, and by what must be folded again for it', async (t) => {
  const { space, nodes } = await joined('bob')
  const [alice, bob] = nodes as [Node, Node]
  await bob.push(space, 'early')
  for (let index = 0; index < 200; index++) await alice.push(space, `a${index}`)
  const early = bob.spaces.replica(space).lacking(alice.spaces.replica(space).branches(), { bytes: 1 << 20 }).entries
  const evil = mallory(alice, bob.key)
  const { cost = 0 } = await evil.say({ type: 'log.entries', space, entries: early })
  t.true(cost >= 200, `${cost}`)
  t.is((await evil.say({ type: 'log.entries', space, entries: early })).cost, 1)
  t.true(alice.items(space).indexOf('early') <= 1)
})

test('forks without end cost more the more there are', async (t) => {
  const { space, nodes } = await joined('bob')
  const [alice, bob] = nodes as [Node, Node]
  await bob.push(space, 'one')
  const one = bob.spaces.replica(space).signed(bob.spaces.replica(space).tips()[0] ?? '')
  const [prev = '', lamport = 0] = bob.spaces
    .replica(space)
    .query({ limit: 1 })
    .flatMap(({ id, lamport }) => [id, lamport])
  const evil = mallory(alice, bob.key)
  await evil.say({ type: 'log.entries', space, entries: [one] })
  const entries = Array.from({ length: 300 }, (_, n) => {
    const facts = { list: 'l', item: `fork ${n}` }
    return entry(bob.key, space, { seq: 1, prev, lamport: Number(lamport) + 1, facts }).signed
  })
  const say = async (some: unknown[]) => (await evil.say({ type: 'log.entries', space, entries: some })).cost
  t.is(await say(entries.slice(0, 2)), 102, 'what follows, and one fork')
  await say(entries.slice(2, 299))
  t.true(((await say(entries.slice(299))) ?? 0) > 290)
})

test('whoever has many others begin to write pays for each as much as there are', async (t) => {
  const { space, nodes } = await joined('bob')
  const [alice, bob] = nodes as [Node, Node]
  const evil = mallory(alice, bob.key)
  // They write nothing that counts: it is enough that they were named.
  const others = Array.from({ length: 200 }, () => newKey())
  for (const { did } of others) await alice.write(space, 'toy.admit', { who: did })
  const [head] = alice.spaces.replica(space).query({ limit: 1 })
  const entries = others.map((key) =>
    entry(key, space, {
      heads: [head?.id ?? ''],
      lamport: (head?.lamport ?? 0) + 1,
      facts: { list: 'l', item: key.did },
    }),
  )
  const say = async (some: typeof entries) =>
    (await evil.say({ type: 'log.entries', space, entries: some.map(({ signed }) => signed) })).cost ?? 0
  t.true((await say(entries.slice(0, 10))) < 100)
  await say(entries.slice(10, 199))
  t.true((await say(entries.slice(199))) >= 200)
})

test('a peer that does not read costs a few messages, and has everything once it does', async (t) => {
  const { space, nodes } = await joined('bob')
  const [alice, bob] = nodes as [Node, Node]
  const { promise, resolve } = Promise.withResolvers<void>()
  const wire = connect(alice, bob, { gate: () => promise })
  for (let index = 0; index < 40; index++)
    await alice.write(space, 'toy.push', { list: 'l', item: `${index}` }, { text: 'x'.repeat(50_000) })
  for (let turn = 0; turn < 50; turn++) await new Promise((done) => setImmediate(done))
  const bytes = wire.sent.reduce((sum, { message }) => sum + JSON.stringify(message).length, 0)
  t.true(wire.sent.filter(({ from }) => from === 'alice').length <= 9)
  t.true(bytes < 2_400_000, `${bytes}`)
  resolve()
  await settle(alice, bob)
  t.is(bob.hash(space), alice.hash(space))
  t.is(bob.items(space).length, 40)
})

test('who was removed is sent the log up to that, and nothing after it', async (t) => {
  const { space, nodes } = await joined('bob', 'carol')
  const [alice, bob, carol] = nodes as [Node, Node, Node]
  const wire = connect(alice, bob)
  connect(alice, carol)
  await alice.push(space, 'before')
  await settle(...nodes)
  wire.cut()
  await alice.push(space, 'while away')
  const removal = await alice.write(space, 'toy.hold', { who: bob.did })
  await alice.push(space, 'after')
  await carol.push(space, 'after too')
  const again = connect(alice, bob)
  await settle(...nodes)
  t.deepEqual(bob.items(space), ['before', 'while away'])
  t.truthy(bob.spaces.replica(space).get(removal.id))
  t.is(bob.spaces.info(space)?.status, 'removed')
  await alice.push(space, 'later')
  const asking = bob.sync.synchronise(space, 1000)
  await settle(...nodes)
  await bob.clock.advance(1000)
  t.false(await asking, 'nobody answers')
  t.is(bob.items(space).length, 2)
  t.is(again.sent.filter(({ from, message }) => from === 'alice' && message.type === 'log.have').length, 0)

  // And while it is connected: the removal is the last that it is sent.
  const third = connect(bob, carol)
  await settle(...nodes)
  await alice.write(space, 'toy.hold', { who: carol.did })
  await alice.push(space, 'alone')
  await settle(...nodes)
  t.false(carol.items(space).includes('alone'))
  t.is(carol.spaces.info(space)?.status, 'removed')
  third.cut()

  await alice.write(space, 'toy.lift', { who: carol.did })
  await settle(...nodes)
  t.is(carol.spaces.info(space)?.status, 'member')
  t.is(carol.hash(space), alice.hash(space))
})

test('who may read without being a member is given the log, and told when that turns out later', async (t) => {
  const owner = new Set<string>()
  const alice = syncNode('alice', { mayRead: (_, did) => owner.has(did) })
  const space = await alice.create()
  await alice.push(space, 'a')
  const laptop = syncNode('laptop')
  await laptop.begin(space, [], [alice.did])
  connect(alice, laptop)
  await settle(alice, laptop)
  t.is(laptop.count(space), 0)
  owner.add(laptop.did)
  alice.sync.reconsider(laptop.did)
  await settle(alice, laptop)
  t.is(laptop.hash(space), alice.hash(space))
})
