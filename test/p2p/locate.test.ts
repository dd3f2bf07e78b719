import { readFileSync } from 'node:fs'
import test from 'ava'
import { createLocator, locateKey } from '../../src/p2p/locate.ts'
import type { Session } from '../../src/p2p/session/index.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { fc } from '../helpers/fast-check.ts'
import { newKey } from '../helpers/remote.ts'
import { recordedTelemetry } from '../helpers/telemetry.ts'
import vectors from '../vectors.json' with { type: 'json' }

interface Message {
  type: string
  wanted?: string[]
  items?: { did: string; addresses: string[] }[]
}

const place = (did: string) => `/dns/${did.slice(-8).toLowerCase()}.example/tcp/7312`

/** The common friend, with sessions that record what they are told. */
function carol(trust: (did: string) => number = () => 2) {
  const clock = fakeClock()
  const recorded = recordedTelemetry()
  const told = new Map<string, Message[]>()
  const connected = new Set<string>()
  const learned: string[] = []
  const self = newKey().did
  const state = { missing: [] as string[], places: (did: string) => [place(did)] }
  const sessions = new Map<string, Session>()
  const session = (did: string): Session => {
    const made = {
      did,
      near: false,
      tell: (message: object) => told.set(did, [...(told.get(did) ?? []), message as Message]),
    } as unknown as Session
    sessions.set(did, sessions.get(did) ?? made)
    return sessions.get(did) ?? made
  }
  const locator = createLocator({
    clock,
    telemetry: recorded.telemetry,
    self,
    missing: () => state.missing,
    mayTellEachOther: (did) => trust(did) >= 2,
    isFriend: (did) => trust(did) >= 1,
    connected: () => [...connected],
    session: (did) => (connected.has(did) ? session(did) : undefined),
    places: (did) => state.places(did),
    onLocated: (did) => learned.push(did),
  })
  return {
    ...recorded,
    clock,
    self,
    state,
    locator,
    told,
    learned,
    connect: (did: string) => void connected.add(did),
    leave(did: string) {
      connected.delete(did)
      locator.gone(did)
    },
    seek: (did: string, others: string[]) =>
      locator.onLocate(
        session(did),
        others.map((other) => locateKey(did, other)),
      ),
    answer: (did: string, about: string[]) =>
      locator.onLocated(
        session(did),
        about.map((one) => ({ did: one, addresses: [place(one)] })),
      ),
    /** Whom `did` was told of, in order. */
    items: (did: string) => (told.get(did) ?? []).flatMap(({ items }) => items ?? []).map((item) => item.did),
    asked: (did: string) => (told.get(did) ?? []).filter(({ type }) => type === 'locate').map(({ wanted }) => wanted),
  }
}

test('what CONCEPT says alice asks for bob by', (t) => {
  const { alice, bob } = vectors.identities
  t.true(readFileSync('CONCEPT.md', 'utf8').includes(`"wanted":["${locateKey(alice.did, bob.did)}"]`))
})

const index = fc.integer({ min: 0, max: 5 })
const step = fc.oneof(
  fc.record({ what: fc.constant('seek' as const), who: index, others: fc.uniqueArray(index) }),
  fc.record({ what: fc.constant('leave' as const), who: index }),
  fc.record({ what: fc.constant('pause' as const) }),
)

test('whoever seeks whom in whatever order, those are told of each other who seek each other, and nobody else', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 6, maxLength: 6 }),
      async (steps, levels) => {
        const peers = Array.from({ length: 6 }, () => newKey().did)
        const at = (one: number) => peers[one] ?? ''
        const node = carol((did) => levels[peers.indexOf(did)] ?? 0)
        const seeks = new Map<number, number[]>()
        const pairs = new Set<string>()
        for (const one of steps) {
          await node.clock.advance(60_000)
          if (one.what === 'pause') continue
          if (one.what === 'leave') {
            node.leave(at(one.who))
            seeks.delete(one.who)
            continue
          }
          node.connect(at(one.who))
          node.seek(at(one.who), one.others.map(at))
          seeks.set(one.who, one.others)
          for (const [other, theirs] of seeks) {
            const mutual = other !== one.who && one.others.includes(other) && theirs.includes(one.who)
            if (!mutual || (levels[other] ?? 0) < 2 || (levels[one.who] ?? 0) < 2) continue
            pairs.add(`${one.who} ${other}`).add(`${other} ${one.who}`)
          }
        }
        const told = peers.flatMap((did, who) => node.items(did).map((other) => `${who} ${peers.indexOf(other)}`))
        t.deepEqual([...new Set(told)].sort(), [...pairs].sort())
      },
    ),
    { numRuns: 200 },
  )
})

test('one is told again when the other has moved, or when it asks again, and not otherwise', async (t) => {
  const node = carol()
  const [alice, bob] = [newKey().did, newKey().did]
  for (const did of [alice, bob]) node.connect(did)
  node.seek(alice, [bob])
  t.deepEqual(node.items(alice), [])
  node.seek(bob, [alice])
  t.deepEqual([node.items(alice), node.items(bob)], [[bob], [alice]])
  node.locator.moved(bob)
  t.deepEqual([node.items(alice), node.items(bob)], [[bob], [alice]])
  node.state.places = (did) => (did === bob ? ['/dns/elsewhere.example/tcp/1'] : [place(did)])
  node.locator.moved(bob)
  t.deepEqual([node.items(alice), node.items(bob)], [[bob, bob], [alice]])
  node.seek(alice, [bob])
  t.deepEqual([node.items(alice), node.items(bob)], [[bob, bob, bob], [alice]])
  node.leave(bob)
  node.seek(alice, [bob])
  t.is(node.items(alice).length, 3)
})

test('who asks or moves without end is heard a few times', (t) => {
  const node = carol()
  const [alice, bob] = [newKey().did, newKey().did]
  for (const did of [alice, bob]) node.connect(did)
  node.seek(alice, [bob])
  for (let n = 0; n < 20; n++) node.seek(bob, [alice])
  t.is(node.items(bob).length, 6)
  t.is(node.counts.filter((count) => count === 'rate_limited locate').length, 14)
  node.state.places = () => [`/ip4/203.0.113.7/tcp/${(moves % 60_000) + 1}`]
  let moves = 0
  for (; moves < 20; moves++) node.locator.moved(alice)
  t.is(node.items(bob).length, 6 + 5)
})

test('addresses of her own machine are told to nobody elsewhere, and at most eight', (t) => {
  const node = carol()
  const [alice, bob] = [newKey().did, newKey().did]
  for (const did of [alice, bob]) node.connect(did)
  const many = Array.from({ length: 20 }, (_, n) => `/ip4/203.0.113.7/tcp/${n + 1}`)
  node.state.places = () => ['/ip4/127.0.0.1/tcp/1', '/ip6/fe80::1/tcp/1', ...many]
  node.seek(alice, [bob])
  node.seek(bob, [alice])
  t.deepEqual(node.told.get(alice)?.[0]?.items, [{ did: bob, addresses: many.slice(0, 8) }])
})

test('whom a node looks for is asked of those alone who are trusted, once until it changes, and every ten seconds at most', async (t) => {
  const [alice, bob, dora, stranger] = [newKey().did, newKey().did, newKey().did, newKey().did]
  const node = carol((did) => (did === stranger ? 1 : 2))
  for (const did of [alice, stranger]) node.connect(did)
  node.locator.refresh()
  t.deepEqual(node.asked(alice), [], 'nobody is missing')
  node.state.missing = [bob, alice]
  node.locator.refresh()
  node.locator.refresh()
  t.deepEqual(node.asked(alice), [[locateKey(node.self, bob)]])
  node.state.missing = [bob, dora]
  node.locator.refresh()
  await node.clock.advance(9_999)
  t.is(node.asked(alice).length, 1)
  node.state.missing = []
  await node.clock.advance(1)
  t.deepEqual(node.asked(alice).slice(1), [[]], 'as it is then')
  t.deepEqual(node.asked(stranger), [])
  node.leave(alice)
  node.connect(alice)
  node.state.missing = [dora]
  node.locator.refresh()
  t.is(node.asked(alice).length, 3)
})

test('who is trusted before it is met is asked once it is there', (t) => {
  const { did: bob } = newKey()
  const node = carol()
  node.state.missing = [newKey().did]
  node.locator.moved(bob)
  t.deepEqual(node.asked(bob), [])
  node.connect(bob)
  node.locator.refresh()
  t.is(node.asked(bob).length, 1)
})

test('what is answered is believed of those alone who are trusted, about those who are looked for', (t) => {
  const [alice, bob, dora, stranger] = [newKey().did, newKey().did, newKey().did, newKey().did]
  const node = carol((did) => (did === stranger ? 1 : 2))
  node.state.missing = [bob]
  node.answer(stranger, [bob])
  node.answer(alice, [dora, bob, `${bob}#agent`])
  t.deepEqual(node.learned, [bob])
  t.is(node.counts.filter((count) => count === 'frames_ignored located').length, 3)
})
