import test from 'ava'
import { agentDid, didTail } from '../../src/base/did.ts'
import { AgoraError } from '../../src/base/errors.ts'
import { createDirectory } from '../../src/core/directory.ts'
import { type KnownPeer, newPeer } from '../../src/core/peer-book.ts'
import { fc } from '../helpers/fast-check.ts'
import { connectedPeer, newKey } from '../helpers/remote.ts'

const self = { did: newKey().did, name: 'alice' }
const [bob, mallory, carol] = [newKey(), newKey(), newKey()]

interface World {
  agents?: string[]
  known?: (Partial<KnownPeer> & { did: string; name: string })[]
  connected?: [ReturnType<typeof newKey>, string][]
}

function directory({ agents = [], known = [], connected = [] }: World) {
  let revision = 0
  const peers: KnownPeer[] = known.map((peer) => ({
    ...newPeer(peer.did),
    ...(peer.trust ? { friend_since: 1, named_at: 1 } : {}),
    ...peer,
  }))
  const names = createDirectory({
    self,
    book: {
      get: (did) => peers.find((peer) => peer.did === did),
      current: () => undefined,
      owned: () => [],
      onChange: () => undefined,
      trust: (did) => peers.find((peer) => peer.did === did)?.trust ?? 0,
      list: (trust = 0) => peers.filter((peer) => peer.trust >= trust),
      met: () => Promise.resolve(),
      friends: () => peers.filter((peer) => peer.friend_since !== undefined),
      isBlocked: () => false,
      listBlocked: () => [],
      learn: () => Promise.resolve(),
      unlearn: () => Promise.resolve(),
      change: () => undefined,
      setTrust: () => undefined,
      revision: () => revision,
    },
    network: { peers: () => connected.map(([key, name]) => connectedPeer(key, name)) },
    hasAgent: (name) => agents.includes(name),
    agentNames: () => agents,
  })
  return {
    ...names,
    to: (address: string) => names.resolve(address, 'to'),
    fails(run: () => unknown): AgoraError {
      try {
        run()
      } catch (error) {
        if (error instanceof AgoraError) return error
        throw error
      }
      throw new Error('it did not fail')
    },
    agents,
    peers,
    connected,
    change: () => revision++,
  }
}

test('own agents come first, then this node, aliases, friends, and last whoever is connected', (t) => {
  const world: Required<World> = {
    agents: ['bob'],
    known: [
      { did: carol.did, name: 'carol', alias: 'bob' },
      { did: bob.did, name: 'bob', trust: 1 },
    ],
    connected: [[mallory, 'bob']],
  }
  t.is(directory(world).to('bob'), agentDid(self.did, 'bob'))
  world.agents = []
  t.is(directory(world).to('bob'), carol.did)
  world.known.shift()
  t.is(directory(world).to('bob'), bob.did)
  world.known.shift()
  t.is(directory(world).to('bob'), mallory.did)
  t.is(directory({ connected: [[mallory, 'alice']] }).to('alice'), self.did)
})

test('a peer that is known, not trusted and not connected has no name to be reached by', (t) => {
  const { to, fails } = directory({ known: [{ did: bob.did, name: 'bob' }] })
  t.is(fails(() => to('bob')).code, 'unknown_name')
  t.is(to(bob.did), bob.did)
})

test('a name matches whole', (t) => {
  const { to, fails } = directory({ agents: ['claude-2'], connected: [[bob, 'bobby']] })
  for (const part of ['claude', 'claude-', 'laude-2', 'CLAUDE-2', 'Claude-2', 'bob', 'bobb', 'BOBBY', 'bobby2']) {
    t.is(fails(() => to(part)).code, 'unknown_name', part)
  }
  t.is(to('claude-2'), agentDid(self.did, 'claude-2'))
  t.is(to('bobby'), bob.did)
})

test('an unknown name comes with those that are near', (t) => {
  const { to, fails } = directory({ agents: ['claude-1', 'claude-2', 'codex'], connected: [[bob, 'bob']] })
  const error = fails(() => to('claude'))
  t.deepEqual([error.code, error.field, error.candidates], ['unknown_name', 'to', ['claude-1', 'claude-2']])
  t.regex(error.message, /^to: .*"claude"/)
})

test('a name of two peers is refused with both, and a friend is not to be imitated', (t) => {
  const strangers = directory({
    connected: [
      [bob, 'bob'],
      [mallory, 'bob'],
    ],
  })
  const error = strangers.fails(() => strangers.to('bob'))
  t.deepEqual([error.code, error.field, error.candidates], ['ambiguous_name', 'to', [bob.did, mallory.did]])
  const friend = directory({
    known: [{ did: bob.did, name: 'bob', trust: 2 }],
    connected: [
      [mallory, 'bob'],
      [bob, 'bob'],
    ],
  })
  t.is(friend.to('bob'), bob.did)
})

test('one peer known in several ways is one', (t) => {
  const { to } = directory({
    known: [{ did: bob.did, name: 'bob', trust: 1 }],
    connected: [
      [bob, 'bob'],
      [bob, 'bob'],
    ],
  })
  t.is(to('bob'), bob.did)
})

test('an agent at a node, by any of the node’s names', (t) => {
  const { to, fails } = directory({ agents: ['claude-1'], connected: [[bob, 'bob']] })
  const there = agentDid(bob.did, 'claude-1')
  t.is(to('claude-1@bob'), there)
  t.is(to(`claude-1@${bob.did}`), there)
  t.is(to(there), there)
  t.is(to('claude-1@alice'), agentDid(self.did, 'claude-1'))
  t.is(to(`claude-1@${self.did}`), agentDid(self.did, 'claude-1'))
  for (const address of ['claude-2@alice', agentDid(self.did, 'claude-2')])
    t.is(fails(() => to(address)).code, 'unknown_name')
  t.is(fails(() => to('claude-1@carol')).code, 'unknown_name')
})

test('what is no address is told as such, naming the field', (t) => {
  const { to, fails } = directory({ agents: ['a'], connected: [[bob, 'bob']] })
  const wrong = {
    invalid_name: ['@bob', 'a@', '@', 'a@@bob', 'a@b@bob', 'a#b', 'a/b', 'a b\u200b', 'x\ny', ' bob', 'bob '],
    invalid_input: ['did:agora:', 'did:key:z6Mk', `a@did:agora:x`, `${bob.did}#`, `${bob.did}#a%20`, `did:web:bob`],
  }
  for (const [code, addresses] of Object.entries(wrong)) {
    for (const address of addresses) {
      const error = fails(() => to(address))
      t.deepEqual([error.code, error.field], [code, 'to'] as never, address)
    }
  }
})

test('a name in another normal form is the same name', (t) => {
  t.is(directory({ connected: [[bob, 'b\u00f6b']] }).to('bo\u0308b'), bob.did)
})

test('a DID is called as one would type it', (t) => {
  const { nameOf } = directory({
    agents: ['claude-1'],
    known: [{ did: carol.did, name: 'carol', alias: 'my-carol', trust: 1 }],
    connected: [
      [bob, 'bob'],
      [carol, 'carol-laptop'],
    ],
  })
  t.is(nameOf(self.did), 'alice')
  t.is(nameOf(agentDid(self.did, 'claude-1')), 'claude-1')
  t.is(nameOf(bob.did), 'bob')
  t.is(nameOf(agentDid(bob.did, 'claude-1')), 'claude-1@bob')
  t.is(nameOf(carol.did), 'my-carol')
  t.is(nameOf(mallory.did), didTail(mallory.did))
})

test('who looks like somebody else is shown with the end of its DID', (t) => {
  const look = (name: string, world: World = {}) =>
    directory({ connected: [[mallory, name]], ...world }).nameOf(mallory.did)
  const tailed = (name: string) => `${name} ${didTail(mallory.did)}`
  t.is(look('mallory'), 'mallory')
  t.is(look('alice'), tailed('alice'), 'this node')
  t.is(look('ALICE'), tailed('ALICE'), 'but for its letters')
  t.is(look('ａlice'), tailed('ａlice'), 'but for their width')
  t.is(look('claude-1', { agents: ['claude-1'] }), tailed('claude-1'), 'an agent of this node')
  const connected: World['connected'] = [
    [mallory, 'bob'],
    [bob, 'bob'],
  ]
  t.is(look('bob', { connected }), tailed('bob'), 'another that is connected')
  t.is(look('bob', { known: [{ did: bob.did, name: 'bob' }] }), tailed('bob'), 'another that is known')
  t.is(look('bobby', { known: [{ did: bob.did, name: 'bob', alias: 'bobby' }] }), tailed('bobby'), 'an alias')
  const end = didTail(bob.did)
  t.is(
    look(`bob ${end}`, {
      connected: [
        [mallory, `bob ${end}`],
        [bob, 'bob'],
      ],
    }),
    tailed(`bob ${end}`),
    'the end of a DID',
  )
})

test('names follow who comes and goes', (t) => {
  const world: Required<World> = { agents: [], known: [], connected: [[bob, 'bob']] }
  const names = directory(world)
  t.is(names.nameOf(bob.did), 'bob')
  names.connected.push([mallory, 'bob'])
  names.refresh()
  t.is(names.nameOf(bob.did), `bob ${didTail(bob.did)}`)
  names.peers.push({ ...newPeer(bob.did, 'bob'), alias: 'robert', trust: 1 })
  names.change()
  t.is(names.nameOf(bob.did), 'robert')
})

/** Names a person could take for `bob`, each by another trick. */
const lookalikes = [
  'BOB',
  'Bob',
  'ｂob',
  'b\u043eb',
  '\u0412\u041e\u0412',
  'b0b',
  'b\u0ed0b',
  '\u{1d41b}ob',
  'b\u1d0fb',
  '\u0184ob',
]

for (const name of lookalikes) {
  test(`nobody takes a friend’s place as ${name}`, (t) => {
    const known = [{ did: bob.did, name: 'bob', trust: 3 as const }]
    for (const world of [
      { known, connected: [[mallory, name]] as World['connected'] },
      { known: [...known, { did: mallory.did, name, trust: 1 as const, friend_since: 2, named_at: 2 }] },
    ]) {
      const { to, nameOf, fails, holder } = directory(world as World)
      t.is(to('bob'), bob.did)
      t.is(nameOf(bob.did), 'bob')
      t.is(nameOf(mallory.did), `${name} ${didTail(mallory.did)}`)
      t.is(to(nameOf(mallory.did)), mallory.did, 'what is shown can be typed')
      t.is(to(`claude@${nameOf(mallory.did)}`), agentDid(mallory.did, 'claude'))
      const error = fails(() => to(name))
      t.is(error.code, 'ambiguous_name')
      t.deepEqual(error.candidates, [bob.did, mallory.did])
      t.is(holder(name), bob.did)
    }
    t.is(directory({ known }).imitated(mallory.did, name), bob.did)
    t.is(directory({ known }).imitated(bob.did, name), undefined)
  })
}

test('a beginning, an end or one letter more is another name', (t) => {
  const { nameOf, imitated, fails, to } = directory({
    known: [{ did: bob.did, name: 'bob', trust: 3 }],
    connected: [[mallory, 'bob-1']],
  })
  t.is(nameOf(mallory.did), 'bob-1')
  t.is(imitated(mallory.did, 'bob-1'), undefined)
  t.is(to('bob-1'), mallory.did)
  for (const name of ['bo', 'ob', 'bobb', 'bob-', 'bob ']) t.truthy(fails(() => to(name)))
})

test('of friends with one name the one who had it first keeps it, whoever was befriended first', (t) => {
  const late = { did: mallory.did, name: 'bob', trust: 4 as const, friend_since: 1, named_at: 9 }
  const { to, nameOf } = directory({
    known: [late, { did: bob.did, name: 'bob', trust: 1, friend_since: 5, named_at: 5 }],
  })
  t.is(to('bob'), bob.did)
  t.is(nameOf(bob.did), 'bob')
  t.is(nameOf(mallory.did), `bob ${didTail(mallory.did)}`)
})

test('a key whose DID ends like another’s is shown with more of it', (t) => {
  const twin = `${bob.did.slice(0, 30)}${mallory.did.slice(30)}`
  const { nameOf } = directory({
    known: [
      { did: carol.did, name: 'bob', trust: 1, named_at: 1 },
      { did: mallory.did, name: 'bob', trust: 1, named_at: 2 },
      { did: twin, name: 'bob', trust: 1, named_at: 3 },
    ],
  })
  t.not(nameOf(mallory.did), nameOf(twin))
  t.true(nameOf(mallory.did).length > `bob ${didTail(mallory.did)}`.length)
})

test('whoever was only met is found where a friend is made, and nowhere else', (t) => {
  const { resolveNode, fails, to } = directory({ known: [{ did: bob.did, name: 'bob' }] })
  t.is(resolveNode('bob', 'name', 'known'), bob.did)
  t.is(fails(() => to('bob')).code, 'unknown_name')
})

test('no sequence of names that strangers claim changes whom a friend’s name or alias reaches', (t) => {
  const claims = fc.constantFrom(
    'bob',
    'BOB',
    'b\u043eb',
    'bobby',
    'B0b',
    'b',
    'bo',
    `bob ${didTail(bob.did)}`,
    'carol',
    'c',
  )
  const strangers = fc.array(fc.tuple(fc.constantFrom(mallory, newKey(), newKey()), claims), { maxLength: 12 })
  fc.assert(
    fc.property(strangers, (names) => {
      const world = directory({
        known: [
          { did: bob.did, name: 'bob', trust: 2 },
          { did: carol.did, name: 'caroline', alias: 'carol', trust: 1 },
        ],
      })
      for (const claim of names) {
        world.connected.push(claim)
        world.refresh()
        t.is(world.to('bob'), bob.did)
        t.is(world.to('codex@bob'), agentDid(bob.did, 'codex'))
        t.is(world.to('carol'), carol.did)
        t.is(world.nameOf(bob.did), 'bob')
        t.is(world.to(world.nameOf(carol.did)), carol.did)
        // Whoever is shown is reached by what is shown, and no stranger is shown as a friend.
        t.false(['bob', 'carol'].includes(world.nameOf(claim[0].did)))
      }
    }),
  )
})
