import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { createPeerBook } from '../../src/core/peer-book.ts'
import { openDatabase } from '../../src/store/database.ts'
import { temporaryFolder } from '../helpers/database.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { newKey } from '../helpers/remote.ts'

const bob = newKey().did

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
  t.like(book.get(bob), { name: 'bob', trust: 0, addresses: ['/ip4/1.2.3.4/tcp/1'] })
  await database.write(() => book.setTrust(bob, 2, 'somebody'))
  t.like(book.get(bob), { name: 'bob', trust: 2, addresses: ['/ip4/1.2.3.4/tcp/1'] })
  t.deepEqual(
    book.list(2).map(({ did }) => did),
    [bob],
  )
  t.deepEqual(book.list(3), [])
})

test('a new name of a peer changes neither its trust nor its addresses', async (t) => {
  const { book, database, clock } = setUp(t)
  await database.write(() => book.setTrust(bob, 1, 'bob'))
  const before = book.revision()
  await clock.advance(1000)
  await book.met(bob, 'robert')
  t.like(book.get(bob), { name: 'robert', trust: 1, last_seen: clock.now() })
  t.true(book.revision() > before)
})

test('the addresses that worked are kept, the latest first, and not without end', async (t) => {
  const { book } = setUp(t)
  for (let port = 1; port <= 12; port++) await book.met(bob, 'bob', `/ip4/1.2.3.4/tcp/${port}`)
  await book.met(bob, 'bob', '/ip4/1.2.3.4/tcp/9')
  t.deepEqual(
    book.get(bob)?.addresses,
    [9, 12, 11, 10, 8, 7, 6, 5].map((port) => `/ip4/1.2.3.4/tcp/${port}`),
  )
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
