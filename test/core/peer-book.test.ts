import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { didTail } from '../../src/base/did.ts'
import { createPeerBook, type PeerBook } from '../../src/core/peer-book.ts'
import { openDatabase } from '../../src/store/database.ts'
import { temporaryFolder } from '../helpers/database.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { newKey } from '../helpers/remote.ts'

const bob = newKey().did

const addresses = (book: PeerBook) => book.get(bob)?.addresses.map(({ address }) => address)

function setUp(t: ExecutionContext, folder = temporaryFolder(t)) {
  const clock = fakeClock()
  const database = openDatabase(join(folder, 'agora.db'))
  t.teardown(() => database.close())
  return { book: createPeerBook({ clock, database }), database, clock, folder }
}

test('a stranger who came by itself is not kept; one that was dialled or trusted is', async (t) => {
  const { book, database } = setUp(t)
  await book.met(bob, 'bob')
  t.deepEqual([book.get(bob), book.trust(bob), book.list()], [undefined, 0, []])
  await book.met(bob, 'bob', '/ip4/1.2.3.4/tcp/1')
  t.like(book.get(bob), { name: 'bob', trust: 0 })
  t.deepEqual(addresses(book), ['/ip4/1.2.3.4/tcp/1'])
  await database.write(() => book.setTrust(bob, 2, 'somebody'))
  t.like(book.get(bob), { name: 'bob', trust: 2, given_by: 'operator' })
  t.deepEqual(addresses(book), ['/ip4/1.2.3.4/tcp/1'])
  t.deepEqual(
    book.list(2).map(({ did }) => did),
    [bob],
  )
  t.deepEqual(book.list(3), [])
})

test('a peer that calls itself something new is known by that; a friend keeps the name it became one under', async (t) => {
  const { book, database, clock } = setUp(t)
  await book.met(bob, 'bob', '/ip4/1.2.3.4/tcp/1')
  const before = book.revision()
  await clock.advance(1000)
  await book.met(bob, 'robert')
  t.like(book.get(bob), { name: 'robert', trust: 0, last_seen: clock.now() })
  t.true(book.revision() > before)
  await database.write(() => book.setTrust(bob, 1, 'ignored, for it has one'))
  await book.met(bob, 'alice')
  t.like(book.get(bob), { name: 'robert', trust: 1, friend_since: clock.now() })
})

test('a friend who was named by DID alone gets the name it has when it is first met', async (t) => {
  const { book, database } = setUp(t)
  await database.write(() => book.change(bob, { friend_since: 1, trust: 2 }))
  t.like(book.get(bob), { name: didTail(bob), last_seen: 0 })
  await book.met(bob, 'bob')
  await book.met(bob, 'robert')
  t.is(book.get(bob)?.name, 'bob')
})

test('two changes that share a commit both count, and none of a write that fails', async (t) => {
  const { book, database } = setUp(t)
  const both = [
    database.write(() => book.change(bob, { trust: 3, friend_since: 1 }, 'bob')),
    database.write(() => book.change(bob, { notes: 'of the build team' })),
  ]
  await Promise.all(both)
  t.like(book.get(bob), { trust: 3, notes: 'of the build team', name: 'bob' })
})

test('whoever is blocked has trust 0 until that is lifted', async (t) => {
  const { book, database } = setUp(t)
  await database.write(() => book.setTrust(bob, 3, 'bob'))
  await database.write(() => book.change(bob, { blocked_at: 1 }))
  t.deepEqual([book.trust(bob), book.isBlocked(bob), book.list(1).length], [0, true, 0])
  await database.write(() => book.change(bob, { blocked_at: undefined }))
  t.deepEqual([book.trust(bob), book.isBlocked(bob), book.list(1).length], [3, false, 1])
})

test('addresses are learned of friends alone, behind those that worked', async (t) => {
  const { book, database } = setUp(t)
  await book.learn(bob, ['/ip4/1.2.3.4/tcp/9'], 'friend')
  t.is(book.get(bob), undefined)
  await book.met(bob, 'bob', '/ip4/1.2.3.4/tcp/1')
  await book.learn(bob, ['/ip4/1.2.3.4/tcp/9'], 'friend')
  t.deepEqual(addresses(book), ['/ip4/1.2.3.4/tcp/1'])
  await database.write(() => book.setTrust(bob, 1, 'bob'))
  await book.learn(bob, ['/ip4/1.2.3.4/tcp/9', '/ip4/1.2.3.4/tcp/1'], 'friend')
  t.deepEqual(addresses(book), ['/ip4/1.2.3.4/tcp/1', '/ip4/1.2.3.4/tcp/9'])
  t.is(book.get(bob)?.addresses[0]?.source, 'dialled')
})

test('the addresses that worked are kept, the latest first, and not without end', async (t) => {
  const { book, clock } = setUp(t)
  const met = async (...peer: Parameters<typeof book.met>) => {
    await clock.advance(1)
    await book.met(...peer)
  }
  for (let port = 1; port <= 20; port++) await met(bob, 'bob', `/ip4/1.2.3.4/tcp/${port}`)
  await met(bob, 'bob', '/ip4/1.2.3.4/tcp/9')
  t.deepEqual(
    addresses(book),
    [9, 20, 19, 18, 17, 16, 15, 14].map((port) => `/ip4/1.2.3.4/tcp/${port}`),
  )
})

test('what one source tells crowds out neither what another told nor what worked', async (t) => {
  const { book, database } = setUp(t)
  const places = (host: number) => Array.from({ length: 20 }, (_, n) => `/ip4/1.2.3.${host}/tcp/${n + 1}`)
  await book.met(bob, 'bob', '/ip4/1.2.3.4/tcp/1')
  await database.write(() => book.setTrust(bob, 1, 'bob'))
  await book.learn(bob, places(5), 'hello')
  await book.learn(bob, places(6), 'friend')
  await book.learn(bob, ['/ip4/1.2.3.6/tcp/99'], 'friend')
  t.deepEqual(addresses(book), [
    '/ip4/1.2.3.4/tcp/1',
    '/ip4/1.2.3.6/tcp/99',
    ...places(6).slice(0, 7),
    ...places(5).slice(0, 8),
  ])
  t.is(book.get(bob)?.addresses.filter(({ source }) => source === 'friend').length, 8)
})

test('an address that answered keeps how it became known; one that is unlearned is gone', async (t) => {
  const { book, database, clock } = setUp(t)
  await database.write(() => book.setTrust(bob, 1, 'bob'))
  await book.learn(bob, ['/ip4/1.2.3.4/tcp/1', '/ip4/1.2.3.4/tcp/2'], 'friend')
  await book.met(bob, 'bob', '/ip4/1.2.3.4/tcp/2')
  t.deepEqual(book.get(bob)?.addresses, [
    { address: '/ip4/1.2.3.4/tcp/2', source: 'friend', last_success: clock.now() },
    { address: '/ip4/1.2.3.4/tcp/1', source: 'friend' },
  ])
  await book.unlearn(bob, '/ip4/1.2.3.4/tcp/2')
  await book.unlearn(newKey().did, '/ip4/1.2.3.4/tcp/1')
  t.deepEqual(addresses(book), ['/ip4/1.2.3.4/tcp/1'])
})

test('all of it is there after a restart, and nothing of what failed', async (t) => {
  const before = setUp(t)
  await before.book.met(bob, 'bob', '/ip4/1.2.3.4/tcp/1')
  await before.database.write(() => before.book.setTrust(bob, 1, 'bob'))
  const failed = before.database.write(() => {
    before.book.setTrust(bob, 4, 'bob')
    throw new Error('bug')
  })
  await t.throwsAsync(failed)
  t.is(before.book.trust(bob), 1)
  before.database.close()
  const { book } = setUp(t, before.folder)
  t.deepEqual(book.get(bob), before.book.get(bob))
})
