import test from 'ava'
import { everybody, type Known, latencyText, type Sources, ties } from '../../dashboard/src/pages/network/known.ts'
import { arc, placesOf } from '../../dashboard/src/pages/network/layout.ts'
import { newKey } from '../helpers/remote.ts'

const [me, bob, carol, dave, eve] = Array.from({ length: 5 }, () => newKey().did) as [
  string,
  string,
  string,
  string,
  string,
]
const peer = (did: string, name: string, more = {}) => ({ did, name, state: 'live', ...more }) as Sources['peers'][0]
const friend = (did: string, name: string, more = {}) =>
  ({ did, name, trust_level: 2, blocked: false, ...more }) as Sources['friends'][0]
const member = (did: string, name: string, kind = 'node') => ({ did, name, kind }) as Sources['teams'][0]['team'][0]

const list = (sources: Partial<Sources>) =>
  everybody({ me, peers: [], friends: [], requests: [], teams: [], ...sources })
const shown = (known: Known[]) =>
  known.map(({ name, link, given, received }) => `${name} ${link} ${given ?? '-'} ${received ?? '-'}`)

test('everybody is there once, the connected first, then by trust and name; the blocked are not', (t) => {
  const known = list({
    peers: [peer(carol, 'carol'), peer(bob, 'bob', { state: 'stale' })],
    friends: [
      friend(dave, 'dave', { trust_level: 4, their_trust: 1 }),
      friend(bob, 'bob', { trust_level: 3, their_trust: 4 }),
      friend(eve, 'eve', { blocked: true }),
    ],
    teams: [
      { project: { id: 'p', name: 'Parser' }, team: [member(me, 'me'), member(bob, 'bob'), member(eve, 'eve')] },
      {
        project: { id: 'q', name: 'Site' },
        team: [member(bob, 'bob'), member(`${bob}#claude-1`, 'claude-1', 'agent')],
      },
    ],
  })
  t.deepEqual(shown(known), ['bob stale 3 4', 'carol live - -', 'dave away 4 1'])
  t.deepEqual(known[0]?.projects, ['Parser', 'Site'])
})

test('two know each other by a project or by their owner, each pair once', (t) => {
  const known = list({
    friends: [friend(bob, 'bob', { owner: 'o' }), friend(carol, 'carol', { owner: 'o' }), friend(dave, 'dave')],
    teams: [{ project: { id: 'p', name: 'Parser' }, team: [member(bob, 'bob'), member(dave, 'dave')] }],
  })
  const named = (did: string) => known.find((one) => one.did === did)?.name
  t.deepEqual(
    ties(known).map(({ from, to, projects, sameOwner }) => [named(from), named(to), projects, sameOwner]),
    [
      ['bob', 'carol', [], true],
      ['bob', 'dave', ['Parser'], false],
    ],
  )
})

test('each has a place of its own, and keeps it whatever order they come in', (t) => {
  const dids = Array.from({ length: 60 }, () => newKey().did)
  const known = list({ friends: dids.map((did, index) => friend(did, `node ${index}`)) })
  const places = placesOf(known)
  t.is(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size, 60)
  t.false([...places.values()].some(({ x, y }) => Math.abs(x) < 100 && Math.abs(y) < 40))
  const again = placesOf(list({ friends: dids.toReversed().map((did) => friend(did, `node ${dids.indexOf(did)}`)) }))
  t.deepEqual([...again].sort(), [...places].sort())
})

test('what ties two others goes around the middle', (t) => {
  t.is(arc({ x: -100, y: 100 }, { x: 100, y: 100 }), 'M -100 100 Q 0 160 100 100')
  t.is(arc({ x: 100, y: -100 }, { x: 100, y: 100 }), 'M 100 -100 Q 160 0 100 100')
  t.is(arc({ x: -100, y: 0 }, { x: 100, y: 0 }), 'M -100 0 Q 0 60 100 0')
})

test('latency is told in two digits', (t) => {
  t.deepEqual([0.2, 1, 1.64, 9.4, 9.6, 320.4].map(latencyText), [
    '< 1 ms',
    '1 ms',
    '1.6 ms',
    '9.4 ms',
    '10 ms',
    '320 ms',
  ])
})
